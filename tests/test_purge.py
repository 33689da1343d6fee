"""Words are gone after 18 calendar months, unless held (S2-36, S2-37, D-05)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contacts.channels import Channel
from contacts.models import Contact, Draft, Line, Note, Rank, SurveyAnswer
from contacts.models.contact import KEEP_MONTHS
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import LONDON, add_months, london_today
from helpline.foundation.staff.roles import Service
from helpline.foundation.vault.models import DataKey
from privacy import retention
from privacy.models import Disposal, PurgeRun
from privacy.tasks import purge_what_is_due
from safeguarding.models import HeldContact, Hold
from tests.due import OVER, TODAY, contacts_of, noon

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def nothing_is_left() -> bool:
    kinds = (Contact, Line, Note, SurveyAnswer, Draft, Hold)
    return not any(kind.objects.exists() for kind in kinds)


# C01: when ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("began", "goes"),
    [
        (date(2025, 8, 31), date(2027, 2, 28)),
        (date(2024, 2, 29), date(2025, 8, 29)),
        (date(2025, 1, 1), date(2026, 7, 1)),
        (date(2022, 8, 31), date(2024, 2, 29)),
    ],
)
def test_c01_words_go_on_the_day_18_calendar_months_are_over(make_contact, began, goes):
    contact = make_contact("words", started_at=noon(began), ended=True)

    retention.purge_all(goes - DAY)
    assert Line.objects.filter(contact=contact).exists()

    retention.purge_all(goes)
    assert nothing_is_left()
    assert not DataKey.objects.filter(pk=contact.key_id).exists()


def drawn_up(started_at: datetime) -> Contact:
    return Contact.drawn_up(
        Service.HELPLINE, Channel.CHAT, started_at, DataKey(), "velvet-canoe-47"
    )


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_c01_whenever_it_began_it_is_readable_for_18_months_in_london_and_not_longer(began):
    contact = drawn_up(began)
    day = began.astimezone(LONDON).date()
    months = (contact.purge_on.year - day.year) * 12 + contact.purge_on.month - day.month

    assert months == KEEP_MONTHS == 18
    assert contact.purge_on.day == day.day or (contact.purge_on + DAY).day == 1
    assert contact.purge_on.day <= day.day
    assert contact.is_unexpired(contact.purge_on - DAY)
    assert not contact.is_unexpired(contact.purge_on)
    assert not contact.is_unexpired(contact.purge_on + DAY)


@pytest.mark.parametrize(
    ("began", "goes"),
    [
        (datetime(2025, 8, 31, 22, 59, tzinfo=UTC), date(2027, 2, 28)),  # 23:59 in London
        (datetime(2025, 8, 31, 23, 0, tzinfo=UTC), date(2027, 3, 1)),  # midnight in London
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), date(2027, 6, 30)),
    ],
)
def test_c01_the_day_it_began_is_the_day_in_london(began, goes):
    assert drawn_up(began).purge_on == goes


@pytest.fixture
def on_the_eve(make_contact, worker, team):
    """A contact of the worker's on the last evening of its 18 months, and its pages."""
    contact = make_contact("words", started_at=noon(date(2025, 8, 31)), worker=worker, team=team)
    return contact, [
        ("get", contact.get_absolute_url()),
        ("post", reverse("contact_note", args=[contact.pk])),
        ("post", reverse("contact_draft", args=[contact.pk])),
        ("post", reverse("contact_end", args=[contact.pk])),
    ]


LAST_MINUTE = datetime(2027, 2, 27, 23, 59, tzinfo=LONDON)


def test_c01_the_evening_before_all_of_it_is_there(on_the_eve, worker, signed_in):
    contact, pages = on_the_eve
    with time_machine.travel(LAST_MINUTE, tick=False):
        client = signed_in(worker)
        assert "words" in client.get(pages[0][1]).text
        assert contact.handle_words in client.get(reverse("contact_list", args=["mine"])).text


def test_c10_from_that_midnight_it_is_a_404_even_if_the_job_never_ran(
    on_the_eve, worker, supervisor, signed_in
):
    contact, pages = on_the_eve
    with time_machine.travel(LAST_MINUTE + timedelta(minutes=1), tick=False):
        for staff in (worker, supervisor):
            client = signed_in(staff)
            answers = {getattr(client, method)(url).status_code for method, url in pages}
            assert answers == {404}
            for which in ("mine", "team", "ended", "waiting"):
                page = client.get(reverse("contact_list", args=[which]))
                assert contact.handle_words not in page.text
    assert Contact.objects.filter(pk=contact.pk).exists()
    assert not AuditEvent.objects.filter(action=Action.TRANSCRIPT_READ).exists()


def test_c10_a_purge_after_three_days_off_catches_up(monkeypatch):
    """It asks the database, so no lost message and no empty queue leaves anything behind."""
    for late in range(4):
        contacts_of(2, began=OVER - late * DAY)
    contacts_of(1, began=OVER + DAY)
    monkeypatch.setattr("privacy.tasks.london_today", lambda: TODAY)
    purge_what_is_due()
    assert Contact.objects.count() == 1
    assert PurgeRun.objects.get().purged == 8


def test_c10_the_board_is_red_when_no_run_went_through_in_two_intervals():
    retention.purge_all(TODAY)
    assert not retention.is_late()
    with time_machine.travel(timezone.now() + 2 * retention.EVERY + timedelta(seconds=5)):
        assert retention.is_late()
    PurgeRun.objects.update(result=PurgeRun.Result.STOPPED)
    assert retention.last_success() is None


# C05: all of it ----------------------------------------------------------------------------------


@pytest.fixture
def full(make_contact, supervisor):
    """A contact that is due, with everything that anybody can add to one."""
    contact = make_contact(
        "words", started_at=timezone.now(), nickname="Sparrow", worker=supervisor
    )
    contact.add_note("asked about school", by=supervisor)
    Draft.objects.keep(contact, "half a note", by=supervisor)
    contact.survey.create(contact=contact, number=1, question="Did it help?", answer="a bit")
    contact.end(by=supervisor)
    Contact.objects.update(purge_on=TODAY)
    return contact


def test_c05_everything_that_was_derived_goes_with_it(full):
    assert not nothing_is_left()
    assert retention.purge_all(TODAY).purged == 1
    assert nothing_is_left()
    assert not DataKey.objects.filter(pk=full.key_id).exists()


def test_c05_every_link_to_a_contact_goes_with_it_keeps_it_or_is_known(full):
    """Whoever adds a table of a contact's words must add it to what goes, or the purge fails."""
    goes = {*retention.schedule.GOES_WITH_A_CONTACT, HeldContact}
    cascades = {
        link.related_model
        for link in Contact._meta.get_fields(include_hidden=True)
        if isinstance(link, models.ManyToOneRel) and link.on_delete is models.CASCADE
    }
    assert cascades == goes


def test_figures_outlive_the_contact_and_do_not_know_it(full):
    (figure,) = apps.get_model("contacts", "Figure").objects.all()
    retention.purge_all(TODAY)
    figure.refresh_from_db()
    assert figure.contacts == 1
    assert not any(isinstance(field, models.ForeignKey) for field in figure._meta.fields)


def test_a_thread_goes_with_the_last_of_its_contacts():
    thread = apps.get_model("contacts", "Thread").objects.create()
    first, second = contacts_of(1), contacts_of(1, began=OVER + DAY)
    Contact.objects.update(thread=thread)
    retention.purge_all(TODAY)
    assert list(thread.contacts.all()) == second
    retention.purge_all(TODAY + DAY)
    assert not type(thread).objects.exists()
    assert first


# C15: the records of it --------------------------------------------------------------------------


def test_c15_a_purge_leaves_counts_and_no_words(full):
    run = retention.purge_all(TODAY)
    record = Disposal.objects.get()
    assert (record.run, record.gone, record.lines, record.keys_destroyed) == (run, 1, 1, 1)
    assert record.retention_class == "Words of a contact"
    assert record.oldest_start == london_today()
    event = AuditEvent.objects.get(action=Action.PURGED)
    assert event.detail == {"contacts": 1, "entry": 1}
    assert (event.actor, event.subject_id) == ("system", str(run.pk))


def test_c15_the_oldest_start_is_the_day_in_london():
    Contact.objects.filter(pk=contacts_of(1)[0].pk).update(
        started_at=datetime(2025, 5, 1, 23, 30, tzinfo=UTC)
    )
    retention.purge_all(TODAY)
    assert Disposal.objects.get().oldest_start == date(2025, 5, 2)


# C14: what refers to it --------------------------------------------------------------------------


@pytest.fixture
def referral(transactional_db):
    """A record that refers to a contact and outlives its words, as an escalation will."""

    class Referral(models.Model):
        contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")

        class Meta:
            app_label = "safeguarding"

        def __str__(self):
            return "A referral"

    with connection.schema_editor() as editor:
        editor.create_model(Referral)
    yield Referral
    with connection.schema_editor() as editor:
        editor.delete_model(Referral)
    del apps.all_models["safeguarding"]["referral"]
    apps.clear_cache()


def test_c14_a_contact_that_is_referred_to_leaves_its_id_service_and_day_and_no_more(
    referral, full, supervisor
):
    kept = referral.objects.create(contact=full)
    AuditEvent.objects.record(Action.TRANSCRIPT_READ, on=full, by=supervisor)
    events = AuditEvent.objects.about(full).count()
    assert retention.purge_all(TODAY).purged == 1

    kept.refresh_from_db()
    row = Contact.objects.filter(pk=full.pk).values().get()
    said = {name: value for name, value in row.items() if value not in (None, "", 0, False)}
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=LONDON)
    assert said == {
        "id": full.pk,
        "service": "helpline",
        "purged_on": TODAY,
        "purge_on": TODAY,  # these two may not be empty, and repeat the day it went
        "started_at": midnight,
        "rank": Rank.ORDINARY,  # everybody's
    }
    assert kept.contact_id == full.pk
    assert AuditEvent.objects.about(full).count() == events
    assert not any(kind.objects.exists() for kind in (Line, Note, SurveyAnswer, Draft, Hold))
    assert not DataKey.objects.filter(pk=full.key_id).exists()


def test_c14_a_bare_row_is_on_no_page_and_goes_nowhere(referral, full, supervisor, signed_in):
    referral.objects.create(contact=full)
    retention.purge_all(TODAY)
    assert retention.purge_all(TODAY + 4000 * DAY).purged == 0
    assert not Contact.objects.visible_to(supervisor, today=OVER).exists()
    assert not Contact.objects.waiting().exists()
    assert signed_in(supervisor).get(full.get_absolute_url()).status_code == 404
    assert retention.rehearse(TODAY) == (0, 0, 0, None)


def test_c14_a_purge_of_some_that_are_referred_to_and_some_that_are_not(referral):
    first, second = contacts_of(2)
    referral.objects.create(contact=second)
    assert retention.purge_all(TODAY).purged == 2
    assert list(Contact.objects.values_list("pk", flat=True)) == [second.pk]
    assert not Contact.objects.filter(pk=first.pk).exists()


# By hand -----------------------------------------------------------------------------------------


def test_a_rehearsal_counts_and_changes_nothing(capsys):
    contacts_of(2)
    contacts_of(1, began=OVER + DAY)
    call_command("purge", "--rehearse", "--on", str(TODAY + DAY))
    assert capsys.readouterr().out == f"on={TODAY + DAY} due=3 held=0 living=3\n"
    call_command("purge", "--rehearse", "--on", str(TODAY))
    assert capsys.readouterr().out == f"on={TODAY} due=2 held=0 living=3\n"
    assert Contact.objects.count() == 3
    assert not PurgeRun.objects.exists()


def test_purging_by_hand_says_what_went(capsys):
    contacts_of(2, began=add_months(london_today(), -18))
    call_command("purge")
    assert capsys.readouterr().out == "purged=2 held=0\n"

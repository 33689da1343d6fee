"""Pages about people who chose to be known: who may look, what is shown, what the trail says."""

import html

import pytest
from django.core import signing
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from contacts.models import Consent, Contact, Entry, Link, RecordBasis, ServiceUser
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from tests.known import DETAILS, OTHER_BASIS, make_link, make_record

pytestmark = pytest.mark.django_db
WHO = [DETAILS[name] for name in ServiceUser.DETAILS]
TOLD = {"names": "Maggie Whitcombe", "born": "7 3 1991"}


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    return make_record(contact, worker)


@pytest.fixture
def hers(record, make_contact, colleague, team):
    """An open contact of the colleague with the same person, who has not said so yet."""
    return make_contact("me again", "hello", worker=colleague, team=team)


def about(name: str, record) -> str:
    return reverse(name, args=[record.pk])


def page_of(answer) -> str:
    return html.unescape(answer.content.decode())


def events(action) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action).order_by("at"))


def assert_nobody_is_named(page: str) -> None:
    assert not [fact for fact in WHO if fact in page]


def found_by(client, contact, **told):
    return page_of(client.post(about("known_contact", contact), told))


def test_who_somebody_is_never_stands_on_the_page_of_their_record(record, worker, signed_in):
    page = page_of(signed_in(worker).get(about("known", record)))
    assert_nobody_is_named(page)
    assert "periwinkle" in page  # how to get in touch safely is not who they are
    assert "Kept: Name, Date of birth, Telephone, E-mail, Address." in page


def test_one_click_with_a_reason_shows_it_and_the_trail_knows_why(record, worker, signed_in):
    page = page_of(signed_in(worker).post(about("known_identity", record), {"why": "in-contact"}))
    assert all(fact in page for fact in WHO)
    (seen,) = events(Action.IDENTITY_SEEN)
    assert (seen.subject_id, seen.actor, seen.detail) == (
        str(record.pk), str(worker.pk), {"why": "in-contact"},
    )  # fmt: skip


@pytest.mark.parametrize("why", ["", "curious", "duplicate"])
def test_without_a_reason_of_ones_own_nothing_is_shown(record, worker, signed_in, why):
    page = page_of(signed_in(worker).post(about("known_identity", record), {"why": why}))
    assert_nobody_is_named(page)
    assert events(Action.IDENTITY_SEEN) == []


@pytest.mark.django_db(transaction=True)
def test_f10_when_the_trail_cannot_be_written_nobody_is_shown(record, worker, signed_in):
    client = signed_in(worker)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent RENAME COLUMN detail TO detail_gone")
    try:
        answer = client.post(about("known_identity", record), {"why": "in-contact"})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_auditevent RENAME COLUMN detail_gone TO detail")
    assert answer.status_code == 503
    assert_nobody_is_named(page_of(answer))


def test_a_worker_finds_a_record_by_two_facts_the_person_tells_now(hers, colleague, signed_in):
    page = found_by(signed_in(colleague), hers, **TOLD)
    assert "1 possibility." in page
    assert_nobody_is_named(page)
    (looked,) = events(Action.PEOPLE_LOOKED_FOR)
    assert looked.detail == {"why": "in-contact", "facts": "names.born"}


@pytest.mark.parametrize("told", [{"names": "Margaret Whitcombe"}, {"born": "7 3 1991"}, {}])
def test_one_fact_finds_nobody_and_there_is_no_browsing(hers, colleague, signed_in, told):
    page = found_by(signed_in(colleague), hers, **told)
    assert "Ask them for two facts." in page
    assert "possibilit" not in page
    assert events(Action.PEOPLE_LOOKED_FOR) == []


def test_a_look_up_that_finds_nobody_is_written_down_too(hers, colleague, signed_in):
    page = found_by(signed_in(colleague), hers, names="Bob Day", born="1 1 1950")
    assert "No record like that." in page
    assert len(events(Action.PEOPLE_LOOKED_FOR)) == 1


def test_a_worker_looks_only_while_in_contact(hers, colleague, supervisor, signed_in):
    url = about("known_contact", hers)
    assert signed_in(supervisor).post(url, TOLD).status_code == 404
    hers.end(by=colleague, outcome="listened")
    assert signed_in(colleague).post(url, TOLD).status_code == 404
    assert events(Action.PEOPLE_LOOKED_FOR) == []


def test_a_supervisor_finds_by_two_facts_with_a_reason(record, supervisor, signed_in):
    client, url = signed_in(supervisor), reverse("known_find")
    assert "possibilit" not in page_of(client.post(url, TOLD))
    page = page_of(client.post(url, TOLD | {"why": "safety"}))
    assert "1 possibility." in page
    assert_nobody_is_named(page)
    assert [event.detail["why"] for event in events(Action.PEOPLE_LOOKED_FOR)] == ["safety"]


def test_a_safeguarding_lead_finds_and_opens_it_with_a_reason_and_changes_nothing(
    record, worker, lead, signed_in
):
    Entry.objects.write(record, "We ring on Monday.", by=worker, due_on=timezone.now().date())
    client = signed_in(lead)
    found = page_of(client.post(reverse("known_find"), TOLD | {"why": "safety"}))
    assert record.get_absolute_url() in found
    assert events(Action.PEOPLE_LOOKED_FOR)[0].detail["why"] == "safety"
    page = page_of(client.get(about("known", record)))
    assert_nobody_is_named(page)
    for change in ("known_entry", "known_plan", "known_consent_back", "known_change"):
        assert about(change, record) not in page
    shown = page_of(client.post(about("known_identity", record), {"why": "safety"}))
    assert DETAILS["names"] in shown
    assert events(Action.IDENTITY_SEEN)[0].detail == {"why": "safety"}


def test_nobody_finds_records_of_a_service_that_is_not_theirs(record, supervisor, signed_in):
    Staff.objects.filter(pk=supervisor.pk).update(services=["is-this-ok"])
    client = signed_in(supervisor)
    answer = client.post(reverse("known_find"), TOLD | {"why": "safety"})
    assert "No record like that." in page_of(answer)
    assert client.get(about("known", record)).status_code == 404


def test_possible_duplicates_are_shown_and_joined_by_nobody(record, hers, colleague, signed_in):
    make_record(hers, colleague, names="Meg Oyelaran", born="1991-03-07")
    page = found_by(signed_in(colleague), hers, names="Margaret Oyelaran", born="7.3.91")
    assert "2 possibilities." in page
    assert "Each may be somebody else" in page
    assert ServiceUser.objects.count() == 2


def choice(by, contact, record) -> str:
    return signing.dumps(
        [str(by.pk), str(contact.pk), str(record.pk)], salt="a record that was found in a contact"
    )


def test_a10_what_was_found_is_linked_when_the_person_asks(record, hers, colleague, signed_in):
    client, url = signed_in(colleague), about("known_link", hers)
    found = {"choice": choice(colleague, hers, record)}
    assert client.post(url, found).status_code == 409
    assert not Link.objects.exists()
    assert client.post(url, found | {"asked": "chat", "line": 1}).status_code == 302
    assert Link.objects.of(hers).get().service_user == record
    assert client.get(about("known", record)).status_code == 200


def test_a_record_that_was_not_found_here_cannot_be_linked(
    record, hers, colleague, worker, signed_in
):
    client, url = signed_in(colleague), about("known_link", hers)
    asked = {"asked": "voice"}
    assert client.post(url, asked | {"choice": str(record.pk)}).status_code == 409
    assert client.post(url, asked | {"choice": choice(worker, hers, record)}).status_code == 404
    assert not Link.objects.exists()


def test_a_worker_sees_a_record_no_longer_than_they_are_in_touch(
    contact, worker, colleague, signed_in
):
    record = make_record(contact, colleague)
    client, url = signed_in(worker), about("known", record)
    make_link(contact, record, worker)
    assert client.get(url).status_code == 200
    contact.end(by=worker, outcome="listened")
    assert client.get(url).status_code == 404


def test_l01_the_form_keeps_nothing_without_a_yes_or_another_basis(contact, worker, signed_in):
    client, url = signed_in(worker), about("known_keep", contact)
    page = page_of(client.post(url, {"names": "Ann Lee"}))
    assert "Ask them first." in page
    assert not ServiceUser.objects.exists()


@pytest.mark.parametrize(("channel", "how"), [("phone", "voice"), ("email", "email")])
def test_a_yes_to_a_record_says_by_which_way_it_came(make_contact, worker, signed_in, channel, how):
    contact = make_contact(worker=worker, channel=channel)
    signed_in(worker).post(about("known_keep", contact), {"agreed": "on", "wording": 1})
    assert Consent.objects.get().how == how


def test_l02_the_question_that_is_read_out_is_the_wording_that_the_ledger_names(
    make_contact, worker, signed_in, settings
):
    call = make_contact("hello", worker=worker, channel="phone")
    client, url = signed_in(worker), about("known_contact", call)
    asked = {"organisation": settings.ORGANISATION}
    words = html.unescape(render_to_string("consents/record/1.html", asked))
    assert words.strip() in page_of(client.get(url))
    client.post(about("known_keep", call), {"agreed": "on", "wording": 1, "names": "Ann Lee"})
    answer = Consent.objects.get()
    assert (answer.wording, answer.how) == (1, "voice")
    unheard = {"agreed": "on", "wording": 99, "names": "Ann Lee"}
    assert client.post(about("known_keep", call), unheard).status_code == 409


def test_a_record_is_kept_linked_changed_and_given_up_again(contact, worker, signed_in):
    client = signed_in(worker)
    said = {"agreed": "on", "wording": 1, "names": "Ann Lee", "may_call": "no"}
    said |= {"asked": "chat", "line": 1}
    kept = client.post(about("known_keep", contact), said)
    record = ServiceUser.objects.with_key().get()
    assert kept.url == record.get_absolute_url()
    assert (record.names, record.may_call, record.may_text) == ("Ann Lee", False, None)
    assert Link.objects.of(contact).get().line == 1

    client.post(about("known_change", record), {"phone": "07700 900461", "forget": ["names"]})
    record = ServiceUser.objects.with_key().get()
    assert (record.names, record.phone) == (None, "07700 900461")

    client.post(about("known_unlink", contact))
    assert not Link.objects.exists()
    client.post(about("known_consent_back", record))
    assert ServiceUser.objects.get().status == ServiceUser.Status.LEAVING
    assert client.get(about("known", record)).status_code == 404


def test_another_basis_is_written_down_by_the_form(contact, worker, signed_in):
    client = signed_in(worker)
    said = {name: str(value) for name, value in OTHER_BASIS.items()}
    client.post(about("known_keep", contact), said | {"wording": 1})
    assert RecordBasis.objects.get().basis == "vital"
    assert not Link.objects.exists()


def test_d14_they_are_told_what_still_keeps_it(record, contact, worker, signed_in):
    RecordBasis.objects.found(record, contact, by=worker, consent=None, basis=OTHER_BASIS)
    client = signed_in(worker)
    page = page_of(client.post(about("known_consent_back", record), follow=True))
    assert "Another basis keeps the record: tell them which." in page
    assert "Taken back" in page
    assert OTHER_BASIS["reason"] in page


def test_s0_11_the_time_line_the_promises_and_the_plan(record, worker, signed_in):
    client = signed_in(worker)
    client.post(about("known_entry", record), {"words": "We found a bed."})
    client.post(
        about("known_entry", record), {"words": "We ring on Monday.", "due_on": "2026-01-05"}
    )
    client.post(about("known_plan", record), {"times": "Tuesdays", "helps": "The dog."})
    page = page_of(client.get(about("known", record)))
    assert all(words in page for words in ("We found a bed.", "We ring on Monday.", "The dog."))
    assert "Late" in page
    client.post(about("known_promise", Entry.objects.promises_open().get()), {"kept": "yes"})
    assert not Entry.objects.promises_open()


@pytest.mark.parametrize("name", ["known_entry", "known_plan"])
def test_a_form_filled_in_wrongly_is_shown_again_and_changes_nothing(
    record, worker, signed_in, name
):
    said = {"words": "", "due_on": "soon", "worker": "nobody"}
    answer = signed_in(worker).post(about(name, record), said)
    assert "errorlist" in page_of(answer)
    assert not Entry.objects.exists()


def test_the_contacts_own_page_offers_it_to_whoever_is_in_touch(
    contact, worker, supervisor, signed_in
):
    link = about("known_contact", contact)
    assert link in page_of(signed_in(worker).get(contact.get_absolute_url()))
    assert link not in page_of(signed_in(supervisor).get(contact.get_absolute_url()))
    assert_nobody_is_named(page_of(signed_in(worker).get(link)))
    assert Contact.objects.count() == 1


def test_what_was_agreed_to_say_is_what_we_say(record):
    assert record.safe_contact()["announce"] == "Say what was agreed"


def test_unlinking_takes_along_what_was_written_in_that_contact(record, contact, worker, signed_in):
    make_link(contact, record, worker)
    client = signed_in(worker)
    client.post(about("known_entry", record), {"words": "We found a bed."})
    page = page_of(client.get(about("known", record)))
    assert contact.handle_words in page
    client.post(about("known_unlink", contact))
    assert not Entry.objects.exists()

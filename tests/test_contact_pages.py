"""What staff see of contacts, and what they do not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.forms import StartForm
from contacts.lists import PAGE
from contacts.models import Contact, Draft, Line
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff, Team
from helpline.foundation.staff.roles import Role, Service

pytestmark = pytest.mark.django_db

LIST_QUERIES = 7  # who asks, the page itself, and five beside the navigation unless just counted
# with the reading, committed by itself before anything is opened, the desk, and what the person
# agreed to and asked for
PAGE_QUERIES = 21


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


def test_s0_07_starting_a_contact_asks_two_things_and_nothing_about_the_person(signed_in, worker):
    """S0-03, S0-07, D-04."""
    assert set(StartForm(staff=worker).fields) == {"channel", "service"}

    answer = signed_in(worker).post(
        reverse("contact_start"), {"channel": "phone", "service": "helpline"}
    )

    contact = Contact.objects.get()
    assert answer.url == contact.get_absolute_url()
    assert contact.worker == worker
    assert contact.status == Contact.Status.OPEN


def test_s2_69_nobody_starts_a_contact_for_a_service_that_is_not_theirs(signed_in, make_staff):
    outsider = make_staff("outsider", Role.WORKER, services=[Service.HELPLINE])
    signed_in(outsider).post(
        reverse("contact_start"), {"channel": "phone", "service": "is-this-ok"}
    )
    assert not Contact.objects.exists()


def test_p14_no_browser_sends_the_words_of_a_contact_away_to_translate_them(
    signed_in, worker, contact
):
    text = page(signed_in(worker), "contact", contact.pk).content.decode()
    assert '<meta name="google" content="notranslate">' in text
    assert "<meta property" not in text


def test_a_list_shows_handles_and_never_a_word_that_was_said(signed_in, worker, contact):
    text = page(signed_in(worker), "contact_list", "mine").content.decode()
    assert contact.handle_words in text
    assert "my dad shouts" not in text


def test_s2_69_a_supervisor_sees_their_teams_and_services_only(
    signed_in, make_staff, team, make_contact
):
    near = make_contact("near", team=team)
    make_contact("of another service", team=team, service=Service.IS_THIS_OK)
    supervisor = make_staff("sue", Role.SUPERVISOR, services=[Service.HELPLINE], teams=[team])
    assert list(Contact.objects.visible_to(supervisor)) == [near]


def listed(client, which: str) -> list[str]:
    """The handles on the first page of a list."""
    return [row["handle_words"] for row in page(client, "contact_list", which).context["page"]]


def test_f07_a_list_follows_what_somebody_may_see_in_the_very_next_request(
    signed_in, supervisor, team, make_contact
):
    """The question is kept from page to page; what is asked about is not."""
    elsewhere = Team.objects.create(name="Morning team")
    ours, theirs = make_contact("x", team=team), make_contact("x", team=elsewhere)
    client = signed_in(supervisor)
    assert listed(client, "team") == [ours.handle_words]

    supervisor.teams.set([elsewhere])
    assert listed(client, "team") == [theirs.handle_words]

    Staff.objects.filter(pk=supervisor.pk).update(services=[])
    assert listed(client, "team") == []


def test_a_list_forgets_a_contact_when_its_day_has_come(signed_in, supervisor, team, make_contact):
    """S2-36: the same question, asked on two days."""
    found, client = make_contact("x", team=team), signed_in(supervisor)
    assert listed(client, "team") == [found.handle_words]
    Contact.objects.filter(pk=found.pk).update(purge_on=london_today())
    assert listed(client, "team") == []


def test_a_list_shows_an_ended_contact_for_24_hours(signed_in, worker, make_contact):
    ended, client = make_contact("x", worker=worker, ended=True), signed_in(worker)
    for hours, seen in [(23, [ended.handle_words]), (25, [])]:
        Contact.objects.filter(pk=ended.pk).update(ended_at=timezone.now() - timedelta(hours=hours))
        assert listed(client, "mine") == seen


def test_whoever_waits_for_a_role_finds_their_own_sign_in(signed_in, make_staff):
    answer = signed_in(make_staff("new")).get(reverse("staff_home"))
    assert [place.label for place in answer.context["places"]] == ["Your sign-in"]
    assert f'class="card" href="{reverse("mfa_index")}"' in answer.content.decode()


def test_pages_follow_each_other_without_loss_or_repeat(signed_in, worker, make_contact):
    """Also when many contacts began in the same minute."""
    began = datetime(2026, 11, 20, 9, tzinfo=UTC)
    made = {
        make_contact(started_at=began - timedelta(minutes=n // 7), worker=worker).handle_words
        for n in range(120)
    }
    client, seen, url = signed_in(worker), [], reverse("contact_list", args=["mine"])
    while url:
        answer = client.get(url)
        seen += [row["handle_words"] for row in answer.context["page"]]
        url = (
            answer.context["more_url"]
            and reverse("contact_list", args=["mine"]) + (answer.context["more_url"])
        )
    assert len(seen) == 120
    assert set(seen) == made


@pytest.mark.parametrize("position", ["x", "202611200900-", "0-0", "202611200900-zz", "９-１"])
def test_a_position_nobody_gave_out_is_a_404(signed_in, worker, position):
    assert page(signed_in(worker), "contact_list", "mine", after=position).status_code == 404


def test_filters_find_a_contact_by_its_channel_service_and_dates(
    signed_in, worker, contact, make_contact
):
    make_contact(worker=worker, channel="phone", service=Service.IS_THIS_OK)
    client, day = signed_in(worker), london_today().isoformat()
    for wanted in [
        {"channel": "chat"},
        {"service": "helpline"},
        {"service": "helpline", "began_from": day, "began_to": day},
    ]:
        rows = page(client, "contact_list", "mine", **wanted).context["page"]
        assert [row["handle_words"] for row in rows] == [contact.handle_words]
    nothing = page(client, "contact_list", "mine", began_from="2027-01-01", began_to="nonsense")
    assert nothing.status_code == 200


HOSTILE = ["'; DROP TABLE contacts_contact; --", "%27 or 1=1", "{{7*7}}", "x\x00y", "a" * 5000]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_h03_a_filter_is_a_value_and_never_a_query(signed_in, worker, contact, words):
    client = signed_in(worker)
    for name in ("channel", "service", "began_from", "began_to", "after"):
        assert page(client, "contact_list", "mine", **{name: words}).status_code in {200, 404}
    assert client.post(reverse("contact_find"), {"handle": words}).status_code == 404
    assert Contact.objects.get() == contact


@pytest.mark.parametrize(
    "query",
    [
        {"worker__email__startswith": "w"},
        {"key__wrapped__gt": "a"},
        {"ordering": "worker__name"},
        {"page_size": "100000"},
        {"pk__class": "1"},
    ],
    ids=lambda query: next(iter(query)),
)
def test_h03_f05_f12_what_is_no_filter_changes_nothing(signed_in, worker, make_contact, query):
    for _ in range(PAGE + 1):
        make_contact(worker=worker)
    client = signed_in(worker)
    plain, asked = (page(client, "contact_list", "mine", **said) for said in ({}, query))
    assert asked.context["page"] == plain.context["page"]
    assert len(asked.context["page"]) == PAGE


@pytest.mark.parametrize(
    "day", ["0000-01-01", "0001-01-01", "9999-12-31", "30/02/2026", "tomorrow"]
)
def test_h09_a_day_that_cannot_be_is_refused_in_words(signed_in, worker, contact, day):
    client = signed_in(worker)
    for name in ("began_from", "began_to"):
        answer = page(client, "contact_list", "mine", **{name: day})
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode(), (name, day)


@pytest.mark.parametrize("day", ["0000-01-01", "0001-01-01", "9999-12-31", "30/02/2026", ""])
def test_h09_a_hold_is_reviewed_on_a_day_that_can_be(signed_in, supervisor, contact, day):
    said = {"kind": "safeguarding", "ground": "harmed-now", "reason": "x" * 30, "review_on": day}
    answer = signed_in(supervisor).post(reverse("hold_place", args=[contact.pk]), said)
    assert "errorlist" in answer.content.decode()
    assert not contact.holds.exists()


def test_a_handle_is_posted_and_stands_in_no_address(signed_in, worker, contact):
    """A history, a bookmark or a look over the shoulder tells nobody whom a worker looked for."""
    text = page(signed_in(worker), "contact_list", "mine").content.decode()
    (form,) = re.findall(r"<form[^>]*>(?:(?!</form>).)*name=\"handle\"", text, re.DOTALL)
    assert 'method="post"' in form
    assert not re.search("[?&]handle=", text)


def test_a_due_contact_is_a_404_on_every_page_though_no_job_ran(signed_in, supervisor, contact):
    """C10, S2-36: from the midnight of its date on."""
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today())
    client = signed_in(supervisor)
    names = [
        "contact",
        "contact_take",
        "contact_note",
        "contact_draft",
        "contact_end",
        "hold_place",
    ]
    for name in names:
        assert page(client, name, contact.pk).status_code in {404, 405}
        assert client.post(reverse(name, args=[contact.pk])).status_code in {404, 405}
    assert contact.handle_words not in page(client, "contact_list", "team").content.decode()
    assert Line.objects.filter(contact=contact).count() == 2


def test_the_day_before_all_of_it_is_there(signed_in, worker, contact):
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today() + timedelta(1))
    assert "my dad shouts" in page(signed_in(worker), "contact", contact.pk).content.decode()


def test_k02_a_damaged_line_says_that_it_cannot_be_opened(signed_in, worker, contact):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_line SET text = set_byte(text, 20, 255 - get_byte(text, 20))"
            " WHERE contact_id = %s AND number = 1",
            [contact.pk],
        )
    answer = page(signed_in(worker), "contact", contact.pk)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "This line cannot be opened." in text
    assert "that sounds hard" in text


def test_a_contact_whose_key_does_not_open_still_has_its_page(signed_in, worker, contact):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_datakey SET wrapped = '\\x00'")
    answer = page(signed_in(worker), "contact", contact.pk)
    assert answer.status_code == 200
    assert answer.content.decode().count("This line cannot be opened.") == 2


def test_g02_a_draft_is_kept_sealed_for_its_author_alone(signed_in, worker, supervisor, contact):
    client = signed_in(worker)
    client.post(reverse("contact_draft", args=[contact.pk]), {"text": "half a thought"})

    again = page(signed_in(worker), "contact", contact.pk).content.decode()
    assert "half a thought" in again
    assert (
        "half a thought" not in page(signed_in(supervisor), "contact", contact.pk).content.decode()
    )
    assert b"half" not in bytes(Draft.objects.values_list("text", flat=True).get())


def test_a_saved_note_stands_under_the_alias_and_ends_the_draft(signed_in, worker, contact):
    """S1-11: the alias, never the name or address."""
    client = signed_in(worker)
    client.post(reverse("contact_draft", args=[contact.pk]), {"text": "they chose"})
    client.post(
        reverse("contact_note", args=[contact.pk]),
        {"kind": "fact", "text": "they chose to ring gran"},
    )

    text = page(client, "contact", contact.pk).content.decode()
    assert "they chose to ring gran" in text
    assert worker.alias in text
    assert worker.email not in text
    assert not Draft.objects.exists()


def test_a_note_that_cannot_be_saved_is_not_lost(signed_in, worker, contact):
    client = signed_in(worker)
    long = "far too long " * 2000
    answer = client.post(reverse("contact_note", args=[contact.pk]), {"kind": "fact", "text": long})
    for text in (answer.content.decode(), page(client, "contact", contact.pk).content.decode()):
        assert "far too long far too long" in text
    assert not contact.notes.exists()


def test_supervisors_see_who_has_read_it_and_workers_do_not(signed_in, worker, supervisor, contact):
    mine = page(signed_in(worker), "contact", contact.pk)
    theirs = page(signed_in(supervisor), "contact", contact.pk)
    assert mine.context["readers"] is None
    assert {reading.alias for reading in theirs.context["readers"]} >= {worker.alias}


def test_an_author_reads_for_24_hours_after_the_end(worker, make_contact):
    """Rules 2.14."""
    ended = make_contact("x", worker=worker, ended=True)
    Contact.objects.filter(pk=ended.pk).update(ended_at=timezone.now() - timedelta(hours=23))
    assert Contact.objects.visible_to(worker).exists()
    Contact.objects.filter(pk=ended.pk).update(ended_at=timezone.now() - timedelta(hours=25))
    assert not Contact.objects.visible_to(worker).exists()


def test_two_who_take_the_same_person_are_told_who_was_first(
    signed_in, worker, colleague, make_contact
):
    waiting = make_contact("hello")
    first, second = signed_in(worker), signed_in(colleague)
    assert first.post(reverse("contact_take", args=[waiting.pk])).status_code == 302
    answer = second.post(reverse("contact_take", args=[waiting.pk]))
    assert answer.status_code == 409
    assert "Somebody else was here first" in answer.content.decode()


def test_a_list_costs_the_same_number_of_queries_however_long(signed_in, worker, make_contact):
    client = signed_in(worker)
    for _ in range(3):
        make_contact("x", worker=worker)
    queries(client, "contact_list", "mine")
    assert queries(client, "contact_list", "mine") <= LIST_QUERIES
    for _ in range(40):
        make_contact("x", worker=worker)
    assert queries(client, "contact_list", "mine") <= LIST_QUERIES


def test_a_contact_costs_the_same_number_of_queries_however_long(
    signed_in, supervisor, make_contact, worker
):
    client = signed_in(supervisor)
    short, long = make_contact("x", worker=worker), make_contact(*["x"] * 200, worker=worker)
    queries(client, "contact", short.pk)
    counts = [queries(client, "contact", found.pk) for found in (short, long)]
    assert counts[0] == counts[1] <= PAGE_QUERIES


def queries(client, name, *args) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert page(client, name, *args).status_code == 200
    return len(captured)

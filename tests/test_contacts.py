"""What can be done with a contact, by whom, and what they may see of it."""

import re
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.handles import new_handle
from contacts.models import Channel, Contact, Draft, Figure, Line, Note, Speaker
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Team
from helpline.foundation.staff.roles import Role, Service
from helpline.foundation.states import WrongState
from tests.due import contacts_of
from tests.racing import outcome, rivals

pytestmark = pytest.mark.django_db
together = pytest.mark.django_db(transaction=True)
BOT, WAITING = Contact.Status.BOT, Contact.Status.WAITING
OPEN, ENDED = Contact.Status.OPEN, Contact.Status.ENDED


@pytest.fixture
def in_state(make_contact, worker, team):
    """A contact of the worker's in one state."""

    def make(status) -> Contact:
        if status in (BOT, WAITING):
            contact = make_contact("hello")
            if status == BOT:
                Contact.objects.filter(pk=contact.pk).update(status=BOT, waiting_since=None)
                contact.refresh_from_db(fields=["status", "waiting_since"])
            return contact
        return make_contact("hello", worker=worker, team=team, ended=status == ENDED)

    return make


def row(contact) -> dict:
    return Contact.objects.filter(pk=contact.pk).values().get()


def acts(contact) -> list[str]:
    return list(AuditEvent.objects.about(contact).values_list("action", flat=True))


# Beginning ---------------------------------------------------------------------------------------


def test_a_worker_starts_one_by_hand_when_the_phone_rings(worker, team):
    contact = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=worker)
    assert (contact.status, contact.worker, contact.team) == (OPEN, worker, team)
    assert contact.answered_at == contact.started_at
    assert contact.purge_on == add_months(london_today(), 18)
    assert acts(contact) == [Action.CONTACT_STARTED]


def test_somebody_gets_in_touch_and_waits():
    contact = Contact.objects.arrive(
        service=Service.HELPLINE, channel=Channel.CHAT, nickname="Sparrow"
    )
    found = Contact.objects.with_key().get(pk=contact.pk)
    assert (found.status, found.worker, found.nickname) == (WAITING, None, "Sparrow")
    assert AuditEvent.objects.about(contact).get().actor == "system"


def test_who_waited_longest_is_first():
    first, second = Contact.objects.arrive(service="helpline", channel="chat"), None
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        second = Contact.objects.arrive(service="helpline", channel="chat")
    assert list(Contact.objects.waiting()) == [first, second]


# States ------------------------------------------------------------------------------------------

VERBS = {
    "take": ({WAITING}, lambda contact, by: contact.take(by=by)),
    "say": ({BOT, WAITING, OPEN}, lambda contact, by: contact.say(Speaker.PERSON, "and then")),
    "add_note": ({BOT, WAITING, OPEN, ENDED}, lambda contact, by: contact.add_note("seen", by=by)),
    "end": ({OPEN}, lambda contact, by: contact.end(by=by)),
}


@pytest.mark.parametrize("status", Contact.Status)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_works_where_it_may_and_leaves_nothing_behind_elsewhere(
    in_state, colleague, verb, status
):
    allowed, act = VERBS[verb]
    contact = in_state(status)
    before, said = row(contact), acts(contact)
    if status in allowed:
        act(contact, colleague)
        assert verb == "say" or len(acts(contact)) == len(said) + 1
    else:
        with pytest.raises(WrongState):
            act(contact, colleague)
        assert (row(contact), acts(contact)) == (before, said)
        assert not Figure.objects.exists()


@pytest.mark.parametrize("verb", ["say", "add_note"])
def test_nothing_is_added_to_what_is_over_its_18_months(supervisor, verb):
    (contact,) = contacts_of(1, began=add_months(london_today(), -18))
    with pytest.raises(WrongState, match="already been deleted"):
        VERBS[verb][1](contact, supervisor)
    assert not Note.objects.exists()
    assert Line.objects.count() == 3


def test_ending_counts_it_once(in_state, worker):
    contact = in_state(OPEN)
    stale = Contact.objects.get(pk=contact.pk)
    contact.end(by=worker)
    with pytest.raises(WrongState):
        stale.end(by=worker)
    figure = Figure.objects.get()
    assert (figure.contacts, figure.service, figure.channel) == (1, "helpline", "chat")
    assert row(contact)["status"] == ENDED


@pytest.mark.parametrize(
    "change",
    [
        {"status": "ended"},
        {"status": "waiting", "ended_at": timezone.now()},
        {"key": None},
        {"handle": None},
        {"purged_on": "2026-01-01"},
    ],
)
def test_the_database_refuses_states_that_cannot_be(in_state, change):
    contact = in_state(OPEN)
    with pytest.raises(IntegrityError, match="contact_"), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(**change)


# Two at once -------------------------------------------------------------------------------------


@together
def test_of_two_who_take_it_at_once_one_gets_it_and_the_other_is_told(worker, colleague):
    contact = Contact.objects.arrive(service=Service.HELPLINE, channel=Channel.CHAT)
    barrier = Barrier(2)

    def take(by):
        seen = Contact.objects.get(pk=contact.pk)
        barrier.wait()
        return seen.take(by=by) or by

    with rivals(2) as start:
        first, second = [
            outcome(taking) for taking in [start(take, worker), start(take, colleague)]
        ]
    winner = next(end for end in (first, second) if not isinstance(end, Exception))
    loser = next(end for end in (first, second) if isinstance(end, Exception))
    assert isinstance(loser, WrongState)
    assert "Somebody else was here first" in str(loser)
    assert row(contact)["worker_id"] == winner.pk
    assert acts(contact).count(Action.CONTACT_TAKEN) == 1


@together
def test_lines_said_at_once_are_numbered_without_a_gap(contact):
    def speak(who):
        for number in range(10):
            Contact.objects.get(pk=contact.pk).say(Speaker.PERSON, f"{who}: {number}")

    with rivals(4) as start:
        for speaking in [start(speak, who) for who in "abcd"]:
            assert outcome(speaking) is None
    lines = Line.objects.opened(Contact.objects.with_key().get(pk=contact.pk))
    assert [line.number for line in lines] == list(range(1, 43))
    for who in "abcd":
        said = [line.words for line in lines if line.words.startswith(f"{who}:")]
        assert said == [f"{who}: {number}" for number in range(10)]
    assert row(contact)["last_line"] == 42


# Who may see it ----------------------------------------------------------------------------------


def sees(staff, contact) -> bool:
    return Contact.objects.visible_to(staff).filter(pk=contact.pk).exists()


def test_a_worker_sees_their_own_until_a_day_after_its_end(in_state, worker, colleague):
    contact = in_state(OPEN)
    assert sees(worker, contact)
    assert not sees(colleague, contact)
    contact.end(by=worker)
    assert sees(worker, contact)
    with time_machine.travel(timezone.now() + timedelta(hours=24)):
        assert not sees(worker, contact)


def test_a_supervisor_sees_their_teams_and_what_has_none(in_state, make_contact, supervisor):
    elsewhere = make_contact("hello", team=Team.objects.create(name="Morning team"))
    assert sees(supervisor, in_state(ENDED))
    assert sees(supervisor, make_contact("imported"))
    assert not sees(supervisor, elsewhere)


def test_the_lead_sees_what_is_held(in_state, lead):
    contact = in_state(ENDED)
    assert not sees(lead, contact)
    Contact.objects.update(held=True)
    assert sees(lead, contact)


def test_the_dpo_and_administrators_see_none(in_state, dpo, admin):
    contact = in_state(OPEN)
    Contact.objects.update(held=True)
    assert not sees(dpo, contact)
    assert not sees(admin, contact)


def test_s2_69_nobody_sees_a_service_they_do_not_work_for(make_contact, make_staff):
    contact = make_contact("hello", service=Service.IS_THIS_OK)
    roles = [Role.WORKER, Role.SUPERVISOR, Role.LEAD]
    inside = make_staff("inside", *roles, services=[Service.IS_THIS_OK])
    outside = make_staff("outside", *roles, services=[Service.HELPLINE])
    Contact.objects.update(held=True, worker=outside)
    assert sees(inside, contact)
    assert not sees(outside, contact)


def test_nobody_sees_what_is_over_its_18_months_unless_it_is_held(supervisor):
    (contact,) = contacts_of(1, began=add_months(london_today(), -18))
    assert not sees(supervisor, contact)
    Contact.objects.update(held=True)
    assert sees(supervisor, contact)


# Drafts ------------------------------------------------------------------------------------------


def draft_of(contact, staff) -> str | None:
    draft = Draft.objects.select_related("contact__key").filter(contact=contact, staff=staff)
    return draft[0].text if draft else None


def test_a_draft_is_its_authors_alone_and_each_keeping_replaces_the_last(
    contact, worker, colleague
):
    Draft.objects.keep(contact, "half a", by=worker)
    Draft.objects.keep(contact, "half a note", by=worker)
    Draft.objects.keep(contact, "another's", by=colleague)
    assert draft_of(contact, worker) == "half a note"
    assert draft_of(contact, colleague) == "another's"
    Draft.objects.keep(contact, "  \n", by=worker)
    assert draft_of(contact, worker) is None


def test_a_note_takes_the_place_of_its_draft(contact, worker, colleague):
    Draft.objects.keep(contact, "half a note", by=worker)
    Draft.objects.keep(contact, "another's", by=colleague)
    contact.add_note("a whole note", by=worker)
    assert draft_of(contact, worker) is None
    assert draft_of(contact, colleague) == "another's"


@together
def test_a_draft_kept_in_two_tabs_at_once_is_one_of_the_two(contact, worker):
    barrier = Barrier(4)

    def keep(words):
        barrier.wait()
        Draft.objects.keep(contact, words, by=worker)

    with rivals(4) as start:
        assert [outcome(k) for k in [start(keep, f"tab {n}") for n in range(4)]] == [None] * 4
    assert draft_of(contact, worker) in {f"tab {number}" for number in range(4)}


def test_what_is_typed_for_a_contact_that_has_gone_is_not_kept(supervisor):
    (contact,) = contacts_of(1, began=add_months(london_today(), -18))
    with pytest.raises(WrongState):
        Draft.objects.keep(contact, "half a note", by=supervisor)
    assert not Draft.objects.exists()


# Handles -----------------------------------------------------------------------------------------


def test_a_handle_can_be_said_aloud_and_says_nothing_of_its_neighbours(rng):
    made = {new_handle() for _ in range(2000)}
    assert all(re.fullmatch(r"[a-z]+-[a-z]+-[1-9]\d\d", handle) for handle in made)
    assert len(made) > 1990


def test_a_handle_that_is_taken_is_not_given_again(contact, monkeypatch):
    offered = iter([contact.handle, contact.handle, "velvet-canoe-47"])
    monkeypatch.setattr("contacts.models.contact.new_handle", lambda: next(offered))
    made = Contact.objects.arrive(service=Service.HELPLINE, channel=Channel.CHAT)
    assert made.handle == "velvet-canoe-47"

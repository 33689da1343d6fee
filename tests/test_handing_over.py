"""A chat changes hands: passed on, put back, and taken back from a console that has gone (I05)."""

import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contacts.chat import said
from contacts.console.rail import not_safe
from contacts.models import ChatLimit, Contact, Joining, Rank, Visit
from contacts.models.contact import Unread
from contacts.tasks import take_chats_back
from contacts.vocabulary import NoteKind
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.roles import Role, Service
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from tests.chatting import a_chat, fresh, said_in
from tests.racing import outcome, rivals, somebody_waits, until

pytestmark = pytest.mark.django_db

NOTE = "They are with a friend until Sunday."
LATER = timedelta(minutes=3, seconds=1)


def silent(visit, since=LATER) -> None:
    """The worker's console has given no sign for so long."""
    Visit.objects.filter(pk=visit.pk).update(worker_here_at=timezone.now() - since)


def recorded(action) -> list[dict]:
    return [event.detail for event in AuditEvent.objects.filter(action=action)]


def pass_page(visit) -> str:
    return reverse("chats_pass", args=[visit.pk])


def test_a_chat_is_passed_to_a_colleague_with_a_note_that_is_shown_first(
    signed_in, worker, colleague
):
    visit, client = a_chat("hi", worker=worker), signed_in(worker)
    client.post(pass_page(visit), {"to": colleague.pk, "note": NOTE})
    assert fresh(visit).worker == colleague
    assert said_in(visit)[-1] == ("system", said.PASSED_ON)
    assert recorded(Action.CHAT_PASSED_ON) == [{"to": str(colleague.pk)}]

    page = reverse("chats_one", args=[visit.pk])
    text = signed_in(colleague).get(page).content.decode()
    assert text.index(NOTE) < text.index("What was said")
    assert client.get(page).status_code == 404


def test_a_chat_goes_back_to_the_head_of_the_queue_with_its_history(signed_in, worker, colleague):
    ordinary, visit = a_chat("x"), a_chat("hi", worker=worker)
    signed_in(worker).post(pass_page(visit), {"to": "", "note": NOTE})
    contact = fresh(visit)
    assert (contact.status, contact.rank, contact.worker) == ("waiting", Rank.BACK, None)
    assert said_in(visit)[-1] == ("system", said.BACK)
    assert Visit.objects.take_next(by=colleague).pk == visit.pk
    assert fresh(ordinary).status == "waiting"
    text = signed_in(colleague).get(reverse("chats_one", args=[visit.pk])).content.decode()
    assert NOTE in text


def test_without_a_note_nothing_is_passed_on(signed_in, worker, colleague):
    visit = a_chat("hi", worker=worker)
    answer = signed_in(worker).post(pass_page(visit), {"to": colleague.pk, "note": " "})
    assert "This field is required." in answer.content.decode()
    with pytest.raises(Refused):
        visit.pass_on(to=colleague, note=" ", by=worker)
    assert fresh(visit).worker == worker


def test_a_note_that_could_say_who_somebody_is_asks_why(signed_in, worker, colleague):
    """A15, also here."""
    visit, client = a_chat("hi", worker=worker), signed_in(worker)
    said_so = {"to": colleague.pk, "note": "ring 07700 900123"}
    assert "a phone number" in client.post(pass_page(visit), said_so).content.decode()
    client.post(pass_page(visit), said_so | {"why": "They asked us to ring back."})
    assert fresh(visit).worker == colleague
    assert recorded(Action.IDENTIFIER_KEPT) == [{"kind": "phone-number"}]


def test_only_colleagues_who_can_take_it_are_offered(worker, make_staff, supervisor, dpo):
    elsewhere = make_staff("ella", Role.WORKER, services=[Service.IS_THIS_OK])
    gone = make_staff("gus", Role.WORKER)
    gone.is_active, gone.joined_at = False, None
    gone.save()
    visit = a_chat("hi", worker=worker)
    for other in (elsewhere, gone, dpo, worker):
        with pytest.raises(Refused):
            visit.pass_on(to=other, note=NOTE, by=worker)
    assert fresh(visit).worker == worker
    assert not visit.contact.notes.exists()


def test_a_colleague_who_has_enough_chats_is_not_given_another(signed_in, worker, colleague):
    ChatLimit.objects.choose(colleague, 1)
    a_chat("x", worker=colleague)
    visit = a_chat("hi", worker=worker)
    answer = signed_in(worker).post(pass_page(visit), {"to": colleague.pk, "note": NOTE})
    assert "is the limit they chose" in answer.content.decode()
    assert fresh(visit).worker == worker


def test_a_supervisor_passes_on_a_chat_whose_worker_is_away(worker, colleague, supervisor):
    visit = a_chat("hi", worker=worker)
    with pytest.raises(WrongState):
        visit.pass_on(to=None, note=NOTE, by=colleague)
    visit.pass_on(to=supervisor, note=NOTE, by=supervisor)
    assert fresh(visit).worker == supervisor


def test_an_ended_or_waiting_chat_is_not_passed_on(worker, colleague):
    for visit in (a_chat("hi", worker=worker), a_chat("hi")):
        if fresh(visit).worker:
            fresh(visit).end(by=worker)
        with pytest.raises(WrongState):
            visit.pass_on(to=colleague, note=NOTE, by=worker)


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, "open"), (61, "open"), (179, "open"), (181, "waiting")]
)
def test_i05_a_chat_waits_three_minutes_for_its_worker(worker, seconds, status):
    """I05."""
    visit = a_chat("hi", worker=worker)
    silent(visit, timedelta(seconds=seconds))
    Visit.objects.take_back()
    assert fresh(visit).status == status


def test_i05_a_chat_that_cannot_be_opened_keeps_no_other_from_going_back(worker, colleague):
    """I05, K05."""
    broken, other = a_chat("hi", worker=worker), a_chat("hello", worker=colleague)
    DataKey.objects.filter(contact=broken.contact).update(wrapped=b"x" * 60)
    silent(broken)
    silent(other)
    assert Visit.objects.take_back() == 1
    assert (fresh(broken).status, fresh(other).status) == ("open", "waiting")


def test_i05_it_goes_back_with_its_history_and_the_person_reads_only_that_we_come_back(
    worker, supervisor, colleague
):
    """I05: no word of it says why."""
    visit, ordinary = a_chat("hi", worker=worker), a_chat("x")
    Joining.objects.join(visit.contact, by=supervisor)
    silent(visit)
    assert Visit.objects.take_back() == 1
    assert Visit.objects.take_back() == 0
    contact = fresh(visit)
    assert (contact.rank, contact.worker, contact.team) == (Rank.BACK, None, None)
    assert [words for _, words in said_in(visit)] == ["hi", said.JOINED, said.BACK]
    assert not Joining.objects.now().exists()
    assert recorded(Action.CHAT_TAKEN_BACK) == [{"worker": str(worker.pk)}]
    assert next(iter(Contact.objects.waiting())).pk == visit.pk
    assert fresh(ordinary).status == "waiting"


def test_i05_the_returning_worker_is_told_until_they_say_that_they_know(signed_in, worker):
    """I05."""
    visit = a_chat("hi", worker=worker)
    silent(visit)
    take_chats_back()
    client = signed_in(worker)
    assert client.get(reverse("chats_one", args=[visit.pk])).status_code == 404
    told = f"{visit.contact.handle_words} went back into the queue"
    assert told in client.get(reverse("chats")).content.decode()
    client.post(reverse("chats_told"))
    assert told not in client.get(reverse("chats")).content.decode()


def test_i05_only_the_open_console_is_a_sign(signed_in, worker):
    """I05: another page of ours, or the phone, is none."""
    visit, client = a_chat("hi", worker=worker), signed_in(worker)
    silent(visit)
    before = Visit.objects.get(pk=visit.pk).worker_here_at
    client.get(reverse("contact_list", args=["mine"]))
    assert Visit.objects.get(pk=visit.pk).worker_here_at == before
    client.post(reverse("chats_here"))
    assert Visit.objects.take_back() == 0
    assert fresh(visit).worker == worker


def test_a_chat_that_is_taken_again_waits_its_full_time(worker, colleague):
    visit = a_chat("hi", worker=worker)
    silent(visit)
    Visit.objects.take_back()
    fresh(visit).take(by=colleague)
    assert Visit.objects.take_back() == 0
    assert not Visit.objects.filter(taken_from=worker).exists()


# Two at the same moment -------------------------------------------------------------------------


@contextmanager
def held_back(visit):
    """The chat's row is locked, so that rivals queue up behind it."""
    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=visit.pk)
        yield


@pytest.mark.django_db(transaction=True)
def test_two_workers_who_take_the_same_chat_do_not_both_get_it(worker, colleague):
    visit = a_chat("hi")
    with rivals(2) as start:
        with held_back(visit):
            both = [start(fresh(visit).take, by=staff) for staff in (worker, colleague)]
            until(somebody_waits)
        results = [outcome(each) for each in both]
    lost = [each for each in results if isinstance(each, WrongState)]
    assert len(lost) == 1
    assert len(recorded(Action.CONTACT_TAKEN)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_take_next_get_two_different_chats(worker, colleague):
    first, second = a_chat("x"), a_chat("y")
    with rivals(2) as start:
        both = [start(Visit.objects.take_next, by=staff) for staff in (worker, colleague)]
        taken = {outcome(each).pk for each in both}
    assert taken == {first.pk, second.pk}


@pytest.mark.django_db(transaction=True)
def test_two_browsers_of_one_worker_do_not_pass_the_limit(worker):
    ChatLimit.objects.choose(worker, 1)
    chats = [a_chat("x"), a_chat("y")]
    with rivals(2) as start:
        both = [start(fresh(visit).take, by=worker) for visit in chats]
        results = [outcome(each) for each in both]
    assert len([each for each in results if isinstance(each, Refused)]) == 1
    assert Contact.objects.chats_of(worker).count() == 1


@pytest.mark.django_db(transaction=True)
def test_i05_two_processes_that_sweep_take_a_chat_back_once(worker):
    """I05."""
    visit = a_chat("hi", worker=worker)
    silent(visit)
    with rivals(2) as start:
        with held_back(visit):
            both = [start(Visit.objects.take_back) for _ in range(2)]
            until(somebody_waits)
        results = [outcome(each) for each in both]
    assert sorted(results) == [0, 1]
    assert len(recorded(Action.CHAT_TAKEN_BACK)) == 1
    assert said_in(visit) == [("person", "hi"), ("system", said.BACK)]


@pytest.mark.django_db(transaction=True)
def test_i05_a_worker_who_returns_before_the_sweep_has_its_lock_keeps_the_chat(worker):
    """I05: the sweep looks again once it holds the chat."""
    visit = a_chat("hi", worker=worker)
    silent(visit)
    with rivals() as start:
        with held_back(visit):
            sweep = start(Visit.objects.take_back)
            until(somebody_waits)
            Visit.objects.filter(pk=visit.pk).update(worker_here_at=timezone.now())
        assert outcome(sweep) == 0
    assert fresh(visit).worker == worker


@pytest.mark.django_db(transaction=True)
def test_i05_a_worker_who_returns_during_the_sweep_finds_the_chat_passed_on(worker):
    """I05."""
    visit = a_chat("hi", worker=worker)
    silent(visit)
    with rivals() as start:
        with transaction.atomic():
            assert Visit.objects.take_back() == 1
            back = start(Visit.objects.worker_here, worker)
            until(somebody_waits)
        outcome(back)
    assert fresh(visit).status == "waiting"
    assert Visit.objects.taken_from(worker).exists()
    assert Visit.objects.take_back() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("to_queue", [True, False])
def test_passing_on_and_ending_at_once_leaves_one_of_them(worker, colleague, to_queue):
    visit = a_chat("hi", worker=worker)
    to = None if to_queue else colleague
    with rivals(2) as start:
        with held_back(visit):
            passing = start(visit.pass_on, to=to, note=NOTE, by=worker)
            until(somebody_waits)
            ending = start(fresh(visit).end, by=worker)
        results = [outcome(passing), outcome(ending)]
    contact = fresh(visit)
    notes = contact.notes.filter(kind=NoteKind.HANDOVER).count()
    if contact.status == "ended" and isinstance(results[0], WrongState):
        assert notes == 0
    elif contact.status == "ended":  # passed to the colleague first, and ended after that
        assert (contact.worker, notes) == (colleague, 1)
    else:
        assert (contact.status, notes) == ("waiting", 1)
        assert isinstance(results[1], WrongState)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["they write", "it ends"])
def test_of_a_last_line_and_an_end_at_once_neither_is_lost(worker, first):
    """What is said before the end stops it; what comes after it is given back to its person."""
    visit = a_chat("bye", worker=worker)
    acts = [
        lambda: visit.say("wait, he is back", nonce=uuid.uuid4()),
        lambda: fresh(visit).end(by=worker, outcome="listened", seen=1),
    ]
    now, then = acts if first == "they write" else reversed(acts)
    with rivals() as start, transaction.atomic():
        now()
        other = start(then)
        until(somebody_waits)
    assert isinstance(outcome(other), Unread if first == "they write" else WrongState)
    assert fresh(visit).status == ("open" if first == "they write" else "ended")


@pytest.mark.parametrize("way", ["passed on", "taken back"])
def test_i01_who_is_not_safe_is_first_again_when_they_go_back_into_the_queue(
    worker, colleague, way
):
    """I01: the console that was to help them is gone, and they are no safer than before."""
    visit = a_chat("help me", not_safe=True, worker=worker)
    other = a_chat("me too", not_safe=True)
    if way == "passed on":
        visit.pass_on(to=None, note="They are alone and afraid.", by=worker)
    else:
        silent(visit)
        assert Visit.objects.take_back() == 1
    assert fresh(visit).rank == Rank.NOT_SAFE
    assert set(not_safe(colleague)) == {visit.contact, other.contact}
    visit.contact.take(by=colleague)
    visit.contact.end(by=colleague, outcome="listened")
    assert fresh(visit).rank == Rank.ORDINARY, "nothing of it is kept afterwards"


def test_who_was_never_not_safe_comes_after_them(worker):
    back, other = a_chat("x", worker=worker), a_chat("help", not_safe=True)
    back.pass_on(to=None, note="They want to go on.", by=worker)
    assert list(Contact.objects.waiting()) == [other.contact, back.contact]

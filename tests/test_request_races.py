"""Two at the same moment: a request, a withdrawal, the outbox. One wins, and the other is told."""

import os
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import connection, transaction

from contacts.models import ActionRequest, Consent, Contact, How, LostBasis, Purpose, Thread
from helpline.foundation.calendar import london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.states import Refused, WrongState
from privacy import retention
from privacy.models import PurgeRun
from tests.asking import LOST, agreed, approved, ask, given
from tests.racing import outcome, rivals, somebody_waits, until
from tests.test_outbox import Post, port, post  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

INTERLEAVINGS = 60 if os.environ.get("HELPLINE_THOROUGH") else 30
SPIN = 1_000_000  # turns of an empty loop: longer than some statements take
LEFT = "The letter has left already. Write down what came of it."


@pytest.fixture
def request_(contact, worker) -> ActionRequest:
    return ask(contact, worker)


@pytest.fixture
def ready(request_, worker, supervisor) -> ActionRequest:
    """A letter that is approved and may leave."""
    return approved(request_, worker, supervisor)


def fresh(action) -> ActionRequest:
    """The request as a page had fetched it, in an instance of its own."""
    return ActionRequest.objects.with_key().get(pk=action.pk)


def take_back(contact, by, purpose=Purpose.MESSAGE):
    contact = Contact.objects.get(pk=contact.pk)
    return Consent.objects.withdraw(contact, purpose, by=by, how=How.VOICE)


@contextmanager
def held_back(action):
    """The request's row is locked, so that rivals queue up behind it."""
    with transaction.atomic():
        ActionRequest.objects.select_for_update().get(pk=action.pk)
        yield


def at_once(action, *acts) -> list:
    """What came of these acts, all begun while the row was locked."""
    with rivals(len(acts)) as start:
        with held_back(action):
            started = [start(act) for act in acts]
            until(somebody_waits)
        return [outcome(each) for each in started]


def told(results) -> list[tuple[type, str]]:
    """What those were told who lost, each once."""
    return [(type(each), str(each)) for each in results if isinstance(each, Exception)]


def steps(action, kind: str) -> int:
    return action.steps.filter(kind=kind).count()


# The same button twice ---------------------------------------------------------------------------


def test_of_two_who_approve_at_once_one_has_approved(
    request_, worker, supervisor, other_supervisor
):
    agreed(request_, worker)
    request_.check_recipient("published", by=worker, mark=request_.recipient_mark())
    mark, seen = request_.mark(), [fresh(request_), fresh(request_)]
    results = at_once(
        request_,
        lambda: seen[0].approve(by=supervisor, mark=mark),
        lambda: seen[1].approve(by=other_supervisor, mark=mark),
    )
    ((kind, why),) = told(results)
    assert kind is WrongState
    assert "cannot become approved any more" in why
    assert steps(request_, "approved") == 1
    winner = supervisor if results[0] is None else other_supervisor
    assert fresh(request_).approved_by == winner


def test_e15_of_two_who_send_at_once_one_letter_leaves(ready, worker, colleague, post):  # noqa: F811
    seen = [fresh(ready), fresh(ready)]
    results = at_once(ready, lambda: seen[0].send(by=worker), lambda: seen[1].send(by=colleague))
    ((kind, why),) = told(results)
    assert kind is WrongState
    assert "cannot become under-way any more" in why
    assert steps(ready, "sent") == 1
    assert Message.objects.get().pk == fresh(ready).letter_id
    while Message.objects.send_next():
        pass
    assert len(post.letters) == 1


def test_of_two_who_take_it_on_at_once_one_owns_it(request_, worker, colleague, supervisor):
    request_.hand_over(by=worker, to=None, words="She rings again at six.")
    seen = [fresh(request_), fresh(request_)]
    results = at_once(
        request_,
        lambda: seen[0].take_on(by=colleague),
        lambda: seen[1].take_on(by=supervisor),
    )
    assert told(results) == [(WrongState, "A colleague was faster and goes on with it.")]
    winner = colleague if results[0] is None else supervisor
    assert fresh(request_).owner == winner
    assert steps(request_, "taken") == 1


def test_of_four_who_ring_at_once_three_tries_count(contact, worker, colleague):
    action = agreed(ask(contact, worker, "call-back"), worker)
    seen = [fresh(action) for _ in range(4)]
    results = at_once(
        action, *[lambda each=each: each.tried("no-answer", by=colleague) for each in seen]
    )
    assert told(results) == [(Refused, "It was tried three times. Write down what came of it.")]
    tries = action.steps.exclude(attempt=None).values_list("attempt", flat=True)
    assert sorted(tries) == [1, 2, 3]


def test_of_two_results_written_down_at_once_the_first_stays(ready, worker, colleague):
    ready.send(by=worker)
    seen = [fresh(ready), fresh(ready)]
    results = at_once(
        ready,
        lambda: seen[0].finish("passed", by=worker),
        lambda: seen[1].finish("not-reached", by=colleague),
    )
    ((kind, why),) = told(results)
    assert kind is WrongState
    assert "cannot become done any more" in why
    assert fresh(ready).result == ("passed" if results[0] is None else "not-reached")
    assert steps(ready, "finished") == 1


# One changes what another has read ---------------------------------------------------------------


def test_words_changed_while_they_are_agreed_are_not_what_was_agreed(request_, worker, colleague):
    given(request_, worker)
    seen, read = fresh(request_), request_.mark()
    with rivals() as start:
        with transaction.atomic():
            fresh(request_).give(by=colleague, words="Come to the old mill at six.")
            agreeing = start(seen.agree, by=worker, mark=read)
            until(somebody_waits)
        loser = outcome(agreeing)
    assert told([loser]) == [
        (WrongState, "It has been changed since it was read to them. Read it again.")
    ]
    assert (fresh(request_).status, fresh(request_).agreed_mark) == ("asked", "")


def test_e15_a_recipient_changed_while_checked_is_not_the_one_who_was_checked(
    request_, worker, colleague
):
    given(request_, worker)
    seen, read = fresh(request_), request_.recipient_mark()
    with rivals() as start:
        with transaction.atomic():
            fresh(request_).give(by=colleague, route_to="somebody@else.example")
            checking = start(seen.check_recipient, "published", by=worker, mark=read)
            until(somebody_waits)
        loser = outcome(checking)
    assert told([loser]) == [
        (WrongState, "It is for somebody else by now. Make sure of them instead.")
    ]
    assert (fresh(request_).checked, fresh(request_).checked_by) == ("", None)


def test_e15_what_is_opened_again_while_it_is_sent_does_not_leave(ready, worker, colleague):
    seen = fresh(ready)
    with rivals() as start:
        with transaction.atomic():
            again = fresh(ready)
            again.reopen(by=colleague)
            again.give(by=colleague, words="Come to the old mill at six.")
            sending = start(seen.send, by=worker)
            until(somebody_waits)
        loser = outcome(sending)
    ((kind, why),) = told([loser])
    assert kind is WrongState
    assert "cannot become under-way any more" in why
    assert not Message.objects.exists()


def test_e15_what_was_sent_first_is_what_was_approved(ready, worker, colleague, post):  # noqa: F811
    seen = fresh(ready)
    with rivals() as start:
        with transaction.atomic():
            fresh(ready).send(by=worker)
            opening = start(seen.reopen, by=colleague)
            until(somebody_waits)
        loser = outcome(opening)
    ((kind, why),) = told([loser])
    assert kind is WrongState
    assert "cannot become asked any more" in why
    assert Message.objects.send_next() is True
    assert LOST in post.letters[0].content.decode()


def test_an_answer_that_comes_while_they_are_told_is_not_lost(ready, worker, colleague):
    ready.send(by=worker)
    ready.finish("passed", by=worker)
    seen, read = fresh(ready), ready.last_step()
    with rivals() as start:
        with transaction.atomic():
            fresh(ready).answered("His room is as he left it.", by=colleague)
            telling = start(seen.tell, "in-contact", by=worker, read=read)
            until(somebody_waits)
        loser = outcome(telling)
    assert told([loser]) == [
        (WrongState, "An answer has come that you had not read. Tell them that too.")
    ]
    assert fresh(ready).status == "done"


def test_whoever_acts_on_a_request_that_is_being_destroyed_is_told(ready, worker):
    ActionRequest.objects.update(purge_on=london_today())
    seen = fresh(ready)
    with rivals() as start:
        with transaction.atomic():
            assert retention.purge_requests(london_today(), PurgeRun.objects.create()) == 1
            sending = start(seen.send, by=worker)
            until(somebody_waits)
        loser = outcome(sending)
    assert told([loser]) == [(WrongState, "This request has already been deleted.")]
    assert not Message.objects.exists()


# Taken back at that very moment ------------------------------------------------------------------


def test_taken_back_before_it_is_sent_nothing_leaves(ready, contact, worker, colleague):
    seen = fresh(ready)
    with rivals() as start:
        with transaction.atomic():
            take_back(contact, colleague)
            sending = start(seen.send, by=worker)
            until(somebody_waits)
        loser = outcome(sending)
    assert told([loser]) == [(Refused, "They do not agree to this any longer. Ask them first.")]
    assert fresh(ready).status == "stopped"
    assert not Message.objects.exists()


def test_taken_back_just_after_it_was_sent_the_waiting_letter_does_not_leave(
    ready, contact, worker, colleague
):
    with rivals() as start:
        with transaction.atomic():
            fresh(ready).send(by=worker)
            taking = start(take_back, contact, colleague)
            until(somebody_waits)
        assert outcome(taking).answer == "withdrawn"
    assert fresh(ready).status == "stopped"
    assert not Message.objects.exists()


def test_taken_back_while_the_mail_server_has_it_it_has_left(
    ready,
    contact,
    worker,
    colleague,
    post,  # noqa: F811
):
    ready.send(by=worker)
    post.go_on.clear()
    with rivals(3) as start:
        sending = start(Message.objects.send_next)
        assert post.arrived.wait(10)
        taking = start(take_back, contact, colleague)
        until(somebody_waits)
        stopping = start(fresh(ready).stop, by=worker, words="They changed their mind.")
        post.go_on.set()
        assert outcome(sending) is True
        assert outcome(taking).answer == "withdrawn"
        loser = outcome(stopping)
    assert told([loser]) == [(WrongState, LEFT)]
    assert len(post.letters) == 1
    assert fresh(ready).status == "under-way"
    assert LostBasis.objects.get().action_id == ready.pk


def test_taken_back_first_the_outbox_passes_over_it(ready, contact, worker, colleague, post):  # noqa: F811
    ready.send(by=worker)
    with rivals() as start:
        with transaction.atomic():
            take_back(contact, colleague)
            assert outcome(start(Message.objects.send_next)) is None
        assert outcome(start(Message.objects.send_next)) is None
    assert (post.letters, fresh(ready).status) == ([], "stopped")


def test_in_any_interleaving_it_left_or_it_is_stopped(contact, worker, supervisor, mailoutbox, rng):
    """Two connections meet at a barrier: never both, never neither, and both orders come about."""
    won = {"left": 0, "stopped": 0}
    for _ in range(INTERLEAVINGS):
        action = approved(ask(contact, worker), worker, supervisor)
        action.send(by=worker)
        mailoutbox.clear()
        lost = race(action, worker, *rng.choice([(0, SPIN), (0, 0), (rng.randrange(SPIN), 0)]))
        left, status = len(mailoutbox), fresh(action).status
        assert (left, status) in {(1, "under-way"), (0, "stopped")}
        assert (str(lost) == LEFT) is bool(left)
        assert not Message.objects.filter(sent_at=None).exists()
        won["left" if left else "stopped"] += 1
    assert min(won.values()) > 0, f"Only one order came about: {won}."


def race(action, by, *spins):
    """Stop it and hand it to the mail server at the same moment; what came of stopping."""
    barrier, seen = Barrier(2), fresh(action)

    def together(spin, act, **options):
        connection.ensure_connection()
        barrier.wait()
        for _ in range(spin):
            pass
        return act(**options)

    with rivals(2) as start:
        stopping = start(together, spins[0], seen.stop, by=by)
        sending = start(together, spins[1], Message.objects.send_next)
        assert outcome(sending) in {True, None}
        return outcome(stopping)


@pytest.fixture
def joined(contact, make_contact, worker, team) -> Contact:
    """Another contact, which the person joined to the first by their code."""
    thread = Thread.objects.create()
    other = make_contact("it is me again", worker=worker, team=team)
    Contact.objects.filter(pk__in=[contact.pk, other.pk]).update(thread=thread)
    return Contact.objects.get(pk=other.pk)


def test_what_is_taken_back_in_one_contact_is_not_asked_for_in_another_meanwhile(
    request_, contact, joined, worker, colleague
):
    ask_ = {"by": worker, "words": "Tell my mum that I am safe."}
    with rivals() as start:
        with transaction.atomic():
            take_back(contact, colleague)
            asking = start(ActionRequest.objects.ask, joined, "pass-message", **ask_)
            until(somebody_waits)
        loser = outcome(asking)
    assert told([loser]) == [
        (Refused, "They have not agreed to this. Ask them first, in our words for it.")
    ]
    assert ActionRequest.objects.get() == request_


def test_what_is_asked_for_in_another_contact_meanwhile_is_stopped(
    request_, contact, joined, worker, colleague
):
    with rivals() as start:
        with transaction.atomic():
            words = "Tell my mum that I am safe."
            ActionRequest.objects.ask(joined, "pass-message", by=worker, words=words)
            taking = start(take_back, contact, colleague)
            until(somebody_waits)
        assert outcome(taking).answer == "withdrawn"
    assert set(ActionRequest.objects.values_list("status", flat=True)) == {"stopped"}


def test_of_two_who_note_that_it_is_taken_back_one_does(request_, contact, worker, colleague):
    with rivals() as start:
        with transaction.atomic():
            take_back(contact, worker)
            second = start(take_back, contact, colleague)
            until(somebody_waits)
        loser = outcome(second)
    assert told([loser]) == [
        (WrongState, "They have not agreed to this, so there is nothing to take back.")
    ]
    assert LostBasis.objects.count() == 1

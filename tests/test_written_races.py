"""A text comes in while its worker answers: whoever is second waits, and nobody is turned away."""

import uuid

import pytest
from django.db import connection, transaction

from contacts.models import Address, Contact, SentAnyway, Speaker
from contacts.written.arriving import take_in
from contacts.written.message import Message
from helpline.foundation.calendar import london_today
from tests.racing import outcome, rivals, until
from tests.texting import NUMBER, texted, transcript

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk(worker) -> Contact:
    """A conversation that its worker has."""
    contact = texted("hello")
    contact.take(by=worker)
    return contact


def this_many_wait(count: int) -> bool:
    """Whether so many connections to this test's database wait for a lock that another holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return cursor.fetchone()[0] == count


def both(talk: Contact, first, second) -> list:
    """What came of two that began, one after the other, while the conversation was locked."""
    with rivals(2) as start:
        with transaction.atomic():
            talk.locked()
            one = start(first)
            until(lambda: this_many_wait(1))
            two = start(second)
            until(lambda: this_many_wait(2))
        return [outcome(one), outcome(two)]


def answer(contact, by):
    return contact.say(Speaker.WORKER, "I am here")


def answer_that_was_stopped(contact, by):
    why = {"kinds": ["phone"], "reason": "They asked for it.", "by": by}
    return SentAnyway.objects.say(contact, "I am here", nonce=uuid.uuid4(), **why)


def text_comes_in(contact, by):
    return take_in(Message("text", NUMBER, "are you there?", uuid.uuid4().hex))


def keep(contact, by):
    return contact.correspondence.keep_address(True, by=by)


@pytest.mark.parametrize("rival", [text_comes_in, keep])
@pytest.mark.parametrize("said", [answer, answer_that_was_stopped])
@pytest.mark.parametrize("answer_first", [True, False])
def test_j06_an_answer_and_what_comes_in_at_once_are_both_kept(
    talk, worker, said, rival, answer_first
):
    again = Contact.objects.with_key().get(pk=talk.pk)
    theirs, ours = lambda: rival(talk, worker), lambda: said(again, worker)
    came = both(talk, *([ours, theirs] if answer_first else [theirs, ours]))
    assert [each for each in came if isinstance(each, Exception)] == []
    assert ("worker", "I am here") in transcript(talk)
    if rival is text_comes_in:
        assert ("person", "are you there?") in transcript(talk)


def test_j06_an_address_that_is_answered_this_moment_is_destroyed_later(talk):
    """The answer holds it before anything else, and what destroys addresses waits for none."""
    again = Contact.objects.with_key().get(pk=talk.pk)
    with rivals() as start:
        with transaction.atomic():
            talk.locked()
            answering = start(lambda: answer(again, None))
            until(lambda: this_many_wait(1))
            assert Address.objects.filter(heard_on__lte=london_today()).forget() == 0
        assert outcome(answering)
    assert Address.objects.exists()

"""What a chat knew of its browser is forgotten when it is over (S0-01)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Visit
from contacts.tasks import end_left_behind
from tests.chatting import a_chat

pytestmark = pytest.mark.django_db

MOMENTS = ("token", "active_at", "here_at", "worker_here_at")


@pytest.fixture
def visit(worker) -> Visit:
    """A chat that has ended just now."""
    visit = a_chat("hello", worker=worker)
    visit.contact.end(by=worker, outcome="listened")
    return visit


def known(visit) -> list:
    return [getattr(Visit.objects.get(pk=visit.pk), name) for name in MOMENTS]


def later(time_machine, **time) -> None:
    time_machine.move_to(timezone.now() + timedelta(**time))
    end_left_behind()


def test_s0_01_no_moment_and_no_browser_is_kept_of_a_chat_that_is_over(visit, time_machine):
    """S0-01: these moments are finer than a minute, and could be found again on somebody's bill."""
    later(time_machine, minutes=31)
    assert known(visit) == [None] * 4


def test_who_still_answers_what_we_ask_afterwards_is_spared(visit, time_machine):
    later(time_machine, minutes=29)
    assert None not in known(visit)


def test_a_chat_that_goes_on_is_spared(worker, time_machine):
    visit = a_chat("hello", worker=worker)
    later(time_machine, days=2)
    assert None not in known(visit)


def test_who_comes_back_with_their_words_is_forgotten_again(visit, time_machine):
    later(time_machine, days=2)
    Visit.objects.get(pk=visit.pk).reopen(uuid.uuid4().hex)
    later(time_machine, minutes=10)
    assert known(visit)[0] is not None
    later(time_machine, minutes=31)
    assert known(visit) == [None] * 4

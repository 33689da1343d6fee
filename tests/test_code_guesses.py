"""Guessing seven words: a few are checked at once, nobody is locked out, and chance finds none
(D03)."""

import os

import pytest
from django.test import Client
from django.urls import reverse

from contacts import codes
from contacts.chat.returning import public as returning
from contacts.models import Visit
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from privacy.models import RightsRequest
from privacy.rights import public as asking
from privacy.rights.kinds import Route
from tests.rights import with_code

pytestmark = pytest.mark.django_db
GUESSES = 10_000 if os.environ.get("HELPLINE_THOROUGH") else 1_000
ALL_GUESSES = 10_000
LIVING = 1_000_000  # codes that open something: more than 18 months of a busy helpline
DOORS = {"back": returning, "your_data_answer": asking}
every_door = pytest.mark.parametrize("door", DOORS)


@pytest.fixture
def right(make_contact):
    """Words that open a chat, and words that open a request."""
    contact = make_contact("my dad shouts", ended=True)
    Visit.objects.create(contact=contact, confidentiality=1, privacy=1)
    request = RightsRequest.objects.take_in("access", by=None, route=Route.FORM, words="x")
    return {"back": with_code(contact), "your_data_answer": request.new_follow_up()}


def typed(door: str, words: str):
    """What a browser that was never here before is answered."""
    browser = Client()
    browser.get(reverse(door))
    return browser.post(reverse(door), {"words": words})


@every_door
def test_d03_thousands_of_guesses_open_nothing_and_lock_nobody_out(right, door):
    """D03: from as many sessions as guesses; the right words open at once afterwards."""
    answers = {typed(door, codes.new()).status_code for _ in range(GUESSES // len(DOORS))}
    assert answers == {422}
    assert not AuditEvent.objects.filter(action=Action.CODE_USED).exists()
    assert typed(door, right[door]).status_code in (200, 302)


@every_door
def test_d03_more_than_a_few_at_once_wait_whoever_they_are_and_for_a_minute_at_most(right, door):
    """D03: the budget is of all together, so that no session has one of its own to spend."""
    checks, at_once = DOORS[door].checks, DOORS[door].AT_ONCE
    held = [checks.acquire(blocking=False) for _ in range(at_once)]
    try:
        turned_away = [typed(door, words) for words in (codes.new(), right[door])]
    finally:
        for _ in held:
            checks.release()
    assert [answer.status_code for answer in turned_away] == [503, 503]
    assert {int(answer["Retry-After"]) for answer in turned_away} == {60}
    assert typed(door, right[door]).status_code in (200, 302)


def test_d03_the_expected_success_of_all_guesses_together_is_below_a_quadrillionth():
    """D03: against every code that lives, drawn as they are drawn."""
    possible = len(codes.words()) ** codes.WORDS
    assert ALL_GUESSES * LIVING / possible < 1e-15

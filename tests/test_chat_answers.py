"""An answer to the chatbot is held to the rules of a line: slowed, and never lost."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.chat import capacity, walking
from contacts.models import Contact, Line
from tests.bots import publish
from tests.visiting import SCRIPT, Visitor, cleared, opened

pytestmark = pytest.mark.django_db

WORDS = "please do not lose this"


@pytest.fixture
def visitor() -> Visitor:
    """Somebody to whom the chatbot talks, by day."""
    cleared()
    opened()
    publish()
    return Visitor().begin()


@pytest.fixture
def contact(visitor) -> Contact:
    return Contact.objects.with_key().get()


def answer(visitor, script=False, **fields):
    """One answer, as its form sends it."""
    fields = {"nonce": uuid.uuid4()} | fields
    return visitor.post("/chat/answer/", fields, headers=SCRIPT if script else {})


def flood(visitor, **fields) -> list[int]:
    count = capacity.IN_A_WINDOW + 5
    return [answer(visitor, script=True, **fields).status_code for _ in range(count)]


def ended(contact, worker) -> None:
    walking.to_person(contact.visit)
    contact.take(by=worker)
    contact.end(by=worker, outcome="listened")


def test_i03_words_are_slowed_by_whichever_form_they_come(visitor):
    """I03."""
    assert flood(visitor, text="x").count(429) == 5
    page = answer(visitor, text=WORDS)
    assert page.status_code == 429
    assert WORDS in page.content.decode()
    assert "very fast" in page.content.decode()


def test_i03_not_safe_never_waits_the_first_time_and_floods_nobody_after_it(visitor, contact):
    """I03."""
    flood(visitor, text="x")
    assert answer(visitor, script=True, choice="2", step="what").status_code == 204
    contact.refresh_from_db()
    assert contact.rank == 0
    before = Line.objects.count()
    assert set(flood(visitor, choice="2", step="what")) == {429}
    assert Line.objects.count() == before


def test_words_that_come_after_thirty_quiet_minutes_are_shown_again(visitor):
    with time_machine.travel(timezone.now() + timedelta(minutes=45)):
        page = answer(visitor, text=WORDS)
    assert WORDS in page.content.decode()


def test_words_that_come_when_it_has_ended_are_shown_again(visitor, contact, worker):
    ended(contact, worker)
    page = answer(visitor, text=WORDS, step="words")
    assert page.status_code == 409
    assert WORDS in page.content.decode()
    assert answer(visitor, script=True, text=WORDS, step="words").status_code == 409


BUTTONS = ["person", "consent", "code", "stop", "look", "here", "survey", "answer"]


@pytest.mark.parametrize("name", BUTTONS)
def test_no_button_of_a_chat_that_has_ended_says_what_staff_call_it(visitor, contact, worker, name):
    """The handle is staff's: whoever reads it on this screen could pass for the person with it."""
    answer(visitor, text="hello")
    ended(contact, worker)
    fields = {"text": "still typed", "not_safe": "1", "nonce": uuid.uuid4()}
    page = visitor.press(name, **fields)
    assert contact.handle not in page.content.decode()


def test_who_asks_for_a_person_when_it_has_ended_keeps_what_is_typed(visitor, contact, worker):
    ended(contact, worker)
    page = visitor.press("person", text=WORDS, not_safe="1")
    assert page.status_code == 200
    assert WORDS in page.content.decode()
    assert visitor.press("person", script=True, not_safe="1").status_code == 204

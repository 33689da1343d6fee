"""Consent is asked in the chat, in a frozen wording, and changes nothing when it is not given."""

import re
from hashlib import sha256

import pytest
from django.template.loader import render_to_string

from contacts import wordings
from contacts.models import Consent, Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from tests.visiting import Visitor, cleared, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(db):
    cleared()


QUESTION = "May we keep what you write here?"
# The words of every wording that anybody was asked in.
FROZEN = {1: "46b615e1ba5463e1"}


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor().begin()
    visitor.say("hello")
    return visitor


def answers() -> list[tuple[str, int]]:
    return list(Consent.objects.values_list("answer", "wording"))


def test_s2_25_the_question_comes_after_the_first_words_and_never_before(visitor):
    assert QUESTION not in Visitor().begin().page()
    assert QUESTION in visitor.page()


@pytest.mark.parametrize("answer", ["given", "refused"])
def test_s2_25_the_answer_is_kept_with_the_wording_it_was_given_to(visitor, answer):
    visitor.press("consent", consent=answer)
    assert answers() == [(answer, wordings.current("chat"))]
    assert AuditEvent.objects.filter(action=Action.CONSENT_ANSWERED).count() == 1
    assert QUESTION not in visitor.page()


def test_s2_25_the_question_can_be_left_and_is_not_asked_again(visitor):
    visitor.press("consent", consent="later")
    assert not answers()
    assert QUESTION not in visitor.page()


def test_s2_25_a_yes_can_be_taken_back_and_given_again(visitor):
    for answer in ["given", "given", "withdrawn", "withdrawn", "given"]:
        visitor.press("consent", consent=answer)
    assert sorted(answer for answer, _wording in answers()) == ["given", "given", "withdrawn"]
    assert "Take back my yes" in visitor.page()


def test_s2_25_nobody_takes_back_what_they_did_not_give(visitor):
    visitor.press("consent", consent="withdrawn")
    visitor.press("consent", consent="invented")
    assert not answers()


def test_a_no_after_a_yes_takes_it_back(visitor):
    visitor.press("consent", consent="given")
    visitor.press("consent", consent="refused")
    assert Consent.objects.in_force(Contact.objects.get()) == "withdrawn"


@pytest.mark.parametrize("answer", ["refused", "later", None])
def test_l03_without_a_yes_the_chat_goes_on_the_same(visitor, worker, answer):
    if answer:
        visitor.press("consent", consent=answer)
    visitor.say("more")
    contact = Contact.objects.get()
    contact.take(by=worker)
    visitor.say("and more")
    assert visitor.code()
    contact.end(by=worker)
    assert "Thank you for talking to us" in visitor.page()
    assert Contact.objects.get().last_line == 3


def test_a_word_typed_while_the_question_is_answered_is_still_in_the_box(visitor):
    page = visitor.press("consent", consent="given", text="half a sent").content.decode()
    assert re.search(r'<textarea name="text"[^>]*>\s*half a sent</textarea>', page)


@pytest.mark.parametrize("number", range(1, wordings.current("chat") + 1))
def test_s2_25_a_wording_changes_only_as_a_new_one(number):
    """If this fails: leave the old template as it was, and add one with the next number."""
    words = render_to_string(f"chat/consent/{number}.html")
    asked = text_of(f"<main>{words}</main>")
    assert sha256(asked.encode()).hexdigest()[:16] == FROZEN[number]

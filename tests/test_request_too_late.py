"""Whatever was typed about a request and came too late is on the page, to be taken from there."""

import pytest
from django.urls import reverse

from contacts.models import ActionRequest
from tests.asking import DETAILS, agreed, approved, ask, given

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "Tell him the blue bicycle\nis mine."


@pytest.fixture
def browser(signed_in, worker):
    return signed_in(worker)


@pytest.fixture
def action(contact, worker) -> ActionRequest:
    return ask(contact, worker)


def said_again(answer) -> str:
    """The page of an act that was refused; it holds what was typed."""
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "blue bicycle\nis mine." in page.replace("\r\n", "\n")
    return page


def test_details_that_come_after_it_was_agreed_are_still_in_their_form(browser, action, worker):
    agreed(action, worker)
    typed = DETAILS | {"route": "email", "words": TYPED, "name": "Quillon Another"}
    page = said_again(browser.post(reverse("action_details", args=[action.pk]), typed))
    assert "It has been agreed with them. Open it again before you change it." in page
    assert "Quillon Another" in page
    action = ActionRequest.objects.with_key().get(pk=action.pk)
    assert action.name == DETAILS["name"]


def test_an_answer_to_a_message_that_was_stopped_is_still_in_its_form(
    browser, action, worker, supervisor
):
    approved(action, worker, supervisor)
    action.stop(by=worker, words="They changed their mind.")
    typed = {"reference": action.reference, "words": TYPED}
    page = said_again(browser.post(reverse("action_reply"), typed))
    assert "This was stopped, so no answer can be kept with it any more." in page
    assert action.reference in page
    assert DETAILS["name"] not in page


@pytest.mark.parametrize(
    ("do", "more"), [("answered", {}), ("stop", {}), ("finish", {"result": "passed"})]
)
def test_words_for_a_step_that_a_colleague_made_impossible_stand_on_the_page(
    browser, action, worker, do, more
):
    given(action, worker).stop(by=worker, words="They changed their mind.")
    path = reverse("action_move", args=[action.pk])
    page = said_again(browser.post(path, {"do": do, "words": TYPED} | more))
    assert "What you typed is not saved" in page


def test_what_was_refused_without_a_word_is_a_page_of_its_own(browser, action, worker):
    given(action, worker).stop(by=worker, words="They changed their mind.")
    answer = browser.post(reverse("action_move", args=[action.pk]), {"do": "reopen"})
    assert answer.status_code == 409
    assert "That was not done" in answer.content.decode()

"""A refusal that has no form to stand in gives back what staff typed, and the way back (H13)."""

import uuid

import pytest
from django.urls import get_resolver, reverse

from helpline.foundation.states import page_above
from privacy.rights.kinds import Status
from tests.reviewing import in_review, standing
from tests.test_access import BEHIND_SIGN_IN

MANY, NOT_TO_BE_OPENED = 30, 405
pytestmark = pytest.mark.django_db
TYPED = "It is about somebody else who chose the same name."


@pytest.fixture
def request_(make_contact, dpo):
    """A request of which nothing can be taken out any more."""
    request = in_review(make_contact("hello"), by=dpo)
    standing(request, Status.APPROVAL, proposed=Status.RELEASED)
    return request


@pytest.fixture
def refused(request_, signed_in, dpo):
    """What the DPO reads when they still try to."""
    browser, address = signed_in(dpo), reverse("rights_scope", args=[request_.pk])
    sent = {"do": "take-out", "part": request_.concerns.get().pk}

    def tried(**more) -> str:
        answer = browser.post(address, sent | more)
        assert answer.status_code == 409
        return answer.content.decode()

    return tried


def test_h13_words_of_a_step_that_was_refused_stand_on_the_page(refused, request_):
    page = refused(why=TYPED)
    assert "What you typed is not saved" in page
    assert TYPED in page
    assert f'href="{request_.get_absolute_url()}">See how things stand now</a>' in page


SOME = {"IntConverter": 1, "UUIDConverter": uuid.uuid4()}


def some_address(name: str) -> str:
    """An address of a page, whatever it is about."""
    ((path, asked),), _, _, kinds = get_resolver().reverse_dict.getlist(name)[0]
    return "/" + path % {key: SOME.get(type(kinds.get(key)).__name__, "some") for key in asked}


def test_what_stands_above_an_address_of_staff_is_a_page_to_be_opened(signed_in, worker):
    client = signed_in(worker)
    staff = [some_address(name) for name in BEHIND_SIGN_IN]
    above = {page_above(path) for path in staff} - {""}
    assert len(above) > MANY
    assert {path for path in above if client.get(path).status_code == NOT_TO_BE_OPENED} == set()


def test_h13_words_without_spaces_are_given_back_too(refused):
    assert "他们用了同一个名字" in refused(why="他们用了同一个名字")


def test_what_was_chosen_or_a_password_is_not_said_again(refused):
    page = refused(why="one", password="correct horse battery", on="2026-11-26")
    assert "What you typed" not in page
    assert "horse" not in page

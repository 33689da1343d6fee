"""A refusal that has no form to stand in gives back what staff typed, and the way back (H13)."""

import pytest
from django.urls import reverse

from privacy.rights.kinds import Status
from tests.reviewing import in_review, standing

pytestmark = pytest.mark.django_db
TYPED = "It is about somebody else who chose the same name."
HERE = "http://testserver"


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

    def tried(referer="", **more) -> str:
        answer = browser.post(address, sent | more, headers={"Referer": referer})
        assert answer.status_code == 409
        return answer.content.decode()

    return tried


def test_h13_words_of_a_step_that_was_refused_stand_on_the_page(refused, request_):
    before = request_.get_absolute_url()
    page = refused(why=TYPED, referer=f"{HERE}{before}?page=2")
    assert "What you typed is not saved" in page
    assert TYPED in page
    assert f'href="{before}">Back to where you were</a>' in page


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/staff/", HERE + "/privacy/"])
def test_nobody_is_led_to_another_site_or_out_of_the_staff_pages(referer, refused):
    assert "Back to where you were" not in refused(referer=referer)


def test_what_was_chosen_or_a_password_is_not_said_again(refused):
    page = refused(why="one", password="correct horse battery", on="2026-11-26")
    assert "What you typed" not in page
    assert "horse" not in page

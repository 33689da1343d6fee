"""What looks the same on every page is drawn once; what does not, never is."""

import re

import pytest
from django.template import Context, Template
from django.urls import reverse

from helpline.foundation.drawing import token_of

pytestmark = pytest.mark.django_db


def test_what_is_marked_so_is_drawn_once():
    page = Template("{{ name }} {% once %}{{ name }}{% endonce %}")
    assert [page.render(Context({"name": name})) for name in "ab"] == ["a a", "b a"]


def test_an_icon_looks_as_the_library_draws_it():
    page = Template('{% heroicon_mini "plus" %}{% heroicon_outline "plus" size=24 %}')
    drawn = page.render(Context())
    assert drawn.count("<svg") == 2
    assert 'width="20"' in drawn
    assert 'width="24"' in drawn
    assert page.render(Context()) == drawn


def test_every_form_of_an_answer_carries_its_token_and_no_two_answers_the_same(rf):
    request, another = rf.get("/"), rf.get("/")
    assert token_of(request) == token_of(request) != token_of(another)


def test_two_people_at_work_see_their_own_name_and_a_token_that_counts(
    signed_in, worker, colleague
):
    """The side of the page is a pattern that both share, while both are in the same state."""
    clients = {staff.alias: signed_in(staff) for staff in (worker, colleague)}
    texts = {
        alias: client.get(reverse("contact_list", args=["mine"])).content.decode()
        for alias, client in clients.items()
    }
    for alias, text in texts.items():
        assert text.count(alias) >= 2
        assert not [other for other in texts if other != alias and other in text]
        tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', text))
        assert len(tokens) == 1
        assert f'"X-CSRFToken": "{tokens.pop()}"' in text

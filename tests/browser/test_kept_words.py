"""Words typed to the chatbot while something else is pressed: they are still there (P10)."""

import pytest
from playwright.sync_api import expect

from contacts.models import Contact, Line
from tests.bots import publish
from tests.visiting import cleared, opened

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "he said nobody would\nbelieve me"
both = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture
def asked(room):
    """Somebody whom the chatbot asks for their own words, and who has typed some."""

    def come(scripts: bool):
        cleared(), opened(), publish()
        page = room(locale="en-GB", java_script_enabled=scripts).new_page()
        page.goto("/chat/")
        page.get_by_role("button", name="Start a chat").click()
        page.get_by_role("button", name="Online").click()
        page.get_by_label("Your answer").fill(TYPED)
        return page

    return come


def sent() -> list[str]:
    """What the person has said."""
    contact = Contact.objects.with_key().get()
    return [line.words for line in Line.objects.opened(contact) if line.speaker == "person"]


@both
def test_the_words_to_come_back_with_leave_the_answer_in_its_box(asked, scripts):
    page = asked(scripts)
    page.get_by_text("Come back to this chat later").locator("visible=true").click()
    page.get_by_role("button", name="Show my words").click()
    expect(page.locator(".words li")).to_have_count(7)
    if not scripts:
        page.get_by_role("button", name="Back to the chat").click()
    expect(page.get_by_label("Your answer")).to_have_value(TYPED)
    assert sent() == ["Online"]


@both
def test_stopping_leaves_the_answer_on_the_page_and_says_that_it_was_not_sent(asked, scripts):
    page = asked(scripts)
    page.get_by_role("button", name="I want to stop now").click()
    page.get_by_role("heading", name="Thank you for talking to us").wait_for()
    if scripts:
        expect(page.locator(".line--failed")).to_contain_text("believe me")
        expect(page.locator(".line--failed")).to_contain_text("Not sent.")
        page.get_by_role("button", name="Remove it").click()
        expect(page.locator(".line--failed")).to_have_count(0)
    else:
        expect(page.get_by_label("What you wrote last was not sent.")).to_have_value(TYPED)
        page.get_by_role("button", name="Go back to the chat").click()
        expect(page.get_by_label("Your answer")).to_have_value(TYPED)
    assert sent() == ["Online"]


@both
def test_not_safe_takes_the_answer_into_the_box_for_a_person(asked, scripts):
    page = asked(scripts)
    page.get_by_role("button", name="I am not safe right now").click()
    page.get_by_text("We take you first.").wait_for()
    expect(page.get_by_label("Your message")).to_have_value(TYPED)
    assert sent() == ["Online"]


@both
def test_an_answer_that_was_sent_is_not_in_the_next_box(asked, scripts):
    page = asked(scripts)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("A person is coming.").wait_for()
    assert sent() == ["Online", TYPED]
    if not scripts:
        page.get_by_role("link", name="Write a message").click()
    expect(page.get_by_label("Your message")).to_have_value("")


def test_the_chatbot_that_moves_on_in_another_tab_leaves_the_words_here(asked):
    page = asked(True)
    other = page.context.new_page()
    other.goto("/chat/")
    other.get_by_role("button", name="Skip").click()
    expect(page.get_by_label("Your message")).to_have_value(TYPED)


def test_what_is_opened_to_come_back_later_stays_open_without_scripts(room, worker):
    cleared(), opened()
    page = room(java_script_enabled=False).new_page()
    page.goto("/chat/")
    page.get_by_role("button", name="Start a chat").click()
    page.get_by_label("Your message").fill("hello")
    page.get_by_role("button", name="Send", exact=True).click()
    Contact.objects.get().take(by=worker)
    Contact.objects.with_key().get().say("worker", "hi")
    page.goto("/chat/")
    assert page.locator("summary").locator("visible=true").count() == 0
    page.get_by_role("link", name="Come back to this chat later").click()
    expect(page.get_by_role("button", name="Show my words")).to_be_visible()
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    assert "http-equiv" not in page.content()

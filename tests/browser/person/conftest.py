"""A person at their chat, and a worker whose part is acted by the verbs that a console calls."""

import pytest
from playwright.sync_api import expect

from contacts.models import Contact, Speaker
from tests.browser.saying import BOX, said
from tests.visiting import cleared, opened


@pytest.fixture(autouse=True)
def hours(transactional_db):
    """Open day and night, and without a chatbot."""
    cleared()
    opened()


@pytest.fixture
def page(chromium, site):
    """A page of a fresh browser; the test fails on anything the browser complains of, except that
    an answer did not come or was a refusal, which some of these tests bring about."""
    context = chromium.new_context(base_url=site, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    complaints = []

    def heard(message):
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def still(chromium, site):
    """A browser with scripts off, on a phone."""
    context = chromium.new_context(
        base_url=site, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def chatting(page):
    """A person who has begun a chat."""
    page.goto("/chat/")
    page.get_by_role("button", name="Start a chat").click()
    page.get_by_label(BOX).wait_for()
    return page


@pytest.fixture
def contact(chatting) -> Contact:
    return Contact.objects.with_key().get()


@pytest.fixture
def talking(chatting, contact, worker):
    """A person who has said something, and been answered."""
    said(chatting, "hello", 1)
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "hi, take your time")
    expect(chatting.locator("#line-2")).to_contain_text("hi, take your time")
    expect(chatting.locator(".chat__where")).to_contain_text("A helpline worker is here.")
    return chatting

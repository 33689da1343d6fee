"""Open pages in a real browser: what happens appears by itself, and nobody seems busy by it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Channel, Contact, Speaker
from helpline.foundation.staff.models import Session
from helpline.foundation.staff.roles import Service
from tests.chatting import a_chat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_work(page, site, worker, signed_in):
    """The worker's browser, signed in."""
    name = settings.SESSION_COOKIE_NAME
    key = signed_in(worker).cookies[name].value
    page.context.add_cookies([{"name": name, "value": key, "url": site}])
    return page


def test_new_lines_appear_at_the_end_of_an_open_transcript(at_work, contact):
    with at_work.expect_response(f"**/live/contact/{contact.pk}/**"):
        at_work.goto(contact.get_absolute_url())
    contact.say(Speaker.PERSON, "a <b>new</b> line")
    expect(at_work.locator("#line-3")).to_contain_text("a <b>new</b> line")
    for _ in range(20):
        contact.say(Speaker.WORKER, "words that take some room " * 8)
    expect(at_work.locator("#line-23")).to_be_in_viewport()
    expect(at_work.locator("#lines > li")).to_have_count(23)


def test_who_gets_in_touch_appears_in_the_waiting_list(at_work):
    at_work.goto("/staff/contacts/waiting/")
    at_work.wait_for_load_state()
    a_while_ago = timezone.now() - timedelta(minutes=5)
    Session.objects.update(seen_at=a_while_ago)
    contact = Contact.objects.arrive(service=Service.HELPLINE, channel=Channel.CHAT)
    expect(at_work.get_by_role("rowheader", name=contact.handle_words)).to_be_visible()
    assert Session.objects.get().seen_at == a_while_ago


def test_the_counts_beside_every_page_move_with_its_own_stream(at_work, worker):
    """No page asks for them by itself, and the person is not busy by it."""
    asked = []
    at_work.on(
        "request", lambda request: asked.append(request.url) if "counts" in request.url else None
    )
    places = at_work.get_by_role("navigation", name="Side")
    for path in ("/staff/contacts/waiting/", "/staff/chats/"):
        before = Contact.objects.waiting().count()
        with at_work.expect_response("**/live/**"):
            at_work.goto(path)
        asked.clear()
        places.locator("a[aria-current]").focus()
        here = at_work.evaluate("document.activeElement.getAttribute('href')")
        Session.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
        seen_at = Session.objects.get().seen_at
        a_chat("hello")
        expect(places.get_by_role("link", name="Live chat")).to_contain_text(
            f"{before + 1} waiting"
        )
        assert at_work.evaluate("document.activeElement.getAttribute('href')") == here == path
        assert len(asked) == 1
        assert Session.objects.get().seen_at == seen_at


def test_who_is_not_safe_appears_beside_every_page_that_has_a_stream(at_work):
    with at_work.expect_response("**/live/**"):
        at_work.goto("/staff/contacts/waiting/")
    at_work.set_viewport_size({"width": 390, "height": 844})
    a_chat("hello", not_safe=True)
    expect(at_work.locator("summary").get_by_text("1 not safe")).to_be_visible()

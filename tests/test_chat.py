"""A chat from its person's first page to the end: one address, one cookie, nothing asked."""

import pytest
from django.test import Client

from contacts.models import Contact, Line, Rank, Thread, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    """A person's browser that has opened the chat page."""
    client = Client()
    client.get("/chat/")
    return client


@pytest.fixture
def chatting(browser) -> Client:
    """A person who has begun a chat and waits."""
    browser.post("/chat/")
    return browser


NONCE = "0b0e7c5e-3c5e-4d55-9d5e-0f7d8f3d4c11"


def test_a_chat_begins_with_one_button_and_waits(chatting):
    contact = Contact.objects.get()
    assert (contact.channel, contact.status, contact.nickname) == ("chat", "waiting", None)
    assert contact.visit.here_at is not None


def test_what_the_person_says_is_a_line_and_the_same_form_twice_says_it_once(chatting):
    """H13."""
    for _ in range(2):
        chatting.post("/chat/say/", {"text": "hello", "nonce": NONCE})
    (line,) = Line.objects.all()
    assert (line.number, line.speaker) == (1, "person")
    assert "hello" in chatting.get("/chat/").content.decode()


def test_who_is_not_safe_comes_before_everybody(chatting):
    chatting.post("/chat/person/", {"not_safe": "yes"})
    later = Client()
    later.get("/chat/")
    later.post("/chat/")
    assert [contact.rank for contact in Contact.objects.waiting()] == [
        Rank.NOT_SAFE,
        Rank.ORDINARY,
    ]


def test_leaving_shuts_the_chat_to_this_browser_and_keeps_it_for_the_worker(chatting):
    before = chatting.cookies["visit"].value
    chatting.get("/exit/")
    assert Visit.objects.get().token is None
    chatting.cookies["visit"] = before
    assert chatting.post("/chat/here/", headers={"X-Script": "1"}).status_code == 404
    assert Contact.objects.waiting().count() == 1


def test_two_chats_of_one_browser_share_nothing(chatting):
    """A14."""
    first = chatting.cookies["visit"].value
    chatting.get("/exit/")
    chatting.get("/chat/")
    chatting.post("/chat/")
    assert chatting.cookies["visit"].value != first
    tokens = set(Visit.objects.values_list("token", flat=True))
    assert len(tokens) == 2


def test_a_code_opens_its_thread_and_a_new_one_voids_it(chatting):
    visit = Visit.objects.select_related("contact__key").get()
    first = visit.new_code()
    assert Thread.objects.of(first.upper().replace(" ", ", ")) == visit.contact.thread
    visit.new_code()
    assert Thread.objects.of(first) is None

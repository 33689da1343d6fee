"""Somebody anonymous who wants to be known for a while: from a chat to a record, and back again."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection

from contacts.models import Contact, HandOver, Link, ServiceUser
from helpline.demo import people
from tests.browser.saying import said
from tests.browser.test_desk import reach
from tests.known import make_link, make_record
from tests.test_canaries import Monitored
from tests.visiting import cleared, opened

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = {
    "Name": "Zelphine Marchbanks-Quill",
    "Date of birth": "23 11 1987",
    "Telephone": "07700 900837",
    "E-mail": "zelphine@quillpost.example",
    "Address": "9 Larkspur Steps",
    "Safe times": "after the bakery shuts",
    "A word to know each other by": "thistledown",
    "What they need so that we can talk": "an interpreter for Twi",
}
TRACES = [*TYPED.values(), "1987-11-23", "900837", "Marchbanks"]


def open_all(page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")


def assert_nowhere(held: bytes, where: str) -> None:
    """None of what was typed, as letters or as the hex in which a dump shows bytes."""
    for trace in TRACES:
        assert trace.encode() not in held, (where, trace)
        assert trace.encode().hex().encode() not in held, (where, trace)


def every_row() -> bytes:
    """The whole database as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found).encode()


def test_somebody_is_linked_takes_consent_back_and_is_anonymous_again(
    page,
    site,
    enter,
    refused,
    tmp_path,
):
    """S0-10…12, A10, L01: and what they told us is found nowhere in clear on the way."""
    cleared()
    opened()
    with Monitored(os.environ["REDIS_URL"]) as monitored:
        page.goto("/chat/")
        page.get_by_role("button", name="Start a chat").click()
        said(page, "please remember me next time", 1)
        chat = Contact.objects.get()

        worker = enter("worker")
        chat.take(by=people.member("worker"))
        worker.goto(chat.get_absolute_url())
        worker.get_by_role("link", name="If they want to be known").click()
        keep = worker.get_by_role("region", name="Keep a record, if they want one")
        keep.get_by_label("I read them the question, and they said yes").check()
        for label, words in TYPED.items():
            keep.get_by_label(label, exact=True).fill(words)
        keep.get_by_label("May we call?").select_option("Yes")
        keep.get_by_label("How they asked for it").select_option("In the chat")
        keep.get_by_label("In which of their lines").select_option(index=1)
        keep.get_by_role("button", name="Keep the record").click()
        worker.get_by_text("The record is kept.").wait_for()
        record = ServiceUser.objects.get()
        assert Link.objects.of(chat).get().service_user == record
        worker.get_by_text("thistledown").wait_for()
        assert TYPED["Name"] not in worker.content()

        worker.get_by_role("button", name="Show who this is").click()
        worker.get_by_text(TYPED["Name"]).wait_for()
        worker.get_by_role("link", name="Hide it again").click()
        worker.get_by_role("heading", name="How they were helped").wait_for()
        assert TYPED["Name"] not in worker.content()

        worker.get_by_role("button", name="They take their consent back").click()
        worker.get_by_text("The record is closed and will be destroyed.").wait_for()
    assert not Link.objects.exists()
    worker.goto(f"/staff/people-known/contact/{chat.pk}/")
    worker.get_by_text("Nobody has to say who they are.").wait_for()
    refused.add(record.get_absolute_url())
    assert worker.goto(record.get_absolute_url()).status == 404

    assert_nowhere(every_row(), "the database")
    assert_nowhere("\n".join(monitored.heard).encode(), "Redis, and so the queue")
    assert_nowhere((tmp_path / "log").read_bytes(), "the log")


def test_a_contact_is_unlinked_with_the_keyboard(site, enter):
    worker = enter("worker")
    mine = people.member("worker")
    call = Contact.objects.start(service="helpline", channel="phone", by=mine)
    record = make_record(call, mine)
    make_link(call, record, mine)
    worker.goto(f"/staff/people-known/contact/{call.pk}/")
    reach(worker, "Unlink, as they ask")
    worker.keyboard.press("Enter")
    worker.get_by_text("This contact is anonymous again.").wait_for()
    assert not Link.objects.exists()

    reach(worker, "Telephone")
    worker.keyboard.type("+44 7700 900461")
    reach(worker, "Name")
    worker.keyboard.type("meg whitcomb")
    worker.keyboard.press("Enter")
    worker.get_by_text("1 possibility.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit_a_phone(site, enter, scheme):
    worker, supervisor = enter("worker"), enter("supervisor")
    mine = people.member("worker")
    call = Contact.objects.start(service="helpline", channel="phone", by=mine)
    chat = Contact.objects.start(service="is-this-ok", channel="chat", by=mine)
    told = chat.say("worker", "Our helpline goes on with this.")
    record = make_record(call, mine)
    copy = HandOver.objects.hand_over(chat, by=mine, told_in=told)
    pages = [
        (worker, f"/staff/people-known/contact/{call.pk}/"),
        (worker, f"/staff/people-known/contact/{chat.pk}/hand-over/"),
        (worker, record.get_absolute_url()),
        (worker, f"{record.get_absolute_url()}change/"),
        (worker, "/staff/people-known/handed-over/"),
        (worker, copy.get_absolute_url()),
        (supervisor, "/staff/people-known/"),
    ]
    for browser, path in pages:
        browser.emulate_media(color_scheme=scheme)
        assert browser.goto(path).status == 200
        open_all(browser)
        assert_fits_and_is_accessible(browser, path)
    worker.goto(record.get_absolute_url())
    worker.get_by_role("button", name="Show who this is").click()
    worker.get_by_text("Margaret Oyelaran-Whitcombe").wait_for()
    assert_fits_and_is_accessible(worker, "who this is")


def assert_fits_and_is_accessible(page, path: str) -> None:
    for width in (1366, 320):
        page.set_viewport_size({"width": width, "height": 768})
        found = Axe().run(page).response["violations"]
        assert not found, (path, [(rule["id"], rule["nodes"][0]["html"]) for rule in found])
        assert page.locator("html").evaluate("it => it.scrollWidth <= innerWidth"), path
    if folder := os.environ.get("PICTURES"):
        page.set_viewport_size({"width": 1366, "height": 900})
        page.screenshot(path=f"{folder}/{path.strip('/').replace('/', '_')}.png", full_page=True)

"""Whoever a person is, told while they asked for something or wanted to be known, is looked for in
everything that the whole product keeps: its database, its queue, its logs, its mail (A01)."""

from contextlib import contextmanager
from pathlib import Path

import pytest

from contacts.models import How
from helpline.dev.home import Home
from tests.clusters import bytes_below
from tests.running import until
from tests.test_canaries import Monitored, dumped

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = "Could you tell Sunniva that Thaddeus is safe?"
LETTER = "The ginger cat may have my blue chair."
REPLY = "Your lantern still hangs outside."
DETAILS = {
    "Their name": "Thaddeus Wexcombe-Ilves",
    "Their date of birth": "29 February 1996",
    "How to reach them": "07700 900652",
    "Something only they and the recipient know": "the drowned accordion",
    "When and how it is safe to reach them": "never while the kiln is lit",
    "For whom it is": "Sunniva Ilves",
    "Who that is to them": "godmother-canary",
    "Their number or e-mail address": "sunniva@ilvespost.example",
    "The exact words": LETTER,
}
RECORD = {
    "Name": "Thaddeus Wexcombe-Ilves",
    "Date of birth": "29 2 1996",
    "Telephone": "07700 900652",
    "E-mail": "thaddeus@wexpost.example",
    "Address": "3 Gannet Rise",
    "Safe times": "after the ferry has gone",
    "A word to know each other by": "hollyhock",
    "What they need so that we can talk": "an interpreter for Estonian",
}
HELPED = "We found them a bed in Tobermory."
PERSON = [words for words in DETAILS.values() if words not in {LETTER, "sunniva@ilvespost.example"}]
PERSON += [*RECORD.values(), "Wexcombe", "900652", "1996-02-29", ASKED, REPLY, HELPED]
TRACES = [*PERSON, LETTER, "ilvespost"]


def assert_untold(held: bytes, where: str, traces=TRACES) -> None:
    """None of it, as letters of either width or as the hex in which a dump shows bytes."""
    for trace in traces:
        plain = trace.encode()
        for form in (plain, trace.encode("utf-16-le"), plain.hex().encode()):
            assert form not in held, (where, trace)


@contextmanager
def at_work(chromium, running, role: str):
    """Somebody of the cast, signed in to the product that runs."""
    context = chromium.new_context(base_url=running.url, locale="en-GB")
    page = context.new_page()
    page.goto("/staff/account/sign-in/")
    page.locator(f"button[name=role][value={role}]").click()
    page.get_by_role("button", name="Sign out").first.wait_for()
    yield page
    context.close()


def begin_a_call(page) -> str:
    """A call that has just been answered: its page."""
    page.goto("/staff/contacts/start/")
    page.get_by_role("radio", name="Phone").check()
    page.locator("main").get_by_role("button").last.click()
    page.wait_for_url("**/staff/contacts/*-*/")
    return page.url


def ask_and_send(worker, supervisor, call: str) -> None:
    """From what they asked for to the letter that leaves, and what came back."""
    worker.goto(f"{call}ask/")
    worker.get_by_role("radio", name="Pass a message").check()
    worker.get_by_label("What they said, in their exact words").fill(ASKED)
    worker.get_by_label("They heard our words for it, and they agree").check()
    worker.get_by_role("button", name="Write it down").click()
    worker.wait_for_url("**/details/")
    for label, words in DETAILS.items():
        worker.get_by_label(label, exact=True).fill(words)
    worker.get_by_role("radio", name="By e-mail").check()
    worker.get_by_role("button", name="Write it down").click()
    worker.get_by_role("button", name="They heard it and agree").click()
    worker.get_by_role("radio", name="Rang back on a published number").check()
    worker.get_by_role("button", name="The recipient is checked").click()
    worker.get_by_text("A supervisor who did not prepare it").wait_for()
    supervisor.goto(worker.url)
    supervisor.get_by_text(LETTER).first.wait_for()
    supervisor.get_by_role("button", name="Approve it").click()
    supervisor.get_by_text("It is approved.").wait_for()
    worker.reload()
    worker.get_by_label("Why you need to see it").select_option("to-pass-on")
    worker.get_by_role("button", name="Show who they are").click()
    worker.get_by_text(DETAILS["Their name"]).wait_for()
    worker.goto(supervisor.url)
    worker.get_by_role("button", name="Send the letter").click()
    worker.get_by_text("It leaves within seconds").wait_for()
    worker.get_by_text("The recipient has answered").click()
    worker.get_by_label("What they answered, in their words").fill(REPLY)
    worker.get_by_role("button", name="Keep the answer for them").click()
    worker.get_by_text("The answer is kept for them.").wait_for()


def be_known(worker, call: str) -> None:
    """A record is looked for, kept, written in, opened, changed and given up again."""
    about = call.replace("/contacts/", "/people-known/contact/")
    worker.goto(about)
    find = worker.get_by_role("region", name="Is there a record of them?")
    for label in ("Name", "Date of birth", "Telephone"):
        find.get_by_label(label, exact=True).fill(RECORD[label])
    find.get_by_role("button", name="Look").click()
    worker.get_by_text("Is there a record of them?").wait_for()
    worker.goto(about)
    keep = worker.get_by_role("region", name="Keep a record, if they want one")
    keep.get_by_label("I read them the question, and they said yes").check()
    for label, words in RECORD.items():
        keep.get_by_label(label, exact=True).fill(words)
    keep.get_by_label("How they asked for it").select_option(How.VOICE.label)
    keep.get_by_role("button", name="Keep the record").click()
    worker.get_by_text("The record is kept.").wait_for()
    record = worker.url
    worker.get_by_label("How they were helped, or what we promised").fill(HELPED)
    worker.get_by_role("button", name="Write it down").click()
    worker.get_by_text(HELPED).wait_for()
    worker.get_by_text("They asked us: pass a message.").wait_for()
    worker.get_by_role("button", name="Show who this is").click()
    worker.get_by_text(RECORD["Name"]).wait_for()
    worker.goto(record)
    worker.get_by_role("button", name="They take their consent back").click()
    worker.get_by_text("The record is closed and will be destroyed.").wait_for()


def test_who_somebody_is_and_what_they_asked_for_is_nowhere_on_the_machine(chromium, running):
    """In the database's files, its WAL and log, a dump, Redis and so the queue, every log, /tmp;
    and the letter alone holds what it carries, and nothing of who sent it."""
    before = set(Path("/tmp").iterdir())
    with (
        Monitored(running.env["REDIS_URL"]) as monitored,
        at_work(chromium, running, "worker") as worker,
        at_work(chromium, running, "supervisor") as supervisor,
    ):
        call = begin_a_call(worker)
        ask_and_send(worker, supervisor, call)
        mail = running.home / "mail"
        until(lambda: mail.exists() and LETTER.encode() in bytes_below(mail))
        be_known(worker, call)

    told = "\n".join(monitored.heard)
    assert "outbox" in told
    assert_untold(told.encode(), "Redis, and so the queue")
    held = dumped(running)
    assert b"contacts_serviceuser" in held
    assert_untold(held, "a dump")
    assert_untold(bytes_below(Home(running.home).data), "the database's files")
    for place in running.home.iterdir():
        if place.name != "mail":
            held = bytes_below(place) if place.is_dir() else place.read_bytes()
            assert_untold(held, f"what is below {place.name}")
    assert_untold(bytes_below(mail), "the letter", PERSON)
    for path in set(Path("/tmp").iterdir()) - before:
        if path.is_file():
            assert_untold(path.read_bytes(), str(path))

"""A text and an e-mail, come by the commands that anybody can try, and answered in the console by
somebody who sees neither number nor mailbox; and both looked for wherever anything is kept."""

import json
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from helpline.dev.home import Home
from tests.browser.looking import broken, sideways
from tests.browser.test_console import log, send
from tests.browser.test_known_canaries import assert_untold, at_work
from tests.clusters import bytes_below
from tests.phones import conversations, phone, piped
from tests.running import until
from tests.test_canaries import Monitored, dumped
from tests.texting import a_mail, signed

pytestmark = pytest.mark.django_db(transaction=True)

SLOWLY = 90  # seconds that the queue may take on a machine with much else to do
NUMBER, MAILBOX = "07700 900417", "marguerite.canary@whence.example"
WHO = ["900417", "900 417", "7700900417", MAILBOX, "marguerite", "whence.example", "Wexcombe"]
TEXT, ANSWER = "is anybody there, I left home", "Yes, I am here. Take your time."
WRITTEN, REPLY = "My brother reads my phone so I write.", "Thank you for writing to us."


@contextmanager
def arrived(running):
    """What comes in meanwhile: a list, in the end of the id and the handle of one conversation."""
    before, found = conversations(running), []
    yield found
    found += until(lambda: [*(conversations(running).items() - before.items())])[0]


def letter(words: str, mailbox=MAILBOX) -> bytes:
    return a_mail(words, From=f"Marguerite Wexcombe <{mailbox}>")


def taken(page, pk: str, handle: str) -> None:
    """The worker takes this conversation from the queue."""
    page.goto("/staff/chats/")
    page.locator(f"#take-{handle}").click()
    page.wait_for_url(f"**/{pk}/")


def unseen(page, where: str) -> None:
    """Nothing of whom they talk to is anywhere in the page, shown or not."""
    held = page.content() + page.title() + page.url
    for trace in WHO:
        assert trace.lower() not in held.lower(), (where, trace)


def looks(page) -> dict:
    """What axe finds wide and narrow, in both themes, in each part; and what does not fit."""
    found = {}
    page.emulate_media(reduced_motion="reduce")
    for width in (1366, 320):
        page.set_viewport_size({"width": width, "height": 768})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for part in ("rail", "talk", "record"):
                page.evaluate(f"location.hash = 'console-{part}'")
                found[width, scheme, part] = broken(page)
        assert sideways(page) <= 0, width
    page.set_viewport_size({"width": 1366, "height": 768})
    return {where: bad for where, bad in found.items() if bad}


def test_both_are_answered_by_somebody_who_sees_neither_number_nor_mailbox(chromium, running):
    """S0-14, S1-12: from the phone and the mail server’s pipe to the answer and back."""
    with phone(running, NUMBER) as mobile, at_work(chromium, running, "worker") as worker:
        with arrived(running) as by_text:
            mobile.write(TEXT)
        until(lambda: mobile.shows("Thank you for your message"), SLOWLY)
        taken(worker, *by_text)
        log(worker).get_by_text(TEXT).wait_for()
        unseen(worker, "a text just taken")
        send(worker, ANSWER)
        until(lambda: mobile.shows(ANSWER), SLOWLY)
        expect(worker.locator("#state")).to_contain_text(
            "Last answer: delivered", timeout=SLOWLY * 1000
        )
        mobile.write("thank you")
        log(worker).get_by_text("thank you", exact=True).wait_for()
        unseen(worker, "a text answered")
        assert looks(worker) == {}

        with arrived(running) as by_mail:
            assert piped(running, letter(WRITTEN)).startswith("stored")
        taken(worker, *by_mail)
        log(worker).get_by_text(WRITTEN).wait_for()
        send(worker, REPLY)
        log(worker).get_by_text(REPLY).wait_for()
        mail = running.home / "mail"
        until(lambda: REPLY.encode() in bytes_below(mail), SLOWLY)
        assert f"To: {MAILBOX}".encode() in bytes_below(mail)
        expect(worker.locator("#state")).to_contain_text("Last answer: sent", timeout=SLOWLY * 1000)
        unseen(worker, "an e-mail answered")
        assert looks(worker) == {}
        for pk in (by_text[0], by_mail[0]):
            worker.goto(f"/staff/contacts/{pk}/")
            unseen(worker, "the whole record")
        worker.goto("/staff/contacts/")
        unseen(worker, "the list")


# Nowhere in clear (A01, A06, A07) -----------------------------------------------------------------

HIDDEN_NUMBER, HIDDEN_MAILBOX = "+447700900718", "ottoline.quarrel@ferrypost.example"
OF_THE_NETWORK = {
    "cell": "23415-7781-canarycell",
    "carrier": "Halcyon Mobile",
    "city": "Tobermory",
    "location": {"lat": "56.6229", "lon": "-6.0648"},
    "somethingNew": "fieldoftomorrow",
}
OF_THE_MAIL = {
    "Received": "from halcyonphone.lan (203.0.113.91) by mx.whence.example",
    "X_Originating_IP": "[203.0.113.92]",
    "Message_ID": "<kenopsia@quillonbook.lan>",
    "User_Agent": "Zephyrmail/91",
    "X_Mailer": "Vellichor 7",
    "From": f"Ottoline Quarrel <{HIDDEN_MAILBOX}>",
}
OURS = ["I hear you, marzipan and all.", "The lighthouse keeper answers."]
SAID = ["ombrifuge is what I text", "petrichor is what I write"]
ADDRESSES = ["7700900718", "900 718", "ottoline", "Quarrel", "ferrypost.example"]
HEADERS = ["canarycell", "23415-7781", "Halcyon", "Tobermory", "56.6229", "-6.0648"]
HEADERS += ["fieldoftomorrow", "203.0.113.9", "halcyonphone", "kenopsia", "quillonbook"]
HEADERS += ["Zephyrmail", "Vellichor"]
TRACES = [*ADDRESSES, *HEADERS, *OURS, *SAID]
OF_A_LETTER = [*HEADERS, *SAID, OURS[0], "7700900718", "Quarrel"]


def texted_with_all(running) -> None:
    """A text as its network tells of it, by the signed webhook; and again, as networks do."""
    told = {"type": "message", "from": HIDDEN_NUMBER, "text": SAID[0]} | OF_THE_NETWORK
    body = json.dumps(told).encode()
    headers = signed(body, secret=running.env["TEXTS_SECRET"], key=uuid.uuid4().hex)
    for _ in range(2):
        answer = requests.post(f"{running.url}/in/texts/signed/", body, headers=headers, timeout=30)
        assert answer.status_code == 204
    forged = headers | {"webhook-signature": f"v1,{'A' * 43}="}
    answer = requests.post(f"{running.url}/in/texts/signed/", body, headers=forged, timeout=30)
    assert answer.status_code == 403


def test_a01_a06_a07_addresses_headers_cell_and_carrier_are_nowhere_on_the_machine(
    chromium, running
):
    """In the database’s files, its WAL and log, a dump and so the trail, Redis and so the queue,
    every log, /tmp; the letter that leaves holds its address and our words, and nothing else."""
    before = set(Path("/tmp").iterdir())
    mail = running.home / "mail"
    with (
        Monitored(running.env["REDIS_URL"]) as monitored,
        phone(running, "07700 900000") as mobile,
        at_work(chromium, running, "worker") as worker,
    ):
        with arrived(running) as by_text:
            texted_with_all(running)
        taken(worker, *by_text)
        send(worker, OURS[0])
        until(lambda: mobile.shows(OURS[0]), SLOWLY)
        expect(worker.locator("#state")).to_contain_text(
            "Last answer: delivered", timeout=SLOWLY * 1000
        )
        with arrived(running) as by_mail:
            said = piped(running, a_mail(SAID[1], **OF_THE_MAIL))
        assert_untold(said.encode(), "what the pipe answers", TRACES)
        taken(worker, *by_mail)
        send(worker, OURS[1])
        until(lambda: OURS[1].encode() in bytes_below(mail), SLOWLY)

    told = "\n".join(monitored.heard)
    assert "send_answers" in told
    assert_untold(told.encode(), "Redis, and so the queue", TRACES)
    held = dumped(running)
    for table in (b"contacts_address", b"contacts_dispatch", b"audit_auditevent"):
        assert table in held
    assert_untold(held, "a dump", TRACES)
    assert_untold(bytes_below(Home(running.home).data), "the database's files", TRACES)
    for place in running.home.iterdir():
        if place.name != "mail":
            held = bytes_below(place) if place.is_dir() else place.read_bytes()
            assert_untold(held, f"what is below {place.name}", TRACES)
    assert_untold(running.said().encode(), "what ./run says", TRACES)
    assert_untold(bytes_below(mail), "the letters", OF_A_LETTER)
    for path in set(Path("/tmp").iterdir()) - before:
        if path.is_file():
            assert_untold(path.read_bytes(), str(path), TRACES)

"""E-mail leaves by a real mail server, which refuses, waits, or takes it and falls silent (J03)."""

import re
import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.utils import timezone

from contacts.models import Address, Dispatch, Speaker
from contacts.written import mail, sending
from contacts.written.arriving import take_report
from contacts.written.mail import SUBJECT
from tests.test_letters import HEADERS, NEUTRAL
from tests.test_outbox import Post, header, open_on, port  # noqa: F401
from tests.texting import MAILBOX, mailed

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = "Yes, I am here.\n\nTake your time – nobody hurries you."


class MailServer(Post):
    """A mail server that does next what `moods` says: a reply to RCPT or DATA, or `lost`: it takes
    the letter and the connection is gone. What it has under one Message-ID it has once."""

    def __init__(self):
        super().__init__()
        self.moods: list[tuple[str, str]] = []
        self.bounced: list[bytes] = []

    def mood(self, at: str) -> str:
        return self.moods.pop(0)[1] if self.moods and self.moods[0][0] == at else ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if said := self.mood("RCPT"):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = self.mood("DATA")
        if said in ("", "lost"):
            self.letters.append(envelope)
        if said == "lost":
            server.transport.abort()
        return said or "250 OK"

    def delivered(self) -> list[str]:
        """What a person finds in their mailbox."""
        once = {header(letter, "Message-ID"): letter for letter in self.letters}
        return [words_of(letter) for letter in once.values()]


def words_of(letter) -> str:
    found = message_from_bytes(letter.content, policy=policy.default)
    return found.get_content().replace("\r\n", "\n").strip()


@pytest.fixture
def server(port, settings) -> MailServer:  # noqa: F811
    settings.EMAIL_BACKEND = NEUTRAL
    settings.ANSWERS_FROM = "Harbour Line <talk@helpline.example>"
    server = MailServer()
    with open_on(port, server):
        yield server


@pytest.fixture
def talk(worker):
    """A conversation by e-mail that the worker has, with nothing of ours waiting."""
    contact = mailed("can you help?")
    contact.take(by=worker)
    Dispatch.objects.all().delete()
    return contact


def say(contact, words):
    contact.say(Speaker.WORKER, words)


def tried_again(minutes=20) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        sending.send_all()


def states() -> list[str]:
    return list(Dispatch.objects.order_by("put_at").values_list("status", flat=True))


def test_s1_12_what_arrives_is_our_words_and_a_neutral_name_and_nothing_else(talk, server):
    say(talk, ANSWER)
    assert sending.send_all() == (1, 0)
    (envelope,) = server.letters
    found = message_from_bytes(envelope.content, policy=policy.default)
    assert set(found.keys()) == HEADERS
    assert (found["From"], found["Subject"]) == ("Harbour Line <talk@helpline.example>", SUBJECT)
    assert envelope.rcpt_tos == [MAILBOX]
    assert words_of(envelope) == ANSWER
    assert found["Date"].endswith("+0000")
    assert re.fullmatch(r"<[0-9a-f-]{36}@helpline\.example>", found["Message-ID"])
    whole = envelope.content.decode()
    assert socket.gethostname() not in whole
    assert "127.0.0.1" not in whole


def test_i08_what_nobody_wrote_says_so_and_no_machine_answers_it(server):
    mailed("hello")
    sending.send_all()
    (envelope,) = server.letters
    assert header(envelope, "Auto-Submitted") == "auto-replied"
    assert header(envelope, "X-Auto-Response-Suppress") == "All"
    assert mail.read(envelope.content).automatic  # ours, sent back by a loop


LATER = [("RCPT", "450 busy"), ("RCPT", "421 going"), ("DATA", "451 try later"), ("DATA", "lost")]


@pytest.mark.parametrize("mood", LATER, ids=" ".join)
def test_j03_what_is_not_taken_or_lost_waits_and_arrives_once(talk, server, mood):
    server.moods = [mood]
    say(talk, "one"), say(talk, "two")
    sending.send_all()
    assert states() == ["waiting", "waiting"]
    tried_again()
    assert server.delivered() == ["one", "two"]
    assert states() == ["sent", "sent"]


@pytest.mark.parametrize("mood", [("RCPT", "550 no such user"), ("DATA", "554 no")], ids=" ".join)
def test_what_is_refused_for_good_is_shown_and_not_tried_again(talk, server, mood):
    server.moods = [mood]
    say(talk, "one")
    sending.send_all()
    tried_again()
    assert server.letters == []
    assert list(Dispatch.objects.values_list("status", "why")) == [("failed", "refused")]


def test_j03_while_no_mail_server_is_there_everything_waits(talk, settings, port):  # noqa: F811
    settings.EMAIL_BACKEND = NEUTRAL
    say(talk, "one")
    assert sending.send_all() == (0, 1)
    server = MailServer()
    with open_on(port, server):
        tried_again()
    assert server.delivered() == ["one"]


def test_j03_a_mail_server_that_says_nothing_holds_nobody_for_ever(talk, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = NEUTRAL, 0.2
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        say(talk, "one")
        assert sending.send_all() == (0, 1)
    assert states() == ["waiting"]


@pytest.mark.parametrize("box", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example"])
def test_h05_a_mailbox_that_is_more_than_one_gets_nothing(talk, server, box):
    address = Address.objects.select_related("key").get()
    address.address = box
    address.save(update_fields=["address"])
    say(talk, "one")
    sending.send_all()
    assert server.letters == []


# What comes back ---------------------------------------------------------------------------------


def bounce(envelope, status="5.1.1") -> bytes:
    """What a mail server further on sends back about a letter of ours."""
    head = envelope.content.replace(b"\r\n", b"\n").split(b"\n\n")[0]
    lines = [
        b"Return-Path: <>",
        b"From: Mail Delivery Subsystem <mailer-daemon@mx.whence.example>",
        b"To: talk@helpline.example",
        b"Subject: Undelivered Mail Returned to Sender",
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"',
        b"\n--dsn\nContent-Type: text/plain\n\nThis mailbox is full.\n",
        b"--dsn\nContent-Type: message/delivery-status\n",
        f"Reporting-MTA: dns; mx.whence.example\n\nAction: failed\nStatus: {status}\n".encode(),
        b"--dsn\nContent-Type: message/rfc822\n",
        head + b"\n\ngone\n",
        b"--dsn--\n",
    ]
    return b"\n".join(lines)


@pytest.mark.parametrize(("status", "becomes"), [("5.2.2", "failed"), ("4.2.2", "sent")])
def test_a_letter_that_comes_back_is_shown_to_its_worker(
    talk, server, worker, signed_in, status, becomes
):
    say(talk, "one")
    sending.send_all()
    found = mail.read(bounce(server.letters[0], status))
    if becomes == "failed":
        take_report(found)
    assert states() == [becomes]
    page = signed_in(worker).get(f"/staff/chats/{talk.pk}/").content.decode()
    assert ("it came back" in page) == (becomes == "failed")
    assert MAILBOX not in page


def test_a_letter_that_seemed_lost_and_came_back_is_not_sent_again(talk, server):
    server.moods = [("DATA", "lost")]
    say(talk, "one")
    sending.send_all()
    take_report(mail.read(bounce(server.letters[0])))
    tried_again()
    assert len(server.letters) == 1
    assert states() == ["failed"]

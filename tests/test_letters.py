"""What a mail server is handed for somebody: their words, our neutral name, and nothing else."""

import re
import socket
from email import message_from_bytes, policy

import pytest

from helpline.foundation.outbox.models import Message
from helpline.foundation.outbox.tasks import send_what_waits
from tests.asking import DETAILS, LOST, approved, ask
from tests.test_outbox import Post, open_on, port  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
NEUTRAL = "helpline.foundation.outbox.post.NeutralPost"
HEADERS = {"Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Subject", "From", "To"}
HEADERS |= {"Date", "Message-ID"}


class Greeted(Post):
    """A mail server that also keeps the name with which it was greeted."""

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = self.greeting = hostname
        return responses


@pytest.fixture
def letter(contact, worker, supervisor, port, settings):  # noqa: F811
    """A letter as a mail server gets it, and the name it was greeted with."""
    settings.EMAIL_BACKEND = NEUTRAL
    action = approved(ask(contact, worker), worker, supervisor)
    read = action.letter().body
    action.send(by=worker)
    post = Greeted()
    with open_on(port, post):
        send_what_waits()
    (envelope,) = post.letters
    found = message_from_bytes(envelope.content, policy=policy.default)
    return found, envelope, post.greeting, read


def test_e15_no_header_tells_where_it_came_from(letter):
    found, envelope, greeting, _ = letter
    assert set(found.keys()) == HEADERS
    assert greeting == "helpline.example"
    assert found["Date"].endswith("+0000")
    assert re.fullmatch(r"<[0-9a-f-]{36}@helpline\.example>", found["Message-ID"])
    assert (found["From"], found["Subject"]) == (
        "Harbour Line <us@helpline.example>",
        "A message for you",
    )
    whole = envelope.content.decode() + greeting
    assert socket.gethostname() not in whole
    assert "127.0.0.1" not in whole


def test_e15_what_arrives_is_word_for_word_what_was_approved(letter):
    found, envelope, _, read = letter
    assert found.get_content().splitlines() == read.splitlines()
    assert LOST in read
    assert envelope.rcpt_tos == [DETAILS["route_to"]]


def test_e15_it_says_nothing_of_the_person_but_their_words(letter):
    _, envelope, _, _ = letter
    whole = envelope.content.decode()
    for secret in (DETAILS["name"], DETAILS["reach"], DETAILS["born"], DETAILS["announce"]):
        assert secret not in whole
    assert not Message.objects.filter(body__isnull=False).exists()

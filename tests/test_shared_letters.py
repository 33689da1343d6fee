"""What a mail server is handed when something is shared: what two people read, and nothing else."""

import socket
from email import message_from_bytes, policy

import pytest

from helpline.foundation.outbox.models import Message
from helpline.foundation.outbox.tasks import send_what_waits
from safeguarding.models import Disclosure
from safeguarding.sharing.kinds import Status
from tests.sharing import FACT, WHY, brought, considered, fetched, verified, worry
from tests.test_letters import HEADERS, NEUTRAL, Greeted
from tests.test_outbox import open_on, port  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(contact, worker, supervisor, lead, port, settings):  # noqa: F811
    """A shared letter as a mail server gets it, and what was kept of it."""
    settings.EMAIL_BACKEND = NEUTRAL
    disclosure = considered(worry(contact, worker, supervisor), supervisor)
    to = verified(supervisor, lead)
    brought(disclosure, Status.LEAVING, by=supervisor, second=lead, recipient=to)
    Message.objects.update(not_before=disclosure.started_at)
    post = Greeted()
    with open_on(port, post):
        send_what_waits()
    (envelope,) = post.letters
    return (
        message_from_bytes(envelope.content, policy=policy.default),
        envelope,
        fetched(disclosure),
    )


def test_e15_what_arrives_is_word_for_word_what_was_fixed(letter):
    found, envelope, disclosure = letter
    assert found.get_content().splitlines() == disclosure.package.splitlines()
    assert FACT in disclosure.package
    assert envelope.rcpt_tos == ["control@kent.police.uk"]
    assert disclosure.has_left()


def test_e15_subject_and_headers_say_nothing_of_it_or_of_us(letter, contact):
    found, envelope, disclosure = letter
    assert set(found.keys()) == HEADERS
    assert found["Subject"] == "A confidential letter"
    whole = envelope.content.decode()
    for other in (socket.gethostname(), WHY, contact.handle, disclosure.escalation.name):
        assert other not in whole
    assert not Message.objects.filter(body__isnull=False).exists()


def test_e15_a_letter_changed_in_the_outbox_does_not_leave(
    contact, worker, supervisor, lead, settings
):
    disclosure = considered(worry(contact, worker, supervisor), supervisor)
    to = verified(supervisor, lead)
    brought(disclosure, Status.LEAVING, by=supervisor, second=lead, recipient=to)
    message = Message.objects.select_related("key").get()
    message.to, message.not_before = "control@kemt.police.uk", disclosure.started_at
    message.save()
    assert Message.objects.send_next() is False
    assert not Disclosure.objects.with_keys().get().has_left()

"""Whatever leaves is stored with its cause, sent once, and forgotten."""

import socket
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import connection, transaction
from django.utils import timezone

from helpline.foundation.outbox.models import Message
from helpline.foundation.outbox.tasks import forget_what_was_sent, send_what_waits
from helpline.foundation.vault.models import DataKey
from tests.killing import KILLED, killers
from tests.ports import free_port
from tests.racing import outcome, rivals

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


class Post:
    """A mail server that keeps what it is handed, and can be told to wait before it answers."""

    def __init__(self):
        self.letters = []
        self.arrived, self.go_on = Event(), Event()
        self.go_on.set()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        self.letters.append(envelope)
        self.arrived.set()
        self.go_on.wait(10)
        return "250 OK"

    def subjects(self) -> list[str]:
        return [header(letter, "Subject") for letter in self.letters]


def header(letter, name: str) -> str:
    lines = letter.content.decode().splitlines()
    return next(line for line in lines if line.startswith(f"{name}: ")).removeprefix(f"{name}: ")


@contextmanager
def open_on(port: int, post: Post):
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def port(settings) -> int:
    """Where the mail server will be; nobody is there yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.DEFAULT_FROM_EMAIL = "Harbour Line <us@helpline.example>"
    return settings.EMAIL_PORT


@pytest.fixture
def post(port) -> Post:
    post = Post()
    with open_on(port, post):
        yield post


def put(subject: str = "News", to: str = "lead@helpline.example", what: str = "it is") -> Message:
    return Message.objects.put(
        to=to, subject=subject, template="emails/account_changed.txt", context={"what": what}
    )


def test_it_is_sent_once(post):
    put(what="A new sign-in")
    for _ in range(3):
        send_what_waits()
    (letter,) = post.letters
    assert letter.rcpt_tos == ["lead@helpline.example"]
    assert "A new sign-in" in letter.content.decode()


def test_it_leaves_only_if_its_cause_was_stored(post):
    with transaction.atomic():
        put("never")
        transaction.set_rollback(True)
    put("told")
    send_what_waits()
    assert post.subjects() == ["told"]


def test_what_waits_is_sealed_and_what_was_sent_is_gone(post):
    put(what="kenopsia")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM outbox_message m")
        stored = cursor.fetchone()[0]
    assert b"kenopsia".hex() not in stored
    assert "helpline.example" not in stored

    send_what_waits()
    row = Message.objects.values().get()
    assert [row[name] for name in ("key_id", "to", "subject", "body")] == [None] * 4
    assert not DataKey.objects.exists()


def test_it_names_no_machine_of_ours(post):
    message = put()
    send_what_waits()
    (letter,) = post.letters
    assert header(letter, "Message-ID") == f"<{message.pk}@helpline.example>"
    assert socket.gethostname() not in letter.content.decode()


def test_two_senders_never_take_the_same_message(post):
    """The first is held in the middle of the mail server's answer while the second looks."""
    put("first")
    second = put("second")
    post.go_on.clear()
    with rivals() as start:
        sending = start(Message.objects.send_next)
        assert post.arrived.wait(10)
        with transaction.atomic():
            (left,) = Message.objects.waiting().select_for_update(skip_locked=True)
            assert left.pk == second.pk
        post.go_on.set()
        assert outcome(sending) is True
    send_what_waits()
    assert post.subjects() == ["first", "second"]


def test_four_senders_send_each_of_many_once(post):
    for number in range(20):
        put(f"News {number}")
    with rivals(4) as start:
        for sending in [start(send_what_waits) for _ in range(4)]:
            assert outcome(sending) is None
    assert sorted(post.subjects()) == sorted(f"News {number}" for number in range(20))


def test_while_the_mail_server_is_away_everything_waits_in_order(port):
    for subject in "abc":
        put(subject)
    send_what_waits()
    assert list(Message.objects.values_list("attempts", "sent_at")) == [(1, None)] * 3
    assert not Message.objects.waiting().exists()

    post = Post()
    with open_on(port, post), time_machine.travel(timezone.now() + timedelta(minutes=1)):
        send_what_waits()
    assert post.subjects() == ["a", "b", "c"]


def test_a_mail_server_that_takes_nothing_does_not_take_all_the_time_of_the_queue(port):
    """Each try may cost many seconds, in which no text, alert or answer would leave."""
    for number in range(7):
        put(f"{number}")
    for tried in (3, 6, 7):
        send_what_waits()
        assert Message.objects.filter(attempts=1).count() == tried
    assert not Message.objects.filter(attempts__gt=1).exists()


def test_it_tries_again_more_and_more_slowly_and_at_least_hourly(port):
    message, waits = put(), []
    for _ in range(12):
        Message.objects.update(not_before=timezone.now())
        assert Message.objects.send_next() is False
        message.refresh_from_db()
        waits.append((message.not_before - timezone.now()).total_seconds())
    assert [round(wait) for wait in waits] == sorted(round(wait) for wait in waits)
    assert 15 < waits[0] < 25
    assert 3590 < waits[-1] <= 3600


def test_a_message_that_cannot_be_sent_delays_no_other(post):
    put("no address", to="nobody\n@helpline.example")
    damaged = put("damaged")
    DataKey.objects.filter(pk=damaged.key_id).update(wrapped=b"damaged" * 10)
    put("fine")
    send_what_waits()
    assert post.subjects() == ["fine"]
    assert Message.objects.filter(sent_at=None, attempts=1).count() == 2


def test_a_refused_address_delays_no_other(post, monkeypatch):
    async def refuse(self, server, session, envelope, address, options):
        if "gone" in address:
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(Post, "handle_RCPT", refuse, raising=False)
    put("to nobody", to="gone@helpline.example"), put("to somebody")
    send_what_waits()
    assert post.subjects() == ["to somebody"]


def smtp(port: int) -> dict:
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
    }


def test_a_sender_killed_before_it_hands_it_over_leaves_it_waiting(post, port):
    put("News")
    with killers() as order:
        assert order("send", at="before a message is sent", settings=smtp(port)) == KILLED
    assert post.letters == []
    send_what_waits()
    assert post.subjects() == ["News"]


def test_a_sender_killed_after_it_handed_it_over_repeats_the_same_message(post, port):
    """Nobody can do better without asking the server; the Message-ID lets it see the repeat."""
    put("News")
    with killers() as order:
        assert order("send", at="before a message is forgotten", settings=smtp(port)) == KILLED
    assert Message.objects.filter(sent_at=None).count() == 1
    send_what_waits()
    send_what_waits()
    assert post.subjects() == ["News", "News"]
    assert len({header(letter, "Message-ID").partition("@")[0] for letter in post.letters}) == 1


def test_waiting_for_an_hour_is_noticed(port):
    put()
    assert not Message.objects.stuck().exists()
    with time_machine.travel(timezone.now() + HOUR + timedelta(seconds=1)):
        assert Message.objects.stuck().count() == 1


def test_a_month_after_it_was_sent_even_the_bare_row_goes(post):
    put()
    send_what_waits()
    put("waits for ever")
    forget_what_was_sent()
    assert Message.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_what_was_sent()
    assert Message.objects.get().sent_at is None


def test_words_with_signs_leave_as_they_were_typed(post):
    put(what="O’Brien & 'sons' <ours>")
    send_what_waits()
    assert "O’Brien & 'sons' <ours>" in post.letters[0].content.decode()

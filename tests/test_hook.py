"""The webhook: neutral, signed, taken once, tried again, and only where the setting says."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from django.utils import timezone

from helpline.foundation.outbox import hook
from helpline.foundation.outbox.models import Message
from helpline.foundation.outbox.tasks import send_left_behind, send_what_waits
from helpline.foundation.vault.models import DataKey
from tests.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)
PAYLOAD = {"text": "An escalation waits", "url": "https://helpline.example/staff/escalations/1/"}
SECRET = b64encode(bytes(range(32))).decode()


class Pager:
    """Another system: it keeps what it is handed, and answers as it is told."""

    def __init__(self):
        self.heard, self.answers, self.go_on = [], [], Event()
        self.go_on.set()
        pager = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["content-length"])
                pager.heard.append((self.path, dict(self.headers), self.rfile.read(length)))
                pager.go_on.wait(10)
                pager.answer(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?room=7"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, handler):
        """200, or what was asked for: a status, or bytes that are not HTTP."""
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, bytes):
            handler.wfile.write(answer)
            return
        handler.send_response(answer)
        handler.send_header("location", "/elsewhere")
        handler.send_header("content-length", "0")
        handler.end_headers()

    def close(self):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def pager(settings):
    pager = Pager()
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = pager.url, SECRET
    yield pager
    pager.close()


def due_again() -> None:
    """As if its longer wait were over."""
    Message.objects.update(not_before=timezone.now())


def test_it_is_called_once_and_forgotten(pager):
    Message.objects.put_hook(PAYLOAD)
    send_what_waits()
    send_what_waits()
    ((path, headers, body),) = pager.heard
    assert (path, json.loads(body)) == ("/in?room=7", PAYLOAD)
    assert headers["content-type"] == "application/json"
    row = Message.objects.get()
    assert row.sent_at
    assert not DataKey.objects.exists()


def test_its_signature_is_that_of_standard_webhooks(pager):
    message = Message.objects.put_hook(PAYLOAD)
    send_what_waits()
    ((_path, headers, body),) = pager.heard
    assert headers["webhook-id"] == str(message.pk)
    signed = f"{message.pk}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(b64decode(SECRET), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{b64encode(expected).decode()}"
    assert "user-agent" not in {name.lower() for name in headers}


@pytest.mark.parametrize("answer", [500, 404, 302, 307, b"nonsense\r\n\r\n", b""])
def test_j03_what_is_not_taken_is_tried_again_as_the_same_call(pager, answer):
    Message.objects.put_hook(PAYLOAD)
    pager.answers = [answer]
    send_what_waits()
    assert Message.objects.get().attempts == 1
    assert not Message.objects.waiting().exists()  # it waits longer first
    due_again()
    send_what_waits()
    first, second = pager.heard
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert (first[0], first[2]) == (second[0], second[2])
    assert Message.objects.get().sent_at


def test_j03_an_answer_that_does_not_come_is_a_failure(pager, monkeypatch):
    monkeypatch.setattr(hook, "PATIENCE", 0.2)
    Message.objects.put_hook(PAYLOAD)
    pager.go_on.clear()
    send_what_waits()
    assert Message.objects.get().attempts == 1
    pager.go_on.set()
    due_again()
    send_what_waits()
    assert Message.objects.get().sent_at


def test_j03_while_it_is_away_everything_waits(pager, settings):
    settings.ALERT_WEBHOOK_URL = f"http://127.0.0.1:{free_port()}/in"
    Message.objects.put_hook(PAYLOAD)
    send_what_waits()
    assert list(Message.objects.values_list("attempts", "sent_at")) == [(1, None)]


def test_what_the_queue_has_left_for_half_a_minute_is_sent_by_the_web(pager):
    Message.objects.put_hook(PAYLOAD)
    send_left_behind()
    assert pager.heard == []
    Message.objects.update(not_before=timezone.now() - timedelta(seconds=31))
    send_left_behind()
    assert len(pager.heard) == 1


def test_what_waits_is_sealed(pager):
    Message.objects.put_hook(PAYLOAD)
    stored = str(Message.objects.values().get())
    assert "escalation waits" not in stored
    assert pager.url not in stored

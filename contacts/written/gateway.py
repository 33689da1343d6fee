"""The other side of our text protocol: a gateway with one phone behind it, for trying it out.

It takes each message once by its id, shows it, says that it was delivered, and forgets it when it
is told to. Nothing of it runs in production.
"""

import json
import re
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.urls import reverse
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from contacts.written import gsm
from contacts.written.adapters.signed import signature

COPY = re.compile(r"/messages/([\w-]{1,64})")
PATIENCE = 10  # seconds


class Gateway:
    """What it has taken, by id, and who is shown it."""

    def __init__(self, number: str, shown: Callable[[str], None]) -> None:
        self.number, self.shown = number, shown
        self.copies: dict[str, dict] = {}
        self.lock = threading.Lock()

    def take(self, message: dict) -> None:
        """Show a message, the first time that it comes."""
        with self.lock:
            new = message["id"] not in self.copies
            self.copies[message["id"]] = {"to": message["to"]}
        if new:
            parts = gsm.segments(message["text"])
            self.shown(f"< {message['text']}" + (f"   [{parts} texts]" if parts > 1 else ""))
            report = {"type": "report", "id": message["id"], "state": "delivered"}
            threading.Thread(target=self.tell, args=[report], daemon=True).start()

    def write(self, text: str) -> None:
        """Send a text to the helpline, as a network does: in parts when it is long."""
        size = gsm.EACH if gsm.is_plain(text) else gsm.EACH_WIDE
        alone = gsm.segments(text) <= 1
        pieces = [text] if alone else [text[i : i + size] for i in range(0, len(text), size)]
        whole = uuid.uuid4().hex
        for number, piece in enumerate(pieces, start=1):
            part = {"of": len(pieces), "number": number, "whole": whole}
            self.tell({"type": "message", "from": self.number, "text": piece, "part": part})

    def tell(self, what: dict) -> None:
        """Call the helpline's webhook."""
        body = json.dumps(what)
        url = settings.SITE_URL + reverse("texts_in", args=["signed"])
        headers = signature(settings.TEXTS_SECRET, uuid.uuid4().hex, body)
        try:
            answer = requests.post(url, data=body.encode(), headers=headers, timeout=PATIENCE)
        except requests.RequestException:
            self.shown("! The helpline cannot be reached. Is ./run up?")
            return
        if answer.status_code != 204:
            self.shown(f"! The helpline answered {answer.status_code}.")

    def serve(self) -> ThreadingHTTPServer:
        """Listen where the helpline sends texts; the server, already running."""
        at = urlsplit(settings.TEXTS_URL)
        server = ThreadingHTTPServer((at.hostname or "127.0.0.1", at.port or 80), Requests)
        server.daemon_threads = True
        server.gateway = self
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


class Requests(BaseHTTPRequestHandler):
    """The gateway's few addresses."""

    def do_POST(self):
        """Take one message."""
        if message := self.verified():
            self.server.gateway.take(message)
            self.said(200, {"id": message["id"]})

    def do_GET(self):
        """Whether a message is there."""
        found = COPY.fullmatch(self.path)
        held = found and self.server.gateway.copies.get(found[1])
        self.said(200 if held else 404, held or {})

    def do_DELETE(self):
        """Forget a message."""
        found = COPY.fullmatch(self.path)
        gone = found and self.server.gateway.copies.pop(found[1], None)
        self.said(200 if gone else 404, {})

    def verified(self) -> dict | None:
        """The body, if the helpline signed it."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            return Webhook(settings.TEXTS_SECRET).verify(body, dict(self.headers.items()))
        except (WebhookVerificationError, ValueError):
            self.said(403, {})
            return None

    def said(self, status: int, what: dict) -> None:
        """One JSON answer."""
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything):
        """Nothing is logged: it would be numbers and words."""

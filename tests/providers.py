"""A supplier of texts as it really is: an HTTP server that takes, loses, refuses and forgets.

It speaks our own protocol and Twilio's interface, and does next what `moods` says: a status, or
`lost` (taken, and no answer), `late` (taken, and answered only once nobody waits any more),
`silent` (not taken, and no answer), `sticky` (a deletion that is answered and not done).
"""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from urllib.parse import parse_qs, parse_qsl, urlsplit

PATIENCE = 30  # seconds


class Supplier:
    """What it was asked, what it has, and its moods for the next requests."""

    def __init__(self) -> None:
        self.moods: list = []
        self.asked: list[tuple[str, str]] = []
        self.copies: dict[str, dict] = {}
        self.taken: list[dict] = []  # each message that a person got, in order
        self.go_on = Event()  # until then whoever is `late` does not answer
        self.before_answering = None  # what is done once a message is taken
        self.lock = Lock()

    def mood(self):
        with self.lock:
            return self.moods.pop(0) if self.moods else None

    def take(self, key: str, to: str, text: str) -> None:
        """A message is on its way to a person, once for each key."""
        with self.lock:
            if key not in self.copies:
                self.taken.append({"to": to, "text": text})
            self.copies[key] = {"sid": key, "to": to, "body": text}

    def texts(self) -> list[str]:
        return [each["text"] for each in self.taken]


class Asked(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        mood = self.begun()
        if mood in ("silent", 429, 500, 400, 401):
            return self.ended(mood)
        if self.path == "/messages":
            told = json.loads(body)
            key, to, text = told["id"], told["to"], told["text"]
        else:
            told = dict(parse_qsl(body))
            key, to, text = f"SM{len(self.server.supplier.copies)}", told["To"], told["Body"]
        self.server.supplier.take(key, to, text)
        if mood == "late":
            self.server.supplier.go_on.wait(PATIENCE)
        if self.server.supplier.before_answering:
            self.server.supplier.before_answering()
        return self.ended(mood, {"id": key, "sid": key})

    def do_GET(self):
        mood, copies = self.begun(), self.server.supplier.copies
        if mood:
            return self.ended(mood)
        if self.path.partition("?")[0].endswith("/Messages.json"):
            wanted = parse_qs(urlsplit(self.path).query)["To"][0]
            found = [each for each in copies.values() if each["to"] == wanted]
            return self.ended(None, {"messages": found})
        held = copies.get(self.key())
        return self.ended(None if held else 404, held or {})

    def do_DELETE(self):
        mood = self.begun()
        if mood in ("silent", 500, 429):
            return self.ended(mood)
        if mood != "sticky":
            gone = self.server.supplier.copies.pop(self.key(), None)
            return self.ended(None if gone else 404, {"gone": True})
        return self.ended(None, {"gone": True})

    def key(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".json")

    def begun(self):
        self.server.supplier.asked.append((self.command, self.path))
        return self.server.supplier.mood()

    def ended(self, mood, what=None) -> None:
        if mood in ("silent", "lost"):
            self.close_connection = True
            self.connection.close()
            return
        body = json.dumps(what or {}).encode()
        self.send_response(mood if isinstance(mood, int) else 200)
        if mood == 429:
            self.send_header("Retry-After", "120")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything):
        pass


@contextmanager
def supplied():
    """A supplier on a port of its own: it, and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    server.supplier, server.daemon_threads = Supplier(), True
    server.handle_error = lambda *_anything: None  # connections that it cut itself
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.supplier, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

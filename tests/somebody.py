"""Somebody in a browser of their own before a real server, telling all that browsers tell."""

import re
import uuid
from urllib.parse import urlencode

from tests.serving import ask

FORM = ("Content-Type", "application/x-www-form-urlencoded")


class Somebody:
    """Keeps its cookie and sends plain forms, as a browser without scripts does."""

    def __init__(self, port: int, *, headers=()) -> None:
        self.port = port
        self.headers = list(headers)
        self.cookies: dict[str, str] = {}

    def open(self, path="/chat/"):
        """The page at a path."""
        return self.kept(ask(self.port, path, headers=self.all()))

    def token(self) -> str:
        """The token that the page gives for its forms."""
        return re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.open().text)[1]

    def send(self, path: str, *, token: str | None = None, **fields):
        """The answer to a form of the chat's page."""
        body = urlencode({"csrfmiddlewaretoken": token or self.token(), **fields}).encode()
        return self.kept(
            ask(self.port, path, method="POST", body=body, headers=[*self.all(), FORM])
        )

    def begin(self, **fields):
        """Begin a chat."""
        return self.send("/chat/", **fields)

    def say(self, words: str, nonce=None):
        """Say one line in it."""
        return self.send("/chat/say/", text=words, nonce=nonce or uuid.uuid4())

    def all(self) -> list:
        """The headers of every request."""
        told = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [*self.headers, *([("Cookie", told)] if told else [])]

    def kept(self, reply):
        """The reply, its cookie kept or forgotten."""
        if cookie := reply.headers.get("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in cookie:
                del self.cookies[name]
        return reply

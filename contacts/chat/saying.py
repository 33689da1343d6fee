"""The quick way of a line: an ordinary form of `/chat/say/`, answered before Django is asked.

It checks what Django would check, with Django's own functions, and stores what `Visit.say` would
store. Whatever is not plain (a wrong token, half a form, too long a text, words that say that
somebody is not safe, a chat that is over, a database that is away) is nobody's here: the ordinary
page gets the same request and says what is the matter. So there is one whole rule, and one short
way through it.
"""

import asyncio
import logging
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import parse_cookie
from django.middleware import csrf
from django.urls import reverse

from contacts.bot_words import says_not_safe
from contacts.chat.lines import Unsayable, clean
from contacts.models.quick import Said, say_together
from helpline.foundation import visits
from helpline.foundation.together import Together

logger = logging.getLogger(__name__)

AT_ONCE = 32  # lines in one transaction
PACE = 30  # lines of one person in one WINDOW; who is faster takes the ordinary way
WINDOW = 10  # seconds
CALM = 60  # seconds on the ordinary way for who was faster
FORM = re.compile(rb'application/x-www-form-urlencoded(; ?charset="?utf-8"?)?', re.IGNORECASE)
FIELDS = frozenset({"text", "nonce", "csrfmiddlewaretoken"})
NONCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


HTML = (b"content-type", b"text/html; charset=utf-8")  # as Django says it, also of nothing


class Whole(NamedTuple):
    """An answer: its status, its headers and its body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Unusual(Exception):
    """This request is for the ordinary page."""


class Saying:
    """Takes the requests to say something that it can answer at once."""

    def __init__(self, store: Callable[[Sequence[Said]], list[int | None]] = say_together) -> None:
        self.store = store
        self.pace = Pace()
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self.together = Together(self.written, at_most=AT_ONCE)

    async def __call__(self, scope: dict, body: bytes) -> Whole | None:
        """The answer to one request; None when the ordinary page has to give it."""
        headers = dict(scope["headers"])
        try:
            said = read(scope, headers, body)
        except Unusual:
            return None
        if self.pace.is_fast(said.token) or await self.together.ask(said) is None:
            return None
        return done() if b"x-script" in headers else back_to_the_chat()

    async def written(self, said: list[Said]) -> list[int | None]:
        """Have the writer's thread store some lines."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.writer, written, self.store, said)

    def close(self) -> None:
        """Let the writer finish what it has begun."""
        self.writer.submit(lambda: connection.close())  # looked up there: each thread has its own
        self.writer.shutdown()


def read(scope: dict, headers: dict[bytes, bytes], body: bytes) -> Said:
    """What a request says, by whom; raises `Unusual` for anything but a whole and honest form."""
    if scope["method"] != "POST" or scope["query_string"]:
        raise Unusual
    if not FORM.fullmatch(headers.get(b"content-type", b"")) or not body.isascii():
        raise Unusual
    if not comes_from_here(scope, headers) or headers.get(b"x-script", b"1") != b"1":
        raise Unusual
    held = visits.read(cookie(headers))
    form = fields(body)
    sent = form.get("csrfmiddlewaretoken") or headers.get(b"x-csrftoken", b"").decode("latin-1")
    if not held.get(visits.TOKEN) or not is_secret(sent, held.get(csrf.CSRF_SESSION_KEY)):
        raise Unusual
    if not NONCE.fullmatch(form.get("nonce", "")):
        raise Unusual
    try:
        words = clean(form.get("text", ""))
    except Unsayable:
        raise Unusual from None
    if says_not_safe(words):
        raise Unusual
    return Said(held[visits.TOKEN], words, uuid.UUID(form["nonce"]))


def comes_from_here(scope: dict, headers: dict[bytes, bytes]) -> bool:
    """Whether a page of ours sent it; without an Origin Django asks for a Referer under HTTPS."""
    here = b"%s://%s" % (scope["scheme"].encode(), headers.get(b"host", b""))
    if b"origin" in headers:
        return headers[b"origin"] == here
    return scope["scheme"] == "http" or headers.get(b"referer") == here + b"/"


def cookie(headers: dict[bytes, bytes]) -> str:
    """The visit's cookie, as Django finds it."""
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    return cookies.get(settings.VISIT_COOKIE_NAME, "")


def fields(body: bytes) -> dict[str, str]:
    """The form's fields, each there once; raises `Unusual` for a form that is not ours."""
    pairs = parse_qsl(body.decode(), keep_blank_values=True, separator="&")
    form = dict(pairs)
    if len(form) < len(pairs) or not form.keys() <= FIELDS:
        raise Unusual
    return form


def is_secret(sent: str, secret: str | None) -> bool:
    """Whether a form carries the secret of its visit, as Django's own check would find."""
    try:
        csrf._check_token_format(sent)
    except csrf.InvalidTokenFormat:
        return False
    fits = secret is not None and len(secret) == csrf.CSRF_SECRET_LENGTH
    return fits and csrf._does_token_match(sent, secret)


def done() -> Whole:
    """The answer to a script: nothing to show, its stream will."""
    return Whole(204, [HTML], b"")


def back_to_the_chat() -> Whole:
    """The answer to a plain form."""
    return Whole(302, [HTML, (b"location", reverse("chat").encode())], b"")


def written(store: Callable, said: list[Said]) -> list[int | None]:
    """The numbers of these lines, None for those that could not be stored here.

    Nothing is lost and nothing comes twice: whatever went wrong, also in the moment of the commit,
    the ordinary page tries again with the same nonce.
    """
    try:
        return store(said)
    except (OperationalError, InterfaceError):
        connection.close()  # it may have broken; the next lines get a new one
        return [None] * len(said)
    except Error as problem:
        logger.warning("A line took the ordinary way: %s.", type(problem).__name__)
        alone = len(said) == 1
        return [None] if alone else [written(store, [one])[0] for one in said]


class Pace:
    """How much each person has said lately, in this process and nowhere else."""

    def __init__(self) -> None:
        self._since = 0.0
        self._lines: Counter[str] = Counter()
        self._fast: dict[str, float] = {}  # until when

    def is_fast(self, token: str) -> bool:
        """Count one more line; whether its person is too fast for the quick way, or was just now.

        Then the ordinary way counts for a while, which alone says how fast is too fast.
        """
        now = time.monotonic()
        if now - self._since > WINDOW:
            self._since, self._lines = now, Counter()
            self._fast = {one: until for one, until in self._fast.items() if until > now}
        self._lines[token] += 1
        if self._lines[token] > PACE:
            self._fast[token] = now + CALM
        return token in self._fast

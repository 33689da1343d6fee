"""The one door: what of a request may come in, and what every answer carries out.

It stands before Django and before the streams. Addresses, agents, languages and whatever else a
browser or a proxy tells are not blanked: they are never let in, because only listed headers are.
A body is read whole before anything runs, and an answer is whole before it leaves, so that neither
a slow nor a vanishing client can hold a thread or have half a message taken for the whole.
"""

import asyncio
import functools
import json
import logging
from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from csp.utils import build_policy
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from helpline.foundation.problems import PROBLEM, problem

logger = logging.getLogger(__name__)

BODY_TIME = 10  # seconds for a whole body, where an area has no more patience
GIVE_UP = 16  # a body this many times too large is not read to its end before it is refused
HEADERS_TOGETHER = 32 * 1024  # bytes
METHODS = frozenset({"GET", "HEAD", "POST"})
LIVE = "/live/"
STATIC = "/static/"
SUPPLIERS = "/in/"

ANYWHERE = frozenset({b"host", b"content-type", b"origin", b"referer"})
FOR_STATIC = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since"})
FOR_STAFF = frozenset(
    {
        b"hx-boosted",
        b"hx-history-restore-request",
        b"hx-request",
        b"hx-target",
        b"hx-trigger",
        b"last-event-id",
        b"x-csrftoken",
        b"x-poll",
    }
)

FOR_VISITORS = frozenset({b"last-event-id", b"x-csrftoken", b"x-script"})
FOR_PARTNERS = frozenset({b"authorization", b"idempotency-key"})
# What suppliers of texts and e-mail sign with: who sent it and when, never from where.
FOR_SUPPLIERS = frozenset(
    {
        b"authorization",
        b"mailtrap-signature",
        b"signature",
        b"svix-id",
        b"svix-signature",
        b"svix-timestamp",
        b"webhook-id",
        b"webhook-signature",
        b"webhook-timestamp",
        b"x-amz-sns-message-id",
        b"x-amz-sns-message-type",
        b"x-mandrill-signature",
        b"x-postal-signature",
        b"x-twilio-email-event-webhook-signature",
        b"x-twilio-signature",
    }
)

FEATURES = (
    "accelerometer autoplay browsing-topics camera clipboard-read display-capture "
    "encrypted-media fullscreen gamepad geolocation gyroscope hid idle-detection local-fonts "
    "magnetometer microphone midi payment picture-in-picture screen-wake-lock serial usb "
    "xr-spatial-tracking"
)
STRICT = {
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": ", ".join(f"{name}=()" for name in FEATURES.split()).encode(),
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
DROPPED = frozenset({b"server", b"x-powered-by"})
TELLTALE = frozenset({b"cache-control", b"expires", b"etag", b"last-modified"})
YEARS_OF_HTTPS = b"max-age=63072000; includeSubDomains; preload"

REASONS = {
    400: ("This did not reach us in one piece", "Please go back and try again."),
    405: ("This cannot be done here", "Please go back and try again."),
    408: ("This took too long to arrive", "Nothing was sent. Please try again."),
    413: ("This is too long to send in one go", "Nothing was sent. Please send a shorter text."),
    431: ("This did not reach us in one piece", "Please go back and try again."),
    500: ("Something went wrong", "This is our fault. Please try again in a few minutes."),
}
PAGE = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<main>
{exit}<h1>{title}</h1>
<p>{text}</p>
{help}</main>
</html>
"""
EXIT = '<p><a href="/exit/" rel="nofollow noreferrer">Exit this page</a></p>\n'
HELP = "<p>If you need help now, call {number}. In an emergency, call 999.</p>\n"


class Area(NamedTuple):
    """A part of the site: what may come in there beyond what may come in anywhere."""

    headers: frozenset[bytes]
    cookies: frozenset[str]
    body: int  # bytes
    public: bool
    machines: bool = False  # refused in JSON
    patience: int = 1  # times the usual, for a body


class TurnedAway(Exception):
    """A request that goes no further; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class CutShort(Exception):
    """The client went away before its body was whole: nothing runs, nobody is left to answer."""


def areas() -> dict[str, Area]:
    """Areas by the beginning of their paths; the first that fits decides, the last always fits."""
    session = frozenset({settings.SESSION_COOKIE_NAME})
    visit = frozenset({settings.VISIT_COOKIE_NAME})
    visitors = Area(FOR_VISITORS, visit, body=256 * 1024, public=True)
    staff = Area(FOR_STAFF, session, body=1024 * 1024, public=False)
    partners = Area(FOR_PARTNERS, frozenset(), body=0, public=True, machines=True)
    suppliers = Area(FOR_SUPPLIERS, frozenset(), body=64 * 1024, public=True, machines=True)
    return {
        STATIC: Area(FOR_STATIC, frozenset(), body=0, public=True),
        "/staff/": staff,
        "/demo/": staff,
        "/exit/": Area(frozenset(), session | visit, body=0, public=True),  # what it ends
        "/chat/": visitors,
        "/back/": visitors,
        "/your-data/": visitors,
        f"{LIVE}chat/": visitors._replace(body=0),
        LIVE: staff._replace(body=0),
        "/in/email/": suppliers._replace(body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, patience=6),
        SUPPLIERS: suppliers,
        "/api/transcripts/": partners._replace(body=10 * 1024 * 1024),
        "/api/": partners,
        "": Area(frozenset(), frozenset(), body=256 * 1024, public=True),
    }


class Door:
    """Lets a scrubbed request through to `pages` (WSGI behind a2wsgi) or `streams` (ASGI).

    `quick` names paths whose requests may be answered without the pages: each is awaited with the
    request and its body, and gives a whole answer (status, headers, body), or None to leave it to
    the page of that path.
    """

    def __init__(
        self, *, pages: Callable, streams: Callable, quick: Mapping[str, Callable] | None = None
    ) -> None:
        self.pages = pages
        self.streams = streams
        self.quick = quick or {}
        self.areas = areas()
        site = urlsplit(settings.SITE_URL)
        # The site's own address says how browsers come; a proxy's header could be anybody's.
        self.scheme = "https" if settings.SECURE else "http"
        self.server = (site.hostname, site.port or (443 if settings.SECURE else 80))

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        area = next(area for start, area in self.areas.items() if scope["path"].startswith(start))
        answer = Answer(scope["path"], area, send)
        try:
            await self.admit(scope, area, receive, answer)
        except TurnedAway as away:
            if scope["path"].startswith(SUPPLIERS) and away.status in (408, 413):
                logger.error("A supplier was turned away (%d): is a message lost?", away.status)
            await answer.plain(away.status)
        except CutShort:
            answer.begun = True
        finally:
            if not answer.begun:
                await answer.plain(500)  # the server logs the exception that is on its way to it

    async def admit(self, scope: dict, area: Area, receive: Callable, answer: "Answer") -> None:
        """Check one request, read its body, and hand both on."""
        inside = self.scrubbed(scope, area)
        body = await whole_body(receive, area.body, BODY_TIME * area.patience)
        if scope["path"].startswith(LIVE):
            await self.streams(inside, receive, answer.send)
            return
        if (quick := self.quick.get(scope["path"])) and (said := await quick(inside, body)):
            await answer.whole(*said)
            return

        async def once() -> dict:
            return {"type": "http.request", "body": body}

        page = Page()
        inside["headers"].append((b"content-length", str(len(body)).encode()))
        await self.pages(inside, once, page.take)
        await answer.whole(page.status, page.headers, bytes(page.body))

    def scrubbed(self, scope: dict, area: Area) -> dict:
        """A new scope with nothing in it that was not asked for; TurnedAway if it cannot be."""
        path, query = scope["path"], scope["query_string"]
        if scope["method"] not in METHODS and not area.machines:  # who tell what each path takes
            raise TurnedAway(405)
        if not path.isprintable() or not query.isascii() or b"%00" in query:
            raise TurnedAway(400)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADERS_TOGETHER:
            raise TurnedAway(431)
        return {
            "type": "http",
            "asgi": scope["asgi"],
            "http_version": scope["http_version"],
            "method": scope["method"],
            "scheme": self.scheme,
            "path": path,
            "query_string": query,
            "root_path": "",
            "headers": self.let_in(scope["headers"], area),
            "client": None,
            "server": self.server,
        }

    def let_in(self, headers: list, area: Area) -> list[tuple[bytes, bytes]]:
        """The listed headers and cookies; of where the browser was, only whether it was here."""
        known: dict[bytes, bytes] = {}
        cookies: list[bytes] = []
        for name, value in headers:
            if name == b"cookie":
                cookies += (cookie.strip() for cookie in value.split(b";"))
            elif name in ANYWHERE or name in area.headers:
                if name in known:
                    raise TurnedAway(400)  # two of a kind: nobody can say which one counts
                known[name] = value
        here = self.scheme.encode() + b"://" + self.own(known.get(b"host", b""))
        if known.get(b"origin", here) != here:
            known[b"origin"] = b"null"
        if known.pop(b"referer", b"").startswith(here + b"/"):
            known[b"referer"] = here + b"/"  # Django asks for it when a browser sends no Origin
        allowed = [c for c in cookies if c.partition(b"=")[0].decode("latin-1") in area.cookies]
        if allowed:
            known[b"cookie"] = b"; ".join(allowed)
        return list(known.items())

    def own(self, host: bytes) -> bytes:
        """`host` if it is a name of this site, without asking Django, who would log it."""
        domain, _port = split_domain_port(host.decode("latin-1"))
        if not validate_host(domain, settings.ALLOWED_HOSTS):
            raise TurnedAway(400)
        return host


class Page:
    """What the pages answer, taken as fast as they give it: no thread waits for a slow client."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    async def take(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
        else:
            self.body += message["body"]


class Answer:
    """One answer on its way out, with the strict headers whatever it is."""

    def __init__(self, path: str, area: Area, send: Callable) -> None:
        self.begun = False
        self._path = path
        self._area = area
        self._send = send

    async def send(self, message: dict) -> None:
        """Send one ASGI message on; the first gets its headers here."""
        if message["type"] == "http.response.start":
            self.begun = True
            status = message["status"]
            message = message | {"headers": dressed(self._path, status, message["headers"])}
        await self._send(message)

    async def whole(self, status: int, headers: list, body: bytes) -> None:
        """Send a complete answer, with its true length."""
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        if status not in (204, 304):
            headers.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    async def plain(self, status: int) -> None:
        """Send a page that needs nothing that may have just failed, and close the connection."""
        headers, page = plain_page(status, public=self._area.public)
        if self._area.machines:
            headers[0] = (b"content-type", PROBLEM.encode())
            page = json.dumps(problem(status, REASONS[status][0])).encode()
        await self.whole(status, headers, page)


@functools.cache
def policy() -> bytes:
    """What a browser may load and where it may send: the same for every page."""
    return build_policy().encode()


def dressed(path: str, status: int, headers: list) -> list[tuple[bytes, bytes]]:
    """`headers` with ours, which replace what was there."""
    strict = dict(STRICT)
    strict[b"content-security-policy"] = policy()
    if settings.SECURE:
        strict[b"strict-transport-security"] = YEARS_OF_HTTPS
    dropped = DROPPED
    if not path.startswith(STATIC) or status not in (200, 206, 304):
        strict[b"cache-control"] = b"no-store"
        dropped = DROPPED | TELLTALE
    kept = [(n, v) for n, v in headers if n not in dropped and n not in strict]
    return [*kept, *strict.items()]


def plain_page(status: int, *, public: bool) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """A page that needs no template, with its headers; on public paths it says where help is."""
    title, text = REASONS[status]
    help = HELP.format(number=escape(settings.HELPLINE_NUMBER)) if public else ""
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"connection", b"close")]
    if status == 405:
        headers.append((b"allow", ", ".join(sorted(METHODS)).encode()))
    exit = EXIT if public else ""
    return headers, PAGE.format(title=title, text=text, help=help, exit=exit).encode()


def unreadable() -> bytes:
    """The whole answer, as it goes over the wire, to something that is not HTTP."""
    headers, page = plain_page(400, public=True)
    headers = dressed("/", 400, [*headers, (b"content-length", str(len(page)).encode())])
    head = b"".join(b"%s: %s\r\n" % header for header in headers)
    return b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n" + page


async def whole_body(receive: Callable, limit: int, seconds: float) -> bytes:
    """The whole body; TurnedAway if it is too long or too slow, CutShort if it never ends.

    Too long a body is read to its end, so that the browser reads our answer, unless it is absurd.
    """
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise CutShort
                size += len(message["body"])
                if size <= limit:
                    body += message["body"]
                if size > limit * GIVE_UP or (size > limit and not message["more_body"]):
                    raise TurnedAway(413)
                if not message["more_body"]:
                    return bytes(body)
    except TimeoutError:
        raise TurnedAway(408) from None

"""Live pages: a bell that says *something changed*, and streams that then ask the database what.

PostgreSQL is the bell (NOTIFY) and holds the truth, so a lost ring costs seconds, never a line. The
bell carries ids, never words. Nothing here knows what a contact is.
"""

import asyncio
import logging
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import psycopg2
from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    Error,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
)
from django.http import parse_cookie
from django.urls import Resolver404, URLPattern, URLResolver
from django.urls.resolvers import RegexPattern

logger = logging.getLogger(__name__)

CHANNEL = "live"
HEARTBEAT = 15  # seconds between two looks at whether this person may still read, and proof of life
LIFE = 300  # seconds a stream lasts at most; the page then comes back through the front door
RETRY = 0.5  # seconds until a lost LISTEN connection is made again
FAREWELL = 2  # seconds a page that does not read is given to take the end of its stream
AT_MOST = 200  # streams in one process; further pages ask again later
FRESH = 6  # seconds that a sign of writing lasts
PER_BROWSER = 4  # streams of one session: of a browser's six connections two stay free for pages


WRITING = "writing"  # the kind of bell that says who is writing; nothing of it is stored


def ring(kind: str, pk: object) -> None:
    """Wake every page that shows this record, once the caller's transaction has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{kind}:{pk}"])


class Bell:
    """One LISTEN connection for the whole process. A ring sets flags; it queues nothing."""

    def __init__(self) -> None:
        self._flags: dict[str, set[Any]] = defaultdict(set)
        self.rounds = 0  # how often listening has begun; more than once after a lost connection

    @contextmanager
    def hung(self, flag: "asyncio.Event | Writing", *names: str) -> Iterator[None]:
        """Have `flag` raised whenever one of `names` (`kind:id`, or `kind:*` for all) rings.

        Hang it before the first read: what is stored between that read and the wait then shows.
        """
        for name in names:
            self._flags[name].add(flag)
        try:
            yield
        finally:
            for name in names:
                self._flags[name].discard(flag)
                if not self._flags[name]:
                    del self._flags[name]

    async def listen(self) -> None:
        """Listen for ever, on a new connection whenever one is lost."""
        while True:
            try:
                await self._listen_until_lost(await asyncio.to_thread(listening_connection))
            except psycopg2.Error:
                logger.warning("The bell lost its database connection and tries again.")
            await asyncio.sleep(RETRY)

    async def _listen_until_lost(self, raw: Any) -> None:
        loop = asyncio.get_running_loop()
        lost = loop.create_future()
        descriptor = raw.fileno()
        loop.add_reader(descriptor, self._hear, raw, lost)
        try:
            self.rounds += 1
            self._ring_all()  # what was rung while nobody listened
            await lost
        finally:
            loop.remove_reader(descriptor)
            raw.close()

    def _hear(self, raw: Any, lost: asyncio.Future) -> None:
        try:
            raw.poll()
        except psycopg2.Error as problem:
            if not lost.done():
                lost.set_exception(problem)
            return
        while raw.notifies:
            name = raw.notifies.pop(0).payload
            kind = name.partition(":")[0]
            for flag in self._flags.get(name, set()) | self._flags.get(f"{kind}:*", set()):
                flag.set()

    def _ring_all(self) -> None:
        for name, flags in self._flags.items():
            for flag in flags if not name.startswith(WRITING) else ():
                flag.set()


def listening_connection() -> Any:
    """A connection of its own that listens, outside any transaction and any pool."""
    database = connections.create_connection(DEFAULT_DB_ALIAS)
    raw = database.get_new_connection(database.get_connection_params())
    raw.autocommit = True
    with raw.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return raw


class Ended(Exception):
    """This page may not be told more (404), or cannot be for now (503)."""

    def __init__(self, status: int = 404) -> None:
        super().__init__(status)
        self.status = status


class Writing:
    """Hung on a bell instead of a flag: remembers for seconds that somebody is writing."""

    def __init__(self, flag: asyncio.Event) -> None:
        self._flag = flag
        self._until = 0.0

    def set(self) -> None:
        """It rang: wake the page."""
        self._until = time.monotonic() + FRESH
        self._flag.set()

    def taken(self) -> bool:
        """Whether it rang since this was last asked."""
        fresh, self._until = self._until > time.monotonic(), 0.0
        return fresh


def requires_stream(permission: Any, *, bell: str, pause: float = 0, writing: bool = False):
    """Name what a stream of staff needs: the permission, and the kind of record whose bell wakes
    it.

    With a `pk` in its URL it wakes for that record, otherwise for every record of the kind, and
    then only after `pause` seconds, so that a busy moment is told in one go. With `writing` it is
    also told when the person of that record writes.
    """

    def bells(staff: Any, pk: object = "*") -> tuple[str, ...]:
        return f"{bell}:{pk}", f"staff:{staff.pk}"

    def signs(_staff: Any, pk: object = "*") -> tuple[str, ...]:
        return (f"{WRITING}:person:{pk}",) if writing else ()

    return _named("staff", permission, bells, signs, pause)


def visitor_stream(function: Any) -> Any:
    """Name a stream of the person's own chat, the only one that their visit opens."""

    def bells(visit: Any) -> tuple[str, ...]:
        return (f"contact:{visit.pk}",)

    def signs(visit: Any) -> tuple[str, ...]:
        return (f"{WRITING}:worker:{visit.pk}",)

    return _named("visitor", None, bells, signs, 0)(function)


def _named(audience: str, permission: Any, bells: Callable, signs: Callable, pause: float):
    def named(function: Any) -> Any:
        function.audience, function.permission, function.pause = audience, permission, pause
        function.bells, function.signs = bells, signs
        return function

    return named


class Audience(NamedTuple):
    """Who may have a stream: the cookie that says it, and who it is; asking is not activity."""

    cookie: str
    who: Callable[[str], Any]
    may: Callable[[Any, Any], bool]  # whether they have a permission
    refused: Callable[[Any, Any], None] | None  # writes down who asked for what is not theirs


class Stream:
    """One open page: its function asks with `read`, tells with `send` and waits with `bell`."""

    def __init__(self, send: Callable, ask: Callable, *, position: str, pause: float) -> None:
        self.position = position  # what the page has seen, in the words of the last `id`
        self.flag = asyncio.Event()
        self.writing = Writing(self.flag)
        self._send = send
        self._ask = ask
        self._pause = pause
        self.begun = False

    @property
    def number(self) -> int:
        """The last line the page has seen; 0 if none, or if it claims something else."""
        said = self.position
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0

    async def read(self, question: Callable, *args: Any) -> Any:
        """The answer to `question(who, *args)`, asked in a thread that may use the database.

        Who asks is looked up afresh each time. The stream ends at once when they may not know any
        more or the question answers None; before the first answer the page gets a 404 instead.
        """
        try:
            answer = await self._ask(question, *args)
        except (OperationalError, InterfaceError):
            logger.warning("A stream ended: the database is away.")
            raise Ended(503) from None
        if answer is None:
            raise Ended
        await self._begin()
        return answer

    async def send(self, html: str, *, id: object = None, event: str = "message") -> None:
        """Tell the page one thing; `id` is what it will then have seen, when that changes."""
        lines = html.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        told = [f"event: {event}", *(f"data: {line}" for line in lines)]
        if id is not None:
            told.append(f"id: {id}")
        await self._tell("\n".join(told).encode() + b"\n\n")

    async def bell(self) -> bool:
        """Wait for the bell (True) or the heartbeat (False); after either, `read` asks afresh."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                await self.flag.wait()
        except TimeoutError:
            await self._tell(b":\n\n")
            return False
        await asyncio.sleep(self._pause)
        self.flag.clear()
        return True

    async def end(self, status: int) -> None:
        """Say that there is no more; a page that does not take it is left behind."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                if self.begun:
                    await self._send({"type": "http.response.body"})
                else:
                    await refuse(self._send, status)

    async def _begin(self) -> None:
        if self.begun:
            return
        self.begun = True
        headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._tell(b"retry: %d\n\n" % (1000 + secrets.randbelow(4000)))

    async def _tell(self, words: bytes) -> None:
        await self._send({"type": "http.response.body", "body": words, "more_body": True})


class Streams:
    """Every stream of the site as one ASGI application, for each audience by its name."""

    def __init__(
        self, patterns: list[URLPattern], *, audiences: dict[str, Audience], bell: Bell
    ) -> None:
        self.resolver = URLResolver(RegexPattern(r"^/"), patterns)
        self.audiences = audiences
        self.bell = bell
        self.readers = ThreadPoolExecutor(settings.STREAM_READERS, thread_name_prefix="reader")
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        try:
            match = self.resolver.resolve(scope["path"])
            audience = self.audiences[match.func.audience]
            key = parse_cookie(headers.get(b"cookie", "")).get(audience.cookie, "")
            who = await self.in_reader(audience.who, key) if key else None
        except (Resolver404, OperationalError, InterfaceError) as problem:
            return await refuse(send, 404 if isinstance(problem, Resolver404) else 503)
        if who is None:
            return await refuse(send, 404)
        if self.open.total() >= AT_MOST or self.open[key] >= PER_BROWSER:
            return await refuse(send, 503)
        self.open[key] += 1
        try:
            stream = Stream(
                send,
                self.asking(audience, key, match.func.permission),
                position=seen_before(scope, headers),
                pause=match.func.pause,
            )
            await self.run(stream, match, audience, who, receive)
        finally:
            self.open -= Counter([key])  # and forgets keys that have none left

    async def run(
        self, stream: Stream, match: Any, audience: Audience, who: Any, receive: Callable
    ) -> None:
        """Run one stream until its page leaves, its time is over, or its authority ends."""
        bells = match.func.bells(who, **match.kwargs)
        signs = match.func.signs(who, **match.kwargs)
        with self.bell.hung(stream.flag, *bells), self.bell.hung(stream.writing, *signs):
            telling = asyncio.create_task(match.func(stream, **match.kwargs))
            leaving = asyncio.create_task(left(receive))
            try:
                life = LIFE * (80 + secrets.randbelow(21)) / 100  # not all pages return together
                await asyncio.wait({telling, leaving}, timeout=life, return_when="FIRST_COMPLETED")
            finally:
                telling.cancel()
                leaving.cancel()
                await asyncio.wait({telling, leaving})
        problem = None if telling.cancelled() else telling.exception()
        if problem is not None and not isinstance(problem, Ended):
            raise problem
        if problem is not None and problem.status == 404 and not stream.begun:
            await self.write_down(audience.refused, who, match)
        await stream.end(problem.status if problem else 200)

    async def write_down(self, refused: Callable | None, who: Any, match: Any) -> None:
        """Have the refusal written down; it stays a refusal where that fails."""
        if refused is None:
            return
        try:
            await self.in_reader(refused, who, match)
        except Error:
            logger.warning("A refused stream could not be written down.")

    def asking(self, audience: Audience, key: str, permission: Any) -> Callable:
        """How one stream asks: authority first, both in one trip to a reader's thread."""

        def answered(question: Callable, *args: Any) -> Any:
            who = audience.who(key)
            if who is None or not audience.may(who, permission):
                return None
            return question(who, *args)

        async def ask(question: Callable, *args: Any) -> Any:
            return await self.in_reader(answered, question, *args)

        return ask

    async def in_reader(self, work: Callable, *args: Any) -> Any:
        """Run `work` in one of the few threads whose database connections all streams share."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.readers, with_connection, work, args)


def with_connection(work: Callable, args: tuple) -> Any:
    """`work(*args)` on this thread's database connection, made anew if it has broken."""
    close_old_connections()
    try:
        return work(*args)
    finally:
        close_old_connections()


def seen_before(scope: dict, headers: dict[bytes, str]) -> str:
    """What the page says it has seen: it selects, it never authorises."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    return headers.get(b"last-event-id", asked)[:200]


async def left(receive: Callable) -> None:
    """Return when the page has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def refuse(send: Callable, status: int) -> None:
    """Answer without a word: nobody reads what an EventSource is refused with."""
    headers = [(b"retry-after", b"30")] if status == 503 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body"})

"""Live pages: a bell that says *something changed*, and streams that then ask the database what.

PostgreSQL is the bell (NOTIFY) and holds the truth, so a lost ring costs seconds, never a line. The
bell carries ids, never words. Nothing here knows what a contact is.
"""

import asyncio
import logging
import os
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import psycopg2
from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    Error,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.http import parse_cookie
from django.urls import Resolver404, URLPattern, URLResolver
from django.urls.resolvers import RegexPattern

from helpline.foundation.stream import Ended, Stream, Writing, refuse
from helpline.foundation.together import Together

logger = logging.getLogger(__name__)

CHANNEL = "live"
LIFE = 300  # seconds a stream lasts at most; the page then comes back through the front door
RETRY = 0.5  # seconds until a lost LISTEN connection is made again
AT_MOST = 5000  # streams in one process; further pages ask again later
AT_ONCE = 64  # pages whose questions are answered in one go
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
    def hung(self, flag: Stream | Writing, *names: str) -> Iterator[None]:
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
            except Exception as problem:  # whatever it is: without a bell no page is told anything
                logger.warning("The bell fell silent and rings again: %s.", type(problem).__name__)
            await asyncio.sleep(RETRY)

    async def _listen_until_lost(self, raw: Any) -> None:
        loop = asyncio.get_running_loop()
        lost = loop.create_future()
        # A lost connection closes its own descriptor at once, and the next page to arrive may get
        # that number: to stop listening there would be to stop hearing that page. This one is ours.
        descriptor = os.dup(raw.fileno())
        loop.add_reader(descriptor, self._hear, raw, lost)
        try:
            self.rounds += 1
            self._ring_all()  # what was rung while nobody listened
            await lost
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
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
    """Who may have a stream: the cookie that says it, and who it is; asking is not activity.

    `key` is what a stream keeps of its cookie. With `all_of` many are looked up by one question:
    it takes pairs of a key and a page's position (None: whoever only asks who it is) and gives one
    person, or None, for each.
    """

    cookie: str
    who: Callable[[str], Any]
    may: Callable[[Any, Any], bool]  # whether they have a permission
    refused: Callable[[Any, Any], None] | None  # writes down who asked for what is not theirs
    key: Callable[[str], str] = str
    all_of: Callable[[list[tuple[str, str | None]]], list] | None = None


class Asked(NamedTuple):
    """What one page wants to know, and by whose right."""

    key: str
    permission: Any
    position: str | None
    question: Callable
    args: tuple


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
        self.count = 0
        self.together = {
            audience.cookie: Together(partial(self.all_at_once, audience), at_most=AT_ONCE)
            for audience in audiences.values()
        }

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        try:
            match = self.resolver.resolve(scope["path"])
            audience = self.audiences[match.func.audience]
            key, position = presented(scope, audience)
            names = await self.names(audience, key, match) if key else None
        except (Resolver404, OperationalError, InterfaceError) as problem:
            return await refuse(send, 404 if isinstance(problem, Resolver404) else 503)
        if names is None:
            return await refuse(send, 404)
        if self.count >= AT_MOST or self.open[key] >= PER_BROWSER:
            return await refuse(send, 503)
        with self.counted(key):
            stream = Stream(
                send,
                self.asking(audience, key, match.func.permission),
                position=position,
                pause=match.func.pause,
                signs=match.func.audience == "visitor",
                tower=self.bell,
            )
            status = await self.run(stream, match, names, receive)
            if status == 404 and not stream.begun:
                await self.write_down(audience, key, match)
            await stream.end(status)

    @contextmanager
    def counted(self, key: str) -> Iterator[None]:
        """One more stream is open, and one of this browser's."""
        self.open[key] += 1
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
            self.open[key] -= 1
            if not self.open[key]:
                del self.open[key]

    async def names(self, audience: Audience, key: str, match: Any) -> tuple | None:
        """What wakes this stream, and which signs do; None for who may have none."""
        who = await self.who(audience, key)
        if who is None:
            return None
        return match.func.bells(who, **match.kwargs), match.func.signs(who, **match.kwargs)

    async def run(self, stream: Stream, match: Any, names: tuple, receive: Callable) -> int:
        """Run one stream until its page leaves, its time is over, or its authority ends; with
        which status it does."""
        bells, signs = names
        with self.bell.hung(stream, *bells), self.bell.hung(stream.writing, *signs):
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
        return problem.status if problem else 200

    async def write_down(self, audience: Audience, key: str, match: Any) -> None:
        """Have a refusal written down; it stays a refusal where that fails."""
        if audience.refused is None:
            return
        try:
            who = await self.who(audience, key)
            await self.in_reader(audience.refused, who, match)
        except Error:
            logger.warning("A refused stream could not be written down.")

    async def who(self, audience: Audience, key: str) -> Any:
        """Who this is; None if nobody."""
        if audience.all_of is None:
            return await self.in_reader(audience.who, key)
        return await self.together[audience.cookie].ask(Asked(key, None, None, itself, ()))

    def asking(self, audience: Audience, key: str, permission: Any) -> Callable:
        """How one stream asks."""

        async def ask(position: str, question: Callable, args: tuple) -> Any:
            return await self.ask(audience, Asked(key, permission, position, question, args))

        return ask

    async def ask(self, audience: Audience, asked: Asked) -> Any:
        """The answer to one page: authority first, both in one trip to a reader's thread."""
        if audience.all_of is None:
            return await self.in_reader(answer_to, audience, audience.who, asked)
        return await self.together[audience.cookie].ask(asked)

    async def all_at_once(self, audience: Audience, asked: list[Asked]) -> list:
        """The answers to many pages in one such trip."""
        return await self.in_reader(answers_to, audience, asked)

    async def in_reader(self, work: Callable, *args: Any) -> Any:
        """Run `work` in one of the few threads whose database connections all streams share."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.readers, with_connection, work, args)


def itself(who: Any) -> Any:
    """The first question of every page: who is it?"""
    return who


def answer_to(audience: Audience, who: Callable[[str], Any], asked: Asked) -> Any:
    """The answer to a question that they may ask; None if they may not."""
    person = who(asked.key)
    if person is None or not audience.may(person, asked.permission):
        return None
    return asked.question(person, *asked.args)


def answers_to(audience: Audience, asked: list[Asked]) -> list:
    """Each page's answer, or the exception that is its own."""
    people = audience.all_of([(one.key, one.position) for one in asked])
    answers = []
    for one, person in zip(asked, people, strict=True):
        try:
            answers.append(answer_to(audience, lambda _key, it=person: it, one))
        except Exception as problem:  # raised to the page that asked, and to no other
            answers.append(problem)
    return answers


def with_connection(work: Callable, args: tuple) -> Any:
    """`work(*args)` on this thread's database connection; once more if that had broken.

    Asking each time whether it still lives would cost as much as most questions do.
    """
    had = connection.connection is not None
    try:
        return work(*args)
    except (OperationalError, InterfaceError):
        connection.close()
        if not had:
            raise
    return with_connection(work, args)


def presented(scope: dict, audience: Audience) -> tuple[str, str]:
    """The key in the page's cookie, and what it says it has seen: that selects, it never
    authorises."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    cookie = parse_cookie(headers.get(b"cookie", "")).get(audience.cookie, "")
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    return audience.key(cookie) if cookie else "", headers.get(b"last-event-id", asked)[:200]


async def left(receive: Callable) -> None:
    """Return when the page has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass

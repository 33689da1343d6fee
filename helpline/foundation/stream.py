"""One open page: what its stream asks, tells and waits for."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

HEARTBEAT = 15  # seconds at most between two looks at whether this person may still read
FAREWELL = 2  # seconds a page that does not read is given to take the end of its stream
FRESH = 6  # seconds that a sign of writing lasts


class Ended(Exception):
    """This page may not be told more (404), or cannot be for now (503)."""

    def __init__(self, status: int = 404) -> None:
        super().__init__(status)
        self.status = status


class Writing:
    """Hung on a bell beside a stream: remembers for seconds that somebody is writing."""

    __slots__ = ("_until", "_woken")

    def __init__(self, woken: asyncio.Event) -> None:
        self._woken = woken
        self._until = 0.0

    def set(self) -> None:
        """It rang: wake the page."""
        self._until = time.monotonic() + FRESH
        self._woken.set()

    def taken(self) -> bool:
        """Whether it rang since this was last asked."""
        fresh, self._until = self._until > time.monotonic(), 0.0
        return fresh


class Stream:
    """One open page: its function asks with `read`, tells with `send` and waits with `bell`."""

    __slots__ = ("_ask", "_pause", "_rung", "_send", "_signs", "_woken", "begun", "position")
    __slots__ += ("tower", "writing")

    def __init__(
        self,
        send: Callable,
        ask: Callable,
        *,
        position: str,
        pause: float,
        tower: Any,
        signs: bool = False,
    ) -> None:
        self.position = position  # what the page has seen, in the words of the last `id`
        self.tower = tower  # where the stream may hang itself on further bells
        self._woken = asyncio.Event()
        self.writing = Writing(self._woken)
        self._rung = False
        self._send = send
        self._ask = ask
        self._pause = pause
        self._signs = signs  # whether a sign of writing is told as it comes, without asking
        self.begun = False

    @property
    def number(self) -> int:
        """The last line the page has seen; 0 if none, or if it claims something else."""
        return number_in(self.position)

    def sign(self) -> Writing:
        """One more sign of writing that wakes this page."""
        return Writing(self._woken)

    def set(self) -> None:
        """The bell rang for this page."""
        self._rung = True
        self._woken.set()

    async def read(self, question: Callable, *args: Any) -> Any:
        """The answer to `question(who, *args)`, asked in a thread that may use the database.

        Who asks is looked up afresh each time. The stream ends at once when they may not know any
        more or the question answers None; before the first answer the page gets a 404 instead.
        """
        try:
            answer = await self._ask(self.position, question, args)
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
            self.position = str(id)
            told.append(f"id: {id}")
        await self._tell("\n".join(told).encode() + b"\n\n")

    async def bell(self) -> bool:
        """Wait for the bell (True) or the heartbeat (False); after either, `read` asks afresh.

        Heartbeats are spread, so that pages that came together do not ask together for ever.
        """
        try:
            async with asyncio.timeout(HEARTBEAT * (70 + secrets.randbelow(31)) / 100):
                await self._stirred()
        except TimeoutError:
            await self._tell(b":\n\n")
            return False
        if self._pause:
            await asyncio.sleep(self._pause)
        self._rung = False
        return True

    async def _stirred(self) -> None:
        """Wait for a reason to ask; that somebody writes is none where it can be told alone."""
        while not self._rung:
            await self._woken.wait()
            self._woken.clear()
            if self._rung or not self._signs:
                return
            if self.writing.taken():
                await self.send("now", event="writing")

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


def number_in(position: str) -> int:
    """The number of a line in a page's position; 0 for anything else."""
    fits = position.isascii() and position.isdigit() and len(position) < 10
    return int(position) if fits else 0


async def refuse(send: Callable, status: int) -> None:
    """Answer without a word: nobody reads what an EventSource is refused with."""
    headers = [(b"retry-after", b"30")] if status == 503 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body"})

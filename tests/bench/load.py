"""Browsers without a browser: `python -m tests.bench.load` reads an order and answers with times.

A process of its own that knows no Django, so that it costs the machine as little as it can. The
order, in JSON on standard input:

    port      where the server listens
    people    of each their `Cookie` header and the token of their forms
    streams   of each its path and its `Cookie` header; all stay open to the end
    lines     [when, person, length, mark]: sent at that moment, ready or not
    others    marks of lines that somebody else says, to be waited for
    clients   how many people at once say one line after another, and for how many `seconds`
    pages     of each its path and its `Cookie` header, loaded in turn by `readers` browsers

`{"open": …}` is said on standard output once every stream is open; then a line on standard input
lets the work begin. Times are those of the machine's own clock, which every process shares.
"""

import asyncio
import json
import re
import resource
import sys
import time
import uuid
from contextlib import suppress

MARK = re.compile(rb"#(\d+)#")
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PATIENCE = 10  # seconds


def now() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class Page(asyncio.Protocol):
    """One kept connection: one request at a time, and whether its answer was the one hoped for."""

    def __init__(self) -> None:
        self.buffer = b""
        self.answer: asyncio.Future | None = None

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if found and len(rest) >= (int(length[1]) if length else 0):
            self.buffer = b""
            if not self.answer.done():
                self.answer.set_result(int(head[9:12]))

    def connection_lost(self, problem) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_result(0)

    async def ask(self, request: bytes) -> int:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


class Stream(asyncio.Protocol):
    """An open stream: when which mark came, and whether it is open."""

    def __init__(self, request: bytes, seen: dict[int, float]) -> None:
        self.request = request
        self.seen = seen
        self.rest = b""
        self.open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if not self.open.done() and b"event: " in data:
            self.open.set_result(True)
        whole, _end, self.rest = (self.rest + data).rpartition(b"\n\n")
        at = now()
        for mark in MARK.findall(whole):
            self.seen.setdefault(int(mark), at)

    def connection_lost(self, problem) -> None:
        if not self.open.done():
            self.open.set_result(False)


def get(path: str, cookie: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


class Load:
    """One order, carried out."""

    def __init__(self, order: dict) -> None:
        self.order = order
        self.sent: dict[int, float] = {}
        self.seen: dict[int, float] = {}
        self.taken: dict[int, float] = {}  # when each line was answered as stored
        self.refused: list[int] = []  # the statuses
        self.pages = 0

    async def connected(self, protocol=Page):
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(protocol, "127.0.0.1", self.order["port"]))[1]

    async def open(self) -> int:
        """Open every stream, some at a time; how many are."""
        self.streams, some = [], 50
        requests = [get(*stream) for stream in self.order.get("streams", [])]
        for at in range(0, len(requests), some):
            opened = [
                await self.connected(lambda r=request: Stream(r, self.seen))
                for request in requests[at : at + some]
            ]
            self.streams += opened
            await asyncio.wait([one.open for one in opened], timeout=PATIENCE)
        return sum(one.open.done() and one.open.result() for one in self.streams)

    def said(self, person: int, length: int, mark: int) -> bytes:
        """The form of one line, as the page's script sends it."""
        cookie, secret = self.order["people"][person]
        text = f"%23{mark}%23+" + "a" * length
        body = f"csrfmiddlewaretoken={secret}&nonce={uuid.uuid4()}&text={text}"
        return (
            "POST /chat/say/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Script: 1\r\n"
            "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"
            f"Cookie: {cookie}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    async def say(self, page: Page, person: int, length: int, mark: int) -> None:
        request = self.said(person, length, mark)
        self.sent[mark] = now()
        if (status := await page.ask(request)) == 204:
            self.taken[mark] = now()
        else:
            self.refused.append(status)

    async def replay(self) -> None:
        """Each line at its moment, over the connection of its person."""
        pages: dict[int, Page] = {}
        begun, under_way = now(), set()
        for at, person, length, mark in self.order.get("lines", []):
            await asyncio.sleep(max(0.0, begun + at - now()))
            free = pages.pop(person, None) or await self.connected()
            task = asyncio.create_task(self.say(free, person, length, mark))
            task.add_done_callback(lambda _task, who=person, page=free: pages.update({who: page}))
            under_way.add(task)
        if under_way:
            await asyncio.wait(under_way, timeout=PATIENCE)

    async def talk(self, client: int, until: float) -> None:
        """Say one line after another, as many people in turn as there are for each client."""
        page, clients = await self.connected(), self.order["clients"]
        mine = range(client, len(self.order["people"]), clients)
        turn = 0
        while now() < until:
            mark = client + clients * turn
            await self.say(page, mine[turn % len(mine)], 40, mark)
            turn += 1

    async def read(self, reader: int) -> None:
        """Load pages until told to stop."""
        page, turn = await self.connected(), reader
        while True:
            path, cookie = self.order["pages"][turn % len(self.order["pages"])]
            if await page.ask(get(path, cookie)) != 200:
                raise SystemExit(f"{path} was not shown.")
            self.pages += 1
            turn += 1

    async def work(self) -> dict:
        """Everything at once; what was measured."""
        begun = now()
        reading = [asyncio.create_task(self.read(n)) for n in range(self.order.get("readers", 0))]
        talking = [
            self.talk(n, begun + self.order["seconds"]) for n in range(self.order.get("clients", 0))
        ]
        await asyncio.gather(self.replay(), *talking)
        took = now() - begun
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE if self.streams else 0):
                while (self.taken.keys() | set(self.order.get("others", []))) - self.seen.keys():
                    await asyncio.sleep(0.01)
        return {
            "seconds": took,
            "sent": self.sent,
            "seen": self.seen,
            "taken": self.taken,
            "refused": self.refused,
            "pages": self.pages / took,
        }


async def main() -> None:
    _least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 1 << 16) if most > 0 else 1 << 16, most))
    load = Load(json.loads(sys.stdin.readline()))
    tell({"open": await load.open()})
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.readline)
    tell(await load.work())


def tell(what: dict) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        import uvloop
    except ImportError:
        asyncio.run(main())
    else:
        uvloop.run(main())

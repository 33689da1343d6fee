"""The bell of a process: it listens for ever, and takes nobody's place when it begins anew."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from threading import Event

import pytest
import uvloop
from django.db import connection

from helpline.foundation import live
from helpline.foundation.live import Bell
from tests.racing import until
from tests.serving import kill_listener

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 40  # more than there are numbers of descriptors free below


class Arriving(Bell):
    """A bell in whose process pages arrive in the very moment in which it loses its connection."""

    def __init__(self):
        super().__init__()
        self.pages, self.heard = [], set()

    def _hear(self, raw, lost):
        super()._hear(raw, lost)
        if lost.done() and not self.pages:
            self.pages = [socket.socketpair() for _ in range(MANY)]
            for number, (here, _there) in enumerate(self.pages):
                asyncio.get_running_loop().add_reader(here, self.read, number)

    def read(self, number):
        self.pages[number][0].recv(1)
        self.heard.add(number)


@contextmanager
def listening(bell):
    """`bell` listens meanwhile, in a loop of its own."""
    enough = Event()

    async def listen():
        task = asyncio.create_task(bell.listen())
        await asyncio.to_thread(enough.wait)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    with ThreadPoolExecutor(1) as thread:  # this one may hold a browser's loop already
        listened = thread.submit(uvloop.run, listen())
        try:
            yield
        finally:
            enough.set()
            listened.result()


def test_whoever_arrives_while_the_bell_is_lost_is_heard_all_the_same():
    """A page gets the number that the lost connection had; it must not go unheard."""
    bell = Arriving()
    with ExitStack() as ends, listening(bell):
        until(lambda: bell.rounds == 1)
        assert kill_listener() == 1
        until(lambda: bell.rounds == 2)
        for here, there in bell.pages:
            ends.enter_context(here)
            ends.enter_context(there).send(b"?")
        until(lambda: len(bell.heard) == MANY)


def test_the_bell_listens_again_whatever_went_wrong(monkeypatch):
    """A process without a bell would look alive and tell no page anything."""
    problems = [RuntimeError(), OSError(24, "Too many open files")]
    connect = live.listening_connection

    def listening_connection():
        if problems:
            raise problems.pop()
        return connect()

    monkeypatch.setattr(live, "listening_connection", listening_connection)
    monkeypatch.setattr(live, "RETRY", 0.01)
    bell = Bell()
    with listening(bell):
        until(lambda: bell.rounds == 1)
    assert not problems


def test_whoever_speaks_or_listens_to_a_database_that_vanishes_finds_out():
    """J03: a machine that is gone says nothing, and its kernel waits a quarter of an hour."""
    with closing(live.listening_connection()) as listening, connection.cursor():
        for raw in (listening, connection.connection):
            told = raw.info.dsn_parameters
            assert int(told["connect_timeout"]) <= 5
            assert int(told["tcp_user_timeout"]) <= 20_000
            assert int(told["keepalives_idle"]) <= 15
            assert "tcp_user_timeout=20000" in told["options"]

"""Two people at the same moment: threads with connections of their own, and no sleeping."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from django.db import connection

PATIENCE = 30  # seconds anything in a race may take


@contextmanager
def rivals(count: int = 1) -> Iterator[Callable[..., Future]]:
    """Start work in other threads; their connections are closed before the test goes on."""

    def start(work: Callable, *args, **options) -> Future:
        def run():
            try:
                return work(*args, **options)
            finally:
                connection.close()

        return pool.submit(run)

    with ThreadPoolExecutor(count) as pool:
        yield start


def until(happened: Callable[[], object], patience: float = PATIENCE) -> None:
    """Return as soon as something is so; fail when it does not come about."""
    end, tick = time.monotonic() + patience, Event()
    while not happened():
        assert time.monotonic() < end, f"{happened} never came about."
        tick.wait(0.002)


def somebody_waits() -> bool:
    """Whether a connection to this test's database waits for a lock that another holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or it repeats its first answer
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0)"
        )
        return cursor.fetchone()[0]


def everybody_left() -> bool:
    """Whether nobody else works in this test's database or holds a lock there.

    What a killed process had asked for may still be under way, and its locks are still held.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity AS other"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND (state <> 'idle' OR EXISTS (SELECT FROM pg_locks WHERE pid = other.pid)))"
        )
        return cursor.fetchone()[0]


def outcome(future: Future):
    """What a rival returned, or the exception that stopped it."""
    return future.exception(PATIENCE) or future.result()

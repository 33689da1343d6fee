"""People who go on chatting: a process that stores one line after another and times each."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

EVERY = 0.01  # seconds from one line to the next: a hundred a second
INSERT = (
    "INSERT INTO contacts_line (contact_id, number, speaker, said_at, text)"
    " VALUES (%s, %s, 'person', now(), %s)"
)


def insert(dsn: dict, contact: str, first: int, stop, answers) -> None:
    """Store a line every hundredth of a second until told to stop; answer how long each took."""
    there = psycopg2.connect(**dsn)
    there.autocommit = True
    cursor, words, taken, number = there.cursor(), os.urandom(93), [], first
    while not stop.is_set():
        begun = time.perf_counter()
        cursor.execute(INSERT, (contact, number, words))
        taken.append(time.perf_counter() - begun)
        number += 1
        time.sleep(max(0.0, EVERY - taken[-1]))
    answers.put(taken)


@contextmanager
def live_inserts(dsn: dict, contact, first: int) -> Iterator[list[float]]:
    """Lines stored meanwhile by another process; afterwards the list says how long each took."""
    context = multiprocessing.get_context("spawn")
    stop, answers = context.Event(), context.Queue()
    other = context.Process(target=insert, args=(dsn, str(contact), first, stop, answers))
    taken: list[float] = []
    other.start()
    try:
        yield taken
    finally:
        stop.set()
        taken += answers.get(timeout=60)
        other.join()

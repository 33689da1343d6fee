"""Rows 3 and 4: many open pages; lines come as fast and as unevenly as real people write them."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread

from django.conf import settings
from django.db import connection

from contacts.chat.saying import PACE
from contacts.models import Speaker
from tests import chats
from tests.bench.pages import Browser
from tests.bench.stage import dsn
from tests.bench.table import RUNS, Row, median, ms, p99, several
from tests.bench.web import Browsers, connections, cookie_of, memory, stream_of, web
from tests.speaking import Person, a_person

OPEN = 500  # streams while lines are said
TALKING = 400  # chats of them that begin within an hour, of which a stretch is replayed
A_SECOND = 50  # lines
SECONDS = 20
HOUR = 3600  # seconds
PAUSE = 60  # seconds: whoever was silent for longer is taken to have been away so long
READERS = 2  # browsers that load one page after another meanwhile
MANY = 2_000  # streams of which the memory is told


def measure(tenth: bool, staff) -> list[Row]:
    people = [a_person(staff) for _ in range(MANY)]
    return [*delivery(tenth, people[:OPEN], staff), *at_rest(people)]


def delivery(tenth: bool, people: list[Person], staff) -> list[Row]:
    """How long a line is under way from the moment it is sent to the page that shows it."""
    ours, bares, pages = [], [], []
    seconds = SECONDS / 4 if tenth else SECONDS
    pages_of = [("/", ""), ("/chat/", cookie_of(people[-1]))]
    pages_of.append((people[-2].contact.get_absolute_url(), Browser(staff).cookie))
    for run in range(RUNS):
        lines = replay(run, seconds)
        with bare(people) as port:
            bares.append(under_way(port, people, lines, None)[0])
        with web() as (port, _pid):
            took, loaded = under_way(port, people, lines, pages_of)
            ours.append(took)
            pages.append(loaded)
    half, most = [median(run) for run in ours], [p99(run) for run in ours]
    limits = [median([median(run) for run in bares]), median([p99(run) for run in bares])]
    beside = f"{median(pages):.0f} pages/s"
    return [
        Row(
            f"3 delivery, {OPEN} streams, {A_SECOND} lines/s, {beside}: p50",
            ms(median(half)),
            f"no framework, no pages {ms(limits[0])}",
            "≤ 10 ms",
            median(half) <= 0.010,
            several(half, ms),
        ),
        Row(
            "3 … p99",
            ms(median(most)),
            f"no framework, no pages {ms(limits[1])}",
            "≤ 40 ms",
            median(most) <= 0.040,
            several(most, ms),
        ),
    ]


def replay(seed: int, seconds: float) -> list[tuple[float, int, str, int]]:
    """Lines of real chats: when, in which chat, on which side, how long.

    The chats begin at any moment of an hour. A stretch of that hour that has as many lines as are
    wanted is pressed into so many seconds; within it each chat keeps its own rhythm.
    """
    rng, wanted = random.Random(seed), round(A_SECOND * seconds)
    some = rng.sample(list(chats.all_chats().values()), TALKING)
    lines = [
        (began + at, number, side, length)
        for number, chat in enumerate(some)
        for began in [rng.uniform(0, HOUR)]
        for at, side, length in rhythm(chat)
    ]
    lines = list(unslowed(sorted(line for line in lines if line[0] > HOUR / 2)))[:wanted]
    first, last = lines[0][0], lines[-1][0]
    return [((line[0] - first) / (last - first) * seconds, *line[1:]) for line in lines]


def unslowed(lines: list[tuple]) -> Iterator[tuple]:
    """Without what a person says beyond the pace at which a chat is slowed: in a stretch that is
    pressed together, whoever really wrote quickly would be refused (I03)."""
    said: Counter[int] = Counter()
    for line in lines:
        said[line[1]] += line[2] == Speaker.PERSON
        if said[line[1]] < PACE:
            yield line


def rhythm(chat: list[dict]) -> Iterator[tuple[float, str, int]]:
    """One chat from its first line on: when, on which side, how long."""
    at, before, first = 0.0, None, chat[0]["sender"]
    for said in chat:
        moment = datetime.fromisoformat(said["timestamp"])
        at += min(PAUSE, (moment - before).total_seconds()) if before else 0
        before = moment
        side = Speaker.PERSON if said["sender"] == first else Speaker.WORKER
        yield at, side, min(len(said["text"]), 1000)


def under_way(port: int, people: list[Person], lines, pages) -> tuple[list[float], float]:
    """Seconds of each line from being sent to being shown, and the pages loaded beside.

    The worker's side is said by the worker's verb, in this process.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contacts_line")  # no page shows a mark of another run
    numbered = [
        (at, chat, side, length, mark) for mark, (at, chat, side, length) in enumerate(lines)
    ]
    theirs = [one for one in numbered if one[2] == Speaker.WORKER and pages]
    own = [
        (at, n, length, mark)
        for at, n, side, length, mark in numbered
        if (side == Speaker.PERSON or not pages)
    ]
    order = {
        "lines": own,
        "others": [one[4] for one in theirs],
        "pages": pages or [],
        "readers": READERS if pages else 0,
    }
    with Browsers(port, people, list(map(stream_of, people)), **order) as browsers:
        sent: dict[int, float] = {}
        other = Thread(target=answer, args=(people, theirs, sent))
        browsers.begin()
        other.start()
        measured = browsers.heard()
        other.join()
    sent |= {int(mark): at for mark, at in measured["sent"].items()}
    seen = {int(mark): at for mark, at in measured["seen"].items()}
    if measured["refused"] or len(seen.keys() & sent.keys()) < len(lines):
        raise SystemExit(f"{len(lines) - len(seen)} lines were not shown.")
    return [seen[mark] - at for mark, at in sent.items()], measured["pages"]


def answer(people: list[Person], lines, sent: dict[int, float]) -> None:
    """The worker's lines, each at its moment."""
    begun = now()
    for at, chat, _side, length, mark in lines:
        time.sleep(max(0.0, begun + at - now()))
        sent[mark] = now()
        people[chat].contact.say(Speaker.WORKER, f"#{mark}# " + "a" * length)
    connection.close()


def now() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC)


@contextmanager
def bare(people: list[Person]) -> Iterator[int]:
    """The program without a framework: its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    contacts = {cookie_of(one): str(one.contact.pk) for one in people}
    process.stdin.write(json.dumps({"dsn": dsn(), "contacts": contacts}).encode() + b"\n")
    process.stdin.flush()
    try:
        yield int(process.stdout.readline())
    finally:
        process.communicate(b"\n")


def at_rest(people: list[Person]) -> list[Row]:
    """What open streams cost that nobody talks in."""
    sizes, joined = [], []
    for _ in range(RUNS):
        with web() as (port, pid):
            streams = [stream_of(one) for one in people]
            with Browsers(port, people[:1], streams[: MANY // 10]):
                pass  # what the first ones make stays for all
            before = memory(pid)
            with Browsers(port, people[:1], streams):
                sizes.append((memory(pid) - before) / len(people))
                joined.append(connections())
    shared = settings.STREAM_READERS + 2  # however many streams there are
    return [
        Row(
            f"4 memory of an open stream, {MANY:,} open",
            kilobytes(median(sizes)),
            "–",
            "≤ 40 KB",
            median(sizes) <= 40 * 1024,
            several(sizes, kilobytes),
        ),
        Row(
            "4 … database connections of all of them",
            f"{median(joined):.0f}",
            f"{settings.STREAM_READERS} readers, the bell, the post: {shared}",
            f"≤ {shared}",
            max(joined) <= shared,
            several(joined, str),
        ),
    ]


def kilobytes(size: float) -> str:
    return f"{size / 1024:.1f} KB"

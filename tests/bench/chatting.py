"""Rows 1 and 2: lines said through the page's own form, beside a program that has no framework."""

import os
import time
import uuid

import psycopg2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg2.extras import execute_values

from contacts.models import Line
from tests.bench.stage import dsn
from tests.bench.table import RUNS, Row, median, several, thousands, times
from tests.bench.web import Browsers, stream_of, web
from tests.speaking import a_person

SECONDS = 4  # of one run
PEOPLE = 1600  # so many that nobody says more than thirty lines in ten seconds
LIVE_HELPER_CHAT = {8: 861, 64: 799}  # lines a second that it accepted and stored, unsealed
GROUP = 32
INSERT = "INSERT INTO contacts_line (contact_id, number, speaker, said_at, text) VALUES %s"


def measure(tenth: bool, staff) -> list[Row]:
    """Accepted, stored and delivered, by one web process, with 8 and with 64 at once."""
    seconds = SECONDS / 4 if tenth else SECONDS
    people = [a_person(staff) for _ in range(PEOPLE)]
    streams = [stream_of(one) for one in people]
    single, grouped, rates = [], [], {8: [], 64: []}
    with web() as (port, _pid):
        for _ in range(RUNS):
            contact = a_person(staff).contact
            single.append(bare(contact.pk, 1, seconds / 2))
            grouped.append(bare(contact.pk, GROUP, seconds / 2))
            for clients, found in rates.items():
                order = {"clients": clients, "seconds": seconds}
                with Browsers(port, people, streams, **order) as browsers:
                    browsers.begin()
                    found.append(delivered(browsers.heard()))
    limit = f"one a commit {thousands(median(single))}, {GROUP} {thousands(median(grouped))}"
    return [row(clients, found, single, limit) for clients, found in rates.items()]


def row(clients: int, found: list[float], single: list[float], limit: str) -> Row:
    """One number of people at once."""
    ratio = median([ours / bare for ours, bare in zip(found, single, strict=True)])
    peer = LIVE_HELPER_CHAT[clients]
    return Row(
        f"1, 2 lines said and delivered, {clients} at once",
        thousands(median(found)),
        limit,
        f"≥ 0.25× one a commit (is {times(ratio)}), ≥ {peer}/s",
        ratio >= 0.25 and median(found) >= peer,
        several(found, thousands),
    )


def delivered(measured: dict) -> float:
    """Lines a second, from the first one sent to the last one answered; every one was shown."""
    if measured["refused"] or measured["taken"].keys() - measured["seen"].keys():
        raise SystemExit("A line was refused, or stored and not shown.")
    return len(measured["taken"]) / measured["seconds"]


def bare(contact: uuid.UUID, group: int, seconds: float) -> float:
    """Lines a second that a bare loop seals, stores and rings for, so many in a transaction."""
    first = (
        Line.objects.filter(contact=contact).order_by("-number").first() or Line(number=0)
    ).number
    there = psycopg2.connect(**dsn())
    cursor, cipher, words = there.cursor(), AESGCM(AESGCM.generate_key(256)), b"a" * 64
    begun, number = time.perf_counter(), first
    while time.perf_counter() - begun < seconds:
        rows = []
        for _ in range(group):
            number += 1
            nonce = os.urandom(12)
            sealed = nonce + cipher.encrypt(nonce, words, b"%d" % number)
            rows.append((str(contact), number, "person", "2026-01-01", sealed))
        execute_values(cursor, INSERT, rows)
        cursor.execute("SELECT pg_notify('live', %s)", [f"bare:{contact}"])
        there.commit()
    there.close()
    return (number - first) / seconds

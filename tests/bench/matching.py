"""Row 8: finding one of a million records again, against the primary key in the same run."""

import io
import itertools
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction

from contacts import matching
from contacts.finding import candidates, picked
from contacts.matching import Told, best
from contacts.models import ServiceUser
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault import ring
from helpline.foundation.vault.sealed import seal
from tests.bench.filling import defaults
from tests.bench.table import RUNS, Row, median, ms, p99, several, times
from tests.name_pairs import GIVEN, SURNAMES

PEOPLE = 1_000_000
CHUNK = 50_000
ROUNDS = 2_000
LOOKED_FOR = 1_000
PARTS = ("al", "an", "ar", "be", "bo", "ca", "da", "el", "fa", "gi", "ha", "ka", "le", "mo", "na")
ENDS = ("don", "ham", "ley", "man", "ovic", "sen", "son", "ton", "wala", "wick", "ster", "ros")
COLUMNS = (
    *("id", "service", "status", "key_id", "names", "born", "phone", "announce"),
    *("last_contact_on", "phone_hash", "near"),
)


def measure(tenth: bool, staff: Staff) -> list[Row]:
    """An exact look-up by telephone, and a near one by name and birthday."""
    chance = random.Random(8)
    count = PEOPLE // 10 if tenth else PEOPLE
    known = fill(count, chance)
    keys, phones = [pk for pk, _ in known], [told.phone for _, told in known]
    hashes = [matching.hashes(phone=phone).phone_hash for phone in phones]
    by_key = "SELECT id FROM contacts_serviceuser WHERE id = %s"
    by_hash = "SELECT id FROM contacts_serviceuser WHERE phone_hash = %s"
    floor, exact, half, slow = [], [], [], []
    for _ in range(RUNS):
        floor.append(median(list(timed(by_key, keys))))
        exact.append(median(list(timed(by_hash, hashes))))
        taken = sorted(looked_for(staff, known, chance))
        half.append(median(taken))
        slow.append(p99(taken))
    share = median(exact) / median(floor)
    found = found_again(staff, known, chance)
    return [
        Row(
            f"8 exact look-up of {count:,} people",
            ms(median(exact)),
            f"primary key {ms(median(floor))} ({several(floor, ms)})",
            f"≤ 1.3× (is {times(share)})",
            share <= 1.3,
            several(exact, ms),
        ),
        Row(
            "8 near look-up, SQL, p50",
            ms(median(half)),
            f"primary key {ms(median(floor))}",
            "≤ 2 ms",
            median(half) <= 0.002,
            several(half, ms),
        ),
        Row(
            "8 near look-up, SQL, p99",
            ms(median(slow)),
            f"{found:.1%} found again among all",
            "≤ 30 ms",
            median(slow) <= 0.030 and found >= 0.95,
            several(slow, ms),
        ),
    ]


def timed(statement: str, values: list) -> Iterator[float]:
    """Each look-up by itself, on one open cursor."""
    with connection.cursor() as cursor:
        for value in itertools.islice(itertools.cycle(values), ROUNDS):
            begun = time.perf_counter()
            cursor.execute(statement, [value])
            cursor.fetchall()
            yield time.perf_counter() - begun


def looked_for(staff: Staff, known: list, chance: random.Random) -> Iterator[float]:
    """The statement of a near look-up, its rows fetched, for people who tell it otherwise."""
    asked = [statement(staff, otherwise(told, chance)) for _, told in known[:LOOKED_FOR]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql, values in asked:
            begun = time.perf_counter()
            cursor.execute(sql, values)
            cursor.fetchall()
            yield time.perf_counter() - begun


def statement(staff: Staff, told: Told) -> tuple[str, tuple]:
    """The product's own SQL for one look-up."""
    return candidates(told, staff).query.sql_with_params()


def found_again(staff: Staff, known: list, chance: random.Random) -> float:
    """How many of those asked for stand among the records that are offered."""
    found = 0
    for pk, told in known[:LOOKED_FOR]:
        asked = otherwise(told, chance)
        rows = [(row, Told(row.names, row.born)) for row in picked(asked, staff)]
        found += pk in {row.pk for row in best(asked, rows, least=2)}
    return found / LOOKED_FOR


def otherwise(told: Told, chance: random.Random) -> Told:
    """The same person's name and birthday, told in another way."""
    given, surname = told.names.split()
    at = chance.randrange(1, len(surname))
    slip = surname[:at] + chance.choice("aeiournst") + surname[at + 1 :]
    year, month, day = told.born.split("-")
    ways: list[Callable[[], tuple[str, str]]] = [
        lambda: (f"{given} {surname}", told.born),
        lambda: (f"{surname}, {given}", told.born),
        lambda: (f"{given} {slip}", told.born),
        lambda: (f"{given} Jo {surname}", told.born),
        lambda: (f"{given} {surname}", f"{year}-{day}-{month}" if int(day) <= 12 else told.born),
    ]
    name, born = chance.choice(ways)()
    return Told(names=name, born=born)


def surnames(chance: random.Random) -> list[str]:
    """A few that many share and many that few do, as in a real register."""
    rare = {"".join(chance.choices(PARTS, k=2)) + chance.choice(ENDS) for _ in range(3_000)}
    return [*SURNAMES, *(name.title() for name in sorted(rare))]


def fill(count: int, chance: random.Random) -> list[tuple[uuid.UUID, Told]]:
    """So many records by COPY, their words really sealed; some of them, to be looked for."""
    names = surnames(chance)
    weights = [1 / (rank + 3) for rank in range(len(names))]
    some: list[tuple[uuid.UUID, Told]] = []
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX service_user_near")
        for begin in range(0, count, CHUNK):
            size = min(CHUNK, count - begin)
            people = [
                Told(
                    names=f"{chance.choice(GIVEN)} {surname}",
                    born=(date(1945, 1, 1) + timedelta(chance.randrange(23_500))).isoformat(),
                    phone=f"07{chance.randrange(10**9):09}",
                )
                for surname in chance.choices(names, weights, k=size)
            ]
            some += copied(cursor, people)[: 2 * LOOKED_FOR * CHUNK // count + 1]
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute("CREATE INDEX service_user_near ON contacts_serviceuser USING gin (near)")
        cursor.execute("VACUUM ANALYZE contacts_serviceuser")
    chance.shuffle(some)
    return some


def copied(cursor, people: list[Told]) -> list[tuple[uuid.UUID, Told]]:
    """These people as rows of both tables."""
    epoch = ring.newest().number
    wrap, places = ring.cipher(epoch), _places()
    others = defaults(ServiceUser, COLUMNS)
    same = [str(each) for each in others.values()]
    keys, rows, made = io.StringIO(), io.StringIO(), []
    for told in people:
        pk, key_pk, raw, nonce = uuid.uuid4(), uuid.uuid4(), os.urandom(32), os.urandom(12)
        wrapped = nonce + wrap.encrypt(nonce, raw, key_pk.bytes + b"%d" % epoch)
        keys.write(f"{key_pk}\t{epoch}\t\\\\x{wrapped.hex()}\n")
        cipher = AESGCM(raw)
        words = [
            "\\\\x" + seal(cipher, getattr(told, name), field.place(pk)).hex()
            for name, field in places.items()
        ]
        found_by = matching.hashes(**told._asdict())
        near = "{" + ",".join(found_by.near) + "}"
        plain = [found_by.phone_hash, near]
        start = [str(pk), "helpline", "kept", str(key_pk)]
        rows.write(
            "\t".join([*start, *words, "not-asked", str(london_today()), *plain, *same]) + "\n"
        )
        made.append((pk, told))
    for table, columns, data in (
        ("vault_datakey", ("id", "epoch", "wrapped"), keys),
        ("contacts_serviceuser", (*COLUMNS, *others), rows),
    ):
        data.seek(0)
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", data)
    return made


def _places() -> dict:
    return {name: ServiceUser._meta.get_field(name) for name in ("names", "born", "phone")}

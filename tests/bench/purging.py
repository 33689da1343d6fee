"""Row 5: a backlog of two million lines goes while people chat, against one raw DELETE of it."""

import time
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from contacts.models import Contact
from contacts.models.contact import KEEP_MONTHS
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from privacy import retention
from privacy.models import Brake, Disposal, PurgeRun
from safeguarding.models import HeldContact, Hold
from tests.bench.filling import a_conversation, fill, settled
from tests.bench.inserting import live_inserts
from tests.bench.stage import dsn
from tests.bench.table import RUNS, Row, median, ms, p99, several, thousands, times

LINES = 2_000_000
PER_CONTACT = 40
HELD = 0.05
BEFORE = 8  # seconds of inserts with nothing beside them
TABLES = ("vault_datakey", "contacts_contact", "contacts_line")
TABLES += ("safeguarding_hold", "safeguarding_heldcontact")
RAW = (
    "DELETE FROM contacts_line WHERE contact_id IN (SELECT id FROM going)",
    "DELETE FROM contacts_contact WHERE id IN (SELECT id FROM going)",
    "DELETE FROM vault_datakey WHERE id IN (SELECT key_id FROM going)",
)


class Purge(NamedTuple):
    """One purge: lines a second, and the live inserts' seconds before it and during it."""

    rate: float
    before: list[float]
    during: list[float]


def measure(tenth: bool) -> list[Row]:
    """The purge's rate, and what those who chat meanwhile feel of it."""
    today = london_today()
    backlog(LINES // 10 if tenth else LINES, today)
    raw, purges = [], []
    for _ in range(RUNS):
        refill()
        raw.append(raw_delete(today))
        refill()
        purges.append(purge(today))
    return rows(raw, purges)


def rows(raw: list[float], purges: list[Purge]) -> list[Row]:
    rates = [one.rate for one in purges]
    share = median(rates) / median(raw)
    before = median([p99(one.before) for one in purges])
    during = median([p99(one.during) for one in purges])
    longest = [max(one.during) for one in purges]
    return [
        Row(
            "5 purge a backlog, lines live beside it",
            thousands(median(rates)),
            f"raw DELETE {thousands(median(raw))} ({several(raw, thousands)})",
            f"≥ 0.60× (is {times(share)})",
            share >= 0.6,
            several(rates, thousands),
        ),
        Row(
            "5 p99 of a live insert meanwhile",
            ms(during),
            f"before: {ms(before)}",
            f"≤ 3× (is {times(during / before)})",
            during <= 3 * before,
            several([p99(one.during) for one in purges], ms),
        ),
        Row(
            "5 longest live insert meanwhile",
            ms(median(longest)),
            f"before: {ms(median([max(one.before) for one in purges]))}",
            "≤ 15 ms",
            median(longest) <= 0.015,
            several(longest, ms),
        ),
    ]


def backlog(lines: int, today: date) -> None:
    """Contacts all due, one in twenty held, set aside to be put back before every run."""
    ended = timezone.now() - (today - add_months(today, -KEEP_MONTHS))
    count = lines // PER_CONTACT
    fill(
        count,
        lines=PER_CONTACT,
        first=ended - timedelta(days=90),
        last=ended - timedelta(days=3),
        held=HELD,
    )
    hold_them()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE UNLOGGED TABLE aside_{table} AS TABLE {table}")


def hold_them() -> None:
    """A hold with a sealed reason for every contact that is marked as held."""
    by = Staff.objects.create(email="supervisor@helpline.example", name="S", alias="supervisor")
    review, covers = add_months(london_today(), 3), []
    said = {"placed_by": by, "believed_by": by, "review_on": review}
    for contact in Contact.objects.filter(held=True).with_key():
        hold = Hold(service=contact.service, ground=Hold.Ground.HARMED_NOW, **said)
        held = HeldContact(hold=hold, contact=contact, key=contact.key)
        held.reason = "Two calls this week say that it goes on at home."
        covers.append(held)
    Hold.objects.bulk_create([held.hold for held in covers], batch_size=1000)
    HeldContact.objects.bulk_create(covers, batch_size=1000)


def refill() -> None:
    """The whole backlog again, as if nothing had gone."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("SET session_replication_role = replica")  # the rows were checked before
        for table in TABLES:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM aside_{table}")
        cursor.execute("SET session_replication_role = DEFAULT")
    settled()


def raw_delete(today: date) -> float:
    """Lines a second of deleting the same rows at one stroke, commit and constraints included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE going AS"
            " SELECT id, key_id FROM contacts_contact WHERE purge_on <= %s AND NOT held",
            [today],
        )
        cursor.execute("ANALYZE going")
        begun = time.perf_counter()
        with transaction.atomic():
            cursor.execute(RAW[0])
            lines = cursor.rowcount
            for statement in RAW[1:]:
                cursor.execute(statement)
        spent = time.perf_counter() - begun
        cursor.execute("DROP TABLE going")
    return lines / spent


def purge(today: date) -> Purge:
    """The product's own purge, whole, with lines being stored beside it."""
    live = a_conversation(1)
    agree_to_it()
    with live_inserts(dsn(), live.pk, 10) as before:
        time.sleep(BEFORE)
    with live_inserts(dsn(), live.pk, 1_000_000) as during:
        begun = time.perf_counter()
        run = retention.purge_all(today)
        spent = time.perf_counter() - begun
    if run.result != PurgeRun.Result.DONE:
        raise SystemExit(f"The purge ended as {run.result}.")
    lines = Disposal.objects.get(run=run).lines
    return Purge(lines / spent, before[100:], during)


def agree_to_it() -> None:
    """Two people have agreed to let so much go at once."""
    people = [
        Staff.objects.get_or_create(email=f"{n}@helpline.example", alias=n, name=n)[0] for n in "ab"
    ]
    Brake.objects.create(
        reason=Brake.Reason.TOO_MANY,
        status=Brake.Status.LIFTED,
        due=LINES,
        living=LINES,
        asked_by=people[0],
        lifted_by=people[1],
        lifted_at=timezone.now(),
    )

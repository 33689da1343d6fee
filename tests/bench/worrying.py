"""Row 12: the board of escalations at 200,000 of them, and what raising one costs."""

import random
import time
import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from contacts.channels import Channel
from contacts.handles import new_handle
from contacts.models import Contact
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from safeguarding.escalations import board
from safeguarding.escalations.kinds import Kind, Urgency
from safeguarding.models import Escalation
from tests.bench.filling import copy, settled
from tests.bench.pages import Browser, quickest
from tests.bench.table import RUNS, Row, median, ms, p99, several, times

ESCALATIONS = 200_000
OPEN = 2_000  # of them, as many as no helpline could look into
ROUNDS = 60
RAISED = 200
WITHIN = 0.050  # seconds
CLOSED_PLACE = ("closed", "support-plan")
OPEN_PLACES = (("raised", ""), ("acknowledged", ""), ("assessing", ""), ("acting", "disclose"))


def measure(tenth: bool, staff: Staff, browser: Browser) -> list[Row]:
    """The first paint of the board, and one worry raised in a chat that goes on."""
    count = ESCALATIONS // 10 if tenth else ESCALATIONS
    fill(count, staff)
    settled()
    raw, pages, raised, slowest = [], [], [], []
    for _ in range(RUNS):
        raw.append(quickest(lambda: raw_rows(staff), ROUNDS))
        pages.append(quickest(lambda: browser.get("/staff/escalations/"), ROUNDS))
        taken = raising(staff)
        raised.append(median(taken))
        slowest.append(p99(taken))
    share = median(pages) / median(raw)
    return [
        Row(
            f"12 board of {count:,} escalations",
            ms(median(pages)),
            f"raw SQL {ms(median(raw))} ({several(raw, ms)})",
            f"≤ 7× (is {times(share)})",
            share <= 7,
            several(pages, ms),
        ),
        Row(
            "12 raising one",
            ms(median(raised)),
            f"p99 {several(slowest, ms)}",
            f"≤ {ms(WITHIN)}",
            median(raised) <= WITHIN,
            several(raised, ms),
        ),
    ]


def raising(staff: Staff) -> list[float]:
    """The seconds that each takes, about a call of its own; every second one with words."""
    taken = []
    for number in range(RAISED):
        call = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=staff)
        words = {"said": "I have the tablets here"} if number % 2 else {}
        begun = time.perf_counter()
        Escalation.objects.escalate(
            call, by=staff, kind=Kind.SUICIDE, urgency=Urgency.IMMEDIATE, **words
        )
        taken.append(time.perf_counter() - begun)
    return taken


def raw_rows(staff: Staff) -> list[tuple]:
    """What the first page shows, by one statement and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(staff))
        return cursor.fetchall()


def statement(staff: Staff) -> tuple[str, tuple]:
    """The board's own SQL, made once."""
    if staff.pk not in _STATEMENTS:
        rows = board.escalations_of("open", staff).values_list(*board.COLUMNS, *board.PLACE)
        _STATEMENTS[staff.pk] = rows[: board.PAGE + 1].query.sql_with_params()
    return _STATEMENTS[staff.pk]


_STATEMENTS: dict = {}


def fill(count: int, staff: Staff) -> None:
    """Escalations of the last years, nearly all of them closed; their keys open nothing here."""
    rng, now, keep = random.Random(12), timezone.now(), add_months(london_today(), 72)
    rows, keys = [], []
    for number in range(count):
        is_open = number < OPEN
        status, decision = rng.choice(OPEN_PLACES) if is_open else CLOSED_PLACE
        ago = timedelta(minutes=rng.random() * (600 if is_open else 2_000_000))
        at, key = now - ago, uuid.uuid4()
        keys.append((key, 1, b"x"))
        looked = (staff.pk, at) if status != "raised" else (r"\N", r"\N")
        decided = (staff.pk, at) if decision else (r"\N", r"\N")
        ended = (r"\N", r"\N") if is_open else (at, keep)
        what = (rng.choice(Kind.values), rng.choice(Urgency.values), status, decision)
        limits = (at + timedelta(minutes=5), at + timedelta(minutes=15))
        made = (uuid.uuid4(), f"{new_handle(rng)}-{number}", "helpline", *what, "", "", key)
        rows.append(
            (*made, staff.pk, at, looked[0], limits[0], *looked, limits[1], *decided, *ended)
        )
    copy("vault_datakey", ("id", "epoch", "wrapped"), keys)
    copy("safeguarding_escalation", COLUMNS, rows)


COLUMNS = (
    *("id", "name", "service", "kind", "urgency", "status", "decision", "told_by_police"),
    "hold_proposal",
    *("key_id", "raised_by_id", "raised_at", "owner_id", "acknowledge_by", "acknowledged_by_id"),
    *("acknowledged_at", "decide_by", "decided_by_id", "decided_at", "closed_at", "keep_until"),
)

"""Row 13: the desk of a hundred thousand requests about data, and one person's file of 12,000
lines, opened from the database and written three ways."""

import random
import time
import tracemalloc
import uuid
from datetime import timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault import ring
from helpline.foundation.vault.sealed import seal
from privacy.bundle import making
from privacy.models import Bundle, Concern, RightsRequest
from privacy.models.review import ReviewChange, mark_of
from privacy.review.gathering import gather
from privacy.review.sources import all_opened
from privacy.rights import board
from privacy.rights.kinds import Found, Kind, Proof, Route, Status
from tests.bench import filling
from tests.bench.filling import KEY_COLUMNS, copy, settled
from tests.bench.pages import Browser, quickest
from tests.bench.table import RUNS, Row, median, ms, several, times

REQUESTS = 100_000
OPEN = 4_000  # of them, as many as nobody could answer
ROUNDS = 60
CHATS, LINES = 60, 200  # of one person: 12,000 lines
WITHIN = 0.5  # seconds
NOTHING = r"\N"
WORDS = b"I would like to see what you have about me, all of it, please."
COLUMNS = ("id", "reference", "key_id", "kind", "status", "route", "asker", "nation", "age")
COLUMNS += ("words", "received_on", "due_on", "statutory_on", "closed_on", "best_interests")
COLUMNS += ("extension", "proof", "proposed", "refusal", "logged_at")
STANDS = (Status.RECEIVED, Status.ACKNOWLEDGED, Status.LOCATING, Status.COLLECTING, Status.REVIEW)
STANDS += (Status.CLOCK_STOPPED, Status.APPROVAL, Status.WITHDRAWN)


def measure(tenth: bool, dpo: Staff, browser: Browser) -> list[Row]:
    """The desk and the file."""
    return [*desk(tenth, browser), *file(tenth, dpo)]


# The desk -----------------------------------------------------------------------------------------


def desk(tenth: bool, browser: Browser) -> list[Row]:
    """The first paint, against the rows that it shows."""
    count = REQUESTS // 10 if tenth else REQUESTS
    fill(count)
    settled()
    raw, pages = [], []
    for _ in range(RUNS):
        raw.append(quickest(raw_rows, ROUNDS))
        pages.append(quickest(lambda: browser.get("/staff/rights/"), ROUNDS))
    share = median(pages) / median(raw)
    return [
        Row(
            f"13 desk of {count:,} requests about data",
            ms(median(pages)),
            f"raw SQL {ms(median(raw))} ({several(raw, ms)})",
            f"≤ 7× (is {times(share)})",
            share <= 7,
            several(pages, ms),
        )
    ]


def raw_rows() -> None:
    """What the desk shows, by its own statements and nothing else."""
    with connection.cursor() as cursor:
        for sql, values in statements():
            cursor.execute(sql, values)
            cursor.fetchall()


def statements() -> list[tuple[str, tuple]]:
    """The lists' own SQL, made once."""
    if not _STATEMENTS:
        beside = (board.to_approve(), board.waiting(), board.to_tell())
        lists = [board.rows_of(board.running(), board.PAGE + 1)]
        lists += [board.rows_of(found, board.BESIDE + 1) for found in beside]
        _STATEMENTS.extend(rows.query.sql_with_params() for rows in lists)
    return _STATEMENTS


_STATEMENTS: list = []


def fill(count: int) -> None:
    """So many requests by COPY, their words really sealed; a few of them open."""
    chance, epoch = random.Random(13), ring.newest()
    wrap, handles = ring.cipher(epoch.number), filling._handles(chance)
    field = RightsRequest._meta.get_field("words")
    open_every = max(count // OPEN, 1)
    for begin in range(0, count, filling.CHUNK // 2):
        keys, rows = [], []
        for number in range(begin, min(begin + filling.CHUNK // 2, count)):
            pk, key_pk, raw = uuid.uuid4(), uuid.uuid4(), AESGCM.generate_key(256)
            nonce = raw[:12]
            wrapped = nonce + wrap.encrypt(nonce, raw, key_pk.bytes + b"%d" % epoch.number)
            keys.append((key_pk, epoch.number, wrapped))
            kind = chance.choice([Kind.ACCESS, Kind.ERASE, Kind.RECTIFY]).value
            words = seal(AESGCM(raw), WORDS.decode(), field.place(pk, kind))
            is_open = number % open_every == 0
            rows.append(row(pk, next(handles), key_pk, kind, words, is_open, chance))
        copy("vault_datakey", KEY_COLUMNS, keys)
        copy("privacy_rightsrequest", COLUMNS, rows)


def row(pk, handle, key_pk, kind, words, is_open, chance) -> tuple:
    """One request, of the last month or of the last three years."""
    received = london_today() - timedelta(chance.randrange(28) if is_open else 60 + pk.int % 900)
    status = chance.choice(STANDS) if is_open else Status.CLOSED
    due = add_months(received, 1)
    closed = NOTHING if is_open else due
    day = (received, due, due, closed)
    same = (status.value, Route.FORM.value, "self", "ENG", "not-said", words)
    return (pk, handle, key_pk, kind, *same, *day, "f", "", "", "", "", timezone.now().isoformat())


# The file -----------------------------------------------------------------------------------------


def file(tenth: bool, dpo: Staff) -> list[Row]:
    """Made from the database, line by line opened; then once more while its memory is watched."""
    chats = CHATS // 10 if tenth else CHATS
    whole, small = decided(chats, dpo), decided(max(chats // 10, 2), dpo)
    settled()
    taken, worked = [], []
    for _ in range(RUNS):
        made = Bundle.objects.begin(whole, by=dpo)
        begun, busy = time.perf_counter(), time.process_time()
        making.make(made)
        taken.append(time.perf_counter() - begun)
        worked.append(time.process_time() - busy)
    most, least = peak(whole, dpo), peak(small, dpo)
    limit = WITHIN / 10 if tenth else WITHIN
    return [
        Row(
            f"13 file of {chats * LINES:,} lines",
            ms(median(taken)),
            f"at work itself {several(worked, ms)}",
            f"≤ {ms(limit)}",
            median(taken) <= limit,
            several(taken, ms),
        ),
        Row(
            "13 memory of that",
            f"{most / 2**20:.1f} MB",
            f"{least / 2**20:.1f} MB for a tenth",
            "≤ 2×",
            most <= 2 * least,
            "–",
        ),
    ]


def peak(request: RightsRequest, dpo: Staff) -> int:
    """The most bytes that Python holds while a file is made."""
    made = Bundle.objects.begin(request, by=dpo)
    tracemalloc.start()
    making.make(made)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def decided(chats: int, dpo: Staff) -> RightsRequest:
    """A request about so many chats, of which every line leaves, as a second person approved."""
    before = set(Contact.objects.values_list("pk", flat=True))
    now = timezone.now()
    filling.fill(chats, lines=LINES, first=now - timedelta(days=300), last=now - timedelta(days=1))
    request = RightsRequest.objects.take_in(Kind.ACCESS, by=dpo, route=Route.CODE, words="All.")
    mine = Contact.objects.exclude(pk__in=before)
    Concern.objects.bulk_create(
        Concern(request=request, contact=each, found=Found.CODE) for each in mine
    )
    stands(request, Status.REVIEW, proof=Proof.CODE, preparer=dpo)
    gather(request, by=dpo)
    said = {"choice": "release", "health": "none"}
    items = list(request.items.all())
    shown = all_opened(items)
    ReviewChange.objects.bulk_create(
        ReviewChange(item=item, number=1, round=1, by=dpo, mark=mark_of(item, words), **said)
        for item, words in ((item, shown[item.pk].words) for item in items)
    )
    request.items.update(decided_by=dpo, **said)
    second = Staff.objects.exclude(pk=dpo.pk).first()
    ready = {"proposed": Status.RELEASED, "decided_by": second, "decided_on": london_today()}
    stands(request, Status.RELEASED, **ready)
    return request


def stands(request: RightsRequest, status: Status, **more) -> None:
    """The request in another state, with what that state asks for."""
    RightsRequest.objects.filter(pk=request.pk).update(status=status, **more)
    request.refresh_from_db(fields=["status", *more])

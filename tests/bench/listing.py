"""Row 7: the lists at a million contacts, against the SQL they cannot do without."""

from datetime import timedelta

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contacts import lists
from contacts.models import Contact
from helpline.foundation.staff.models import Staff
from tests.bench.filling import fill, settled
from tests.bench.pages import Browser, quickest
from tests.bench.table import RUNS, Row, median, ms, several, times

CONTACTS = 1_000_000
LATE_PAGE = 6_000
ROUNDS = 100


def measure(tenth: bool, staff: Staff, browser: Browser) -> list[Row]:
    """The first page of the team's list, and a page that nobody reaches by counting."""
    now = timezone.now()
    count = CONTACTS // 10 if tenth else CONTACTS
    fill(count, lines=0, first=now - timedelta(days=500), last=now - timedelta(days=1))
    settled()
    first = reverse("contact_list", args=["team"])
    late = f"{first}?after={position(LATE_PAGE // 10 if tenth else LATE_PAGE)}"
    raw, pages, late_pages = [], [], []
    for _ in range(RUNS):
        raw.append(quickest(lambda: raw_rows(staff), ROUNDS))
        pages.append(quickest(lambda: browser.get(first), ROUNDS))
        late_pages.append(quickest(lambda: browser.get(late), ROUNDS))
    share, later = median(pages) / median(raw), median(late_pages) / median(pages)
    return [
        Row(
            f"7 first page of 50 of {count:,} contacts",
            ms(median(pages)),
            f"raw SQL {ms(median(raw))} ({several(raw, ms)})",
            f"≤ 7× (is {times(share)})",
            share <= 7,
            several(pages, ms),
        ),
        Row(
            f"7 page {LATE_PAGE // 10 if tenth else LATE_PAGE:,}",
            ms(median(late_pages)),
            f"page 1: {ms(median(pages))}",
            f"≤ 1.20× (is {times(later)})",
            later <= 1.2,
            several(late_pages, ms),
        ),
    ]


def raw_rows(staff: Staff) -> list[tuple]:
    """What the first page shows, by one statement and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(staff))
        return cursor.fetchall()


def statement(staff: Staff) -> tuple[str, tuple]:
    """The list's own SQL, made once."""
    if staff.pk not in _STATEMENTS:
        rows = lists.contacts_of("team", staff)
        wanted = rows.values_list(*lists.COLUMNS, "worker__alias")[: lists.PAGE + 1]
        _STATEMENTS[staff.pk] = wanted.query.sql_with_params()
    return _STATEMENTS[staff.pk]


_STATEMENTS: dict = {}


def position(page: int) -> str:
    """Where a page begins, found once by counting, as its link would have said."""
    last = Contact.objects.newest_first()[(page - 1) * lists.PAGE - 1]
    return f"{last.rank}-{last.started_at:{lists.POSITION}}-{last.pk.hex}"

"""The on-call list as ready strings: who now, the next fortnight as a picture, and the gaps."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from helpline.foundation.calendar import LONDON, day_words, london_date, moment_words, span_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service
from safeguarding.escalations.clock import database_now
from safeguarding.models import Gap, OnCall, Post
from safeguarding.models.owning import able
from safeguarding.models.rota import WARN_AHEAD

DAYS = 14
LANE = 10  # units of the picture's height that each post has
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Bar(NamedTuple):
    """One stretch in the picture of its day: minutes from its midnight, and which post's lane."""

    begins: int
    lasts: int
    lane: int = 0


class Shift(NamedTuple):
    """One shift as the page lists it on one day."""

    pk: object
    who: str
    post: str
    words: str
    bar: Bar
    stands: bool
    over: bool


class Day(NamedTuple):
    """One day of one service."""

    label: str
    is_today: bool
    shifts: list[Shift]
    gaps: list[Bar]
    gap_words: str


class Rota(NamedTuple):
    """One service: who is on call now, what warns, and its next fortnight."""

    service: str
    label: str
    now: list[tuple[str, str]]
    warnings: list[str]
    days: list[Day]


def rotas(staff: Staff) -> list[Rota]:
    """The next fortnight of each of this person’s services."""
    now = database_now()
    return [rota(service, now) for service in staff.services]


def rota(service: str, now: datetime) -> Rota:
    """One service's fortnight, with three questions however many shifts there are."""
    first = london_date(now)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    begins, ends = midnight(days[0]), midnight(days[-1] + timedelta(days=1))
    shifts = OnCall.objects.filter(service=service).between(begins, ends)
    rows = list(shifts.select_related("staff").order_by("post", "begins", "id"))
    may = set(able(service).values_list("pk", flat=True))
    gaps = OnCall.objects.gaps(service, now, ends)
    return Rota(
        service=service,
        label=str(Service(service).label),
        now=[
            (str(Post(row.post).label), row.staff.alias)
            for row in rows
            if row.begins <= now < row.ends and row.staff_id in may
        ],
        warnings=[gap_words(gap) for gap in gaps if gap.begins < now + WARN_AHEAD],
        days=[day_of(day, rows, gaps, may, now) for day in days],
    )


def day_of(day: date, rows: list[OnCall], gaps: list[Gap], may: set, now: datetime) -> Day:
    """One day of the picture."""
    empty = [bar for gap in gaps if (bar := bar_of(day, gap.begins, gap.ends))]
    return Day(
        label=f"{WEEKDAYS[day.weekday()]} {day.day}",
        is_today=day == london_date(now),
        shifts=list(shifts_on(day, rows, may, now)),
        gaps=empty,
        gap_words=", ".join(hours_words(bar) for bar in empty),
    )


def shifts_on(day: date, rows: list[OnCall], may: set, now: datetime) -> Iterator[Shift]:
    """The shifts that lie at least in part on one day."""
    for row in rows:
        if bar := bar_of(day, row.begins, row.ends, lane=(row.post - 1) * LANE):
            yield Shift(
                pk=row.pk,
                who=row.staff.alias,
                post=str(Post(row.post).label),
                words=hours_words(bar),
                bar=bar,
                stands=row.staff_id in may,
                over=row.ends <= now,
            )


def bar_of(day: date, begins: datetime, ends: datetime, *, lane: int = 0) -> Bar | None:
    """The part of a stretch that lies on one day, by the clock on the wall; None if none does."""
    first, last = minute(begins, day), minute(ends, day)
    return Bar(first, last - first, lane) if last > first else None


def minute(moment: datetime, day: date) -> int:
    """The minutes of a moment since midnight of a day, cut to that day."""
    local = moment.astimezone(LONDON)
    if local.date() != day:
        return 0 if local.date() < day else 24 * 60
    return local.hour * 60 + local.minute


def midnight(day: date) -> datetime:
    """When a day begins in London."""
    return datetime.combine(day, time(), LONDON)


def clock(minutes: int) -> str:
    """A time of day: 9:40; the end of a day is midnight."""
    return "midnight" if minutes in (0, 24 * 60) else f"{minutes // 60}:{minutes % 60:02}"


def hours_words(bar: Bar) -> str:
    """From when until when on one day."""
    if bar.lasts == 24 * 60:
        return "all day"
    return f"{clock(bar.begins)} to {clock(bar.begins + bar.lasts)}"


def gap_words(gap: Gap) -> str:
    """A gap in words."""
    return (
        f"{Service(gap.service).label}: nobody is on call from {span_words(gap.begins, gap.ends)}."
    )


def warnings(staff: Staff) -> list[str]:
    """The gaps of the next 72 hours, for those who keep the list; read by pages that warn."""
    return [gap_words(gap) for gap in gaps_soon(staff)]


def gaps_soon(staff: Staff) -> list[Gap]:
    """The gaps that this person is warned of."""
    return OnCall.objects.gaps_soon(staff) if staff.may(Permission.KEEP_ROTA) else []


def told(shift: OnCall) -> dict[str, str]:
    """One shift for the page that changes or removes it."""
    return {
        "who": shift.staff.alias,
        "post": str(Post(shift.post).label),
        "service": str(Service(shift.service).label),
        "words": span_words(shift.begins, shift.ends),
        "day": day_words(london_date(shift.begins)),
        "until": moment_words(shift.ends),
    }

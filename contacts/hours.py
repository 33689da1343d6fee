"""When a service answers: pure questions about its opening hours, bank holidays and closures.

Hours are what clocks in London show. Moments are compared in UTC, so that a span which crosses a
change of the clocks is as long as it really is.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from contacts.models.hours import MIDNIGHT, Closure, Day, Opening
from helpline.foundation.calendar import ENGLAND, LONDON

LOOK_AHEAD = 15  # days; a service that opens on none of them has no next opening
CLOCKS_CHANGE = time(1, tzinfo=UTC)  # all over Europe


class Span(NamedTuple):
    """One stretch of London time in which a service answers."""

    opens: datetime
    closes: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether somebody answers at `moment`."""
        return utc(self.opens) <= utc(moment) < utc(self.closes)


class Hours:
    """The hours of one service, read once."""

    def __init__(self, openings: Iterable[Opening], closed: Iterable[date]) -> None:
        self.openings = list(openings)
        self.closed = set(closed)

    @classmethod
    def of(cls, service: str) -> "Hours":
        """What is in force for a service now; two queries."""
        closures = Closure.objects.filter(service=service)
        return cls(Opening.objects.filter(service=service), closures.values_list("on", flat=True))

    def on(self, day: date) -> list[Span]:
        """When it answers on a day, in order; a bank holiday has hours of its own."""
        if day in self.closed:
            return []
        kind = Day.BANK_HOLIDAY if day in ENGLAND else Day(day.weekday())
        spans = [span(day, each) for each in self.openings if each.day == kind]
        return sorted(spans, key=lambda each: utc(each.opens))

    def now(self, moment: datetime | None = None) -> Span | None:
        """The span that `moment` is in, or None when nobody answers then."""
        moment = moment or timezone.now()
        spans = self.on(timezone.localtime(moment, LONDON).date())
        return next((each for each in spans if each.holds(moment)), None)

    def until(self, moment: datetime | None = None) -> datetime | None:
        """When it next stops answering, spans that follow each other taken as one.

        None when it is closed at `moment`, or when it stays open for as far as anyone looks ahead.
        """
        end = moment or timezone.now()
        if self.now(end) is None:
            return None
        furthest = utc(end) + timedelta(days=LOOK_AHEAD)
        while (here := self.now(end)) is not None:
            end = here.closes
            if utc(end) > furthest:
                return None
        return end

    def next(self, moment: datetime | None = None) -> Span | None:
        """The next span that begins after `moment`, or None."""
        moment = moment or timezone.now()
        today = timezone.localtime(moment, LONDON).date()
        days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
        later = (each for day in days for each in self.on(day) if utc(each.opens) > utc(moment))
        return next(later, None)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC: two London times are otherwise compared by what the clock showed."""
    return moment.astimezone(UTC)


def span(day: date, opening: Opening) -> Span:
    """An opening on a day as London times; 0:00 closes at the midnight after it."""
    last = day + timedelta(days=1) if opening.closes == MIDNIGHT else day
    return Span(at_clock(day, opening.opens), at_clock(last, opening.closes, last=True))


def at_clock(day: date, shown: time, *, last: bool = False) -> datetime:
    """When London's clocks show a time on a day.

    In autumn one hour comes twice: the first of them, or with `last` the second. In spring one hour
    does not come: then the moment at which the clocks jump over it.
    """
    wall = datetime.combine(day, shown.replace(fold=int(last)), LONDON)
    moment = wall.astimezone(UTC).astimezone(LONDON)
    if moment.replace(fold=0) != wall.replace(fold=0):
        moment = datetime.combine(day, CLOCKS_CHANGE).astimezone(LONDON)
    return moment

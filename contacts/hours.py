"""When a service answers: pure questions about its opening hours, bank holidays and closures."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from contacts.models.hours import Closure, Day, Opening
from helpline.foundation.calendar import ENGLAND, LONDON

LOOK_AHEAD = 15  # days; a service that opens on none of them has no next opening


class Span(NamedTuple):
    """One stretch of London time in which a service answers."""

    opens: datetime
    closes: datetime


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
        return sorted(spans)

    def now(self, moment: datetime | None = None) -> Span | None:
        """The span that `moment` is in, or None when nobody answers then."""
        moment = timezone.localtime(moment or timezone.now(), LONDON)
        spans = self.on(moment.date())
        return next((each for each in spans if each.opens <= moment < each.closes), None)

    def next(self, moment: datetime | None = None) -> Span | None:
        """The next span that begins after `moment`, or None."""
        moment = timezone.localtime(moment or timezone.now(), LONDON)
        days = (moment.date() + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
        later = (each for day in days for each in self.on(day) if each.opens > moment)
        return next(later, None)


def span(day: date, opening: Opening) -> Span:
    """An opening on a day as London times; 0:00 closes at the midnight after it."""
    opens = datetime.combine(day, opening.opens, LONDON)
    last = day + timedelta(days=1) if opening.closes == time() else day
    return Span(opens, datetime.combine(last, opening.closes, LONDON))

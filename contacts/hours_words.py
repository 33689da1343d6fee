"""Opening hours as people say them: every page that tells them takes the words from here."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from contacts.hours import Hours, utc
from contacts.models.hours import MIDNIGHT, Closure, Day, Opening
from helpline.foundation.calendar import LONDON, day_words, london_today

CLOSED = "closed"
NOON = time(12)
SOON = timedelta(days=14)  # how far ahead a closure is told
SAME_WEEK = 6  # days ahead that are told by their name alone


class Told(NamedTuple):
    """One line of a week: which days, and when."""

    days: str
    times: str


def is_open(service: str, moment: datetime | None = None) -> bool:
    """Whether somebody answers in this service now."""
    return Hours.of(service).now(moment) is not None


def now_words(service: str, moment: datetime | None = None) -> str:
    """Whether it is open, as one short sentence: "Open now, until 11 pm."."""
    hours = Hours.of(service)
    if hours.now(moment) is None:
        opens = opening_words(hours, moment)
        return f"Closed now. Opens {opens}." if opens else "Closed now."
    until = hours.until(moment)
    return f"Open now, until {end_words(until, moment)}." if until else "Open now, day and night."


def end_words(until: datetime, moment: datetime | None = None) -> str:
    """When it closes: the time alone, unless that is days away."""
    today = timezone.localtime(moment or timezone.now(), LONDON).date()
    is_soon = until.date() <= today + timedelta(days=1)
    return clock_words(until) + ("" if is_soon else f" {near_words(until.date(), today)}")


def opens_words(service: str, moment: datetime | None = None) -> str:
    """When it opens next, to go into a sentence: "tomorrow at 4 pm"; empty when nobody knows."""
    return opening_words(Hours.of(service), moment)


def opening_words(hours: Hours, moment: datetime | None = None) -> str:
    """As `opens_words`, of hours that have been read."""
    following = hours.next(moment)
    if following is None:
        return ""
    today = timezone.localtime(moment or timezone.now(), LONDON).date()
    return f"{near_words(following.opens.date(), today)} at {clock_words(following.opens)}"


def near_words(day: date, today: date) -> str:
    """A day as people say it who stand in `today`."""
    ahead = (day - today).days
    if ahead < 2:
        return ("today", "tomorrow")[ahead]
    name = day.strftime("%A")
    return f"on {name}" if ahead <= SAME_WEEK else f"on {name} {day.day} {day.strftime('%B')}"


def clock_words(at: datetime | time) -> str:
    """A time of day: 4 pm, 9:30 am, noon, midnight."""
    shown = timezone.localtime(at, LONDON).time() if isinstance(at, datetime) else at
    if shown.minute == 0 and shown.hour in (0, 12):
        return "noon" if shown.hour else "midnight"
    minutes = f":{shown.minute:02}" if shown.minute else ""
    return f"{shown.hour % 12 or 12}{minutes} {'pm' if shown >= NOON else 'am'}"


def span_words(opening: Opening) -> str:
    """One span: 9 am to 11 pm."""
    if opening.opens == opening.closes == MIDNIGHT:
        return "all day"
    return f"{clock_words(opening.opens)} to {clock_words(opening.closes)}"


def day_hours(openings: Iterable[Opening]) -> str:
    """All spans of one day: "9 am to noon and 4 pm to 11 pm", or "closed"."""
    spans = sorted(openings, key=lambda each: each.opens)
    return " and ".join(span_words(each) for each in spans) or CLOSED


def week_words(service: str) -> list[Told]:
    """The whole week, days with the same hours told together: "Monday to Friday"."""
    openings = list(Opening.objects.filter(service=service))
    by_day = [(day, day_hours(each for each in openings if each.day == day)) for day in Day]
    if len({times for _day, times in by_day}) == 1:
        return [Told("Every day", by_day[0][1])]
    week, holidays = by_day[:-1], by_day[-1]
    told = [Told(days_words(days), times) for times, days in runs(week)]
    return [*told, Told("Bank holidays", holidays[1])]


def runs(week: list[tuple[Day, str]]) -> list[tuple[str, list[Day]]]:
    """Days that follow each other with the same hours."""
    found: list[tuple[str, list[Day]]] = []
    for day, times in week:
        if found and found[-1][0] == times:
            found[-1][1].append(day)
        else:
            found.append((times, [day]))
    return found


def days_words(days: list[Day]) -> str:
    """Days that follow each other: "Monday", "Saturday and Sunday", "Monday to Friday"."""
    if len(days) == 1:
        return str(days[0].label)
    between = "and" if len(days) == 2 else "to"
    return f"{days[0].label} {between} {days[-1].label}"


def closures_words(service: str, today: date | None = None) -> list[str]:
    """Days of the next two weeks on which it stays closed, each with the public reason."""
    today = today or london_today()
    soon = Closure.objects.filter(service=service, on__gte=today, on__lte=today + SOON)
    return [closure_words(each) for each in soon]


def closure_words(closure: Closure) -> str:
    """One closure: "Closed on Friday 25 December 2026: Christmas Day"."""
    day = f"{closure.on.strftime('%A')} {day_words(closure.on)}"
    return f"Closed on {day}: {closure.why}" if closure.why else f"Closed on {day}"


def minutes_left(service: str, moment: datetime | None = None) -> int | None:
    """Whole minutes until it closes; None when it is closed, or open day and night."""
    until = Hours.of(service).until(moment)
    if until is None:
        return None
    return int((utc(until) - utc(moment or timezone.now())).total_seconds() // 60)

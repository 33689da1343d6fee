"""The time line of a request: each event, pause and limit, so that a DPO sees why a day is due."""

from datetime import date
from typing import NamedTuple

from helpline.foundation.calendar import day_words, proclaimed
from privacy import deadlines
from privacy.rights.kinds import Kind

WIDTH = 400  # units of the drawing, about a phone's pixels
EDGE = 6
HOLIDAY = "A bank holiday that was proclaimed: the law’s month does not end on it"

EVENTS = (
    ("received_on", "It reached us"),
    ("acknowledged_on", "We said that we have it"),
    ("identity_asked_on", "They were asked who they are"),
    ("identity_received_on", "Their proof arrived"),
    ("identity_confirmed_on", "It is certain who they are"),
    ("authority_asked_on", "They were asked for their authority"),
    ("authority_received_on", "Their authority arrived"),
    ("extended_on", "They were told that it takes two more months"),
    ("decided_on", "The answer was approved"),
    ("closed_on", "Closed"),
)


class Moment(NamedTuple):
    """One day of the time line, in words and where it stands in the drawing."""

    day: date
    words: str
    tone: str  # "" an event, "limit" a limit, "due" what is due, "today"
    when: str
    x: float = 0


class Stood(NamedTuple):
    """A pause as a band of the drawing."""

    x: float
    width: float
    words: str


class Timeline(NamedTuple):
    """Everything that the page draws and lists."""

    width: int
    moments: list[Moment]
    pauses: list[Stood]
    days: int


def timeline(request, found: deadlines.Limits, today: date) -> Timeline:
    """The days of a request in their order, with today among them while it is open."""
    days = [*events(request), *limits_of(request, found)]
    pauses = list(request.facts().pauses)
    days += [one for each in pauses for one in paused(each, today)]
    if not request.is_answered():
        days.append((today, "Today", "today"))
    first, last = min(days)[0], max(days)[0]
    days += [(day, HOLIDAY, "") for day in proclaimed(request.nation) if first <= day <= last]
    days.sort(key=lambda each: each[0])
    first, last = days[0][0], days[-1][0]

    def at(day: date) -> float:
        share = (day - first).days / max((last - first).days, 1)
        return round(EDGE + share * (WIDTH - 2 * EDGE), 1)

    moments = [Moment(day, words, tone, day_words(day), at(day)) for day, words, tone in days]
    bands = [band(each, at, today) for each in pauses]
    return Timeline(WIDTH, moments, bands, found.stopped)


def events(request) -> list[tuple[date, str, str]]:
    """What has happened, from the request's own dates."""
    return [(getattr(request, name), words, "") for name, words in EVENTS if getattr(request, name)]


def limits_of(request, found: deadlines.Limits) -> list[tuple[date, str, str]]:
    """Until when something is owed; both limits, and whichever is due."""
    if request.kind == Kind.COMPLAINT:
        words = "They are told that we have it" if not request.acknowledged_on else "Next word"
        return [(request.due_on, f"{words}, at the latest", "due")] if request.due_on else []
    if found.due is None:
        return []
    months = "three months" if found.is_extended else "one month"
    rows = [
        (found.target, "Our own aim: 28 days", "limit"),
        (found.promise, "Our promise: 30 days from a certain identity", "limit"),
        (found.statutory, f"The law: {months}", "limit"),
    ]
    if not found.is_extended:
        rows.append((found.first_limit, "Last day to say that it takes longer", "limit"))
    if found.stopped:
        rows.append((found.literal, "The law, read with both ends of each pause", "limit"))
        rows.append((found.rolled_first, "The law, read with the pause added last", "limit"))
    shown = [(day, words, tone) for day, words, tone in rows if day is not None]
    return [(found.due, "Due", "due"), *shown]


def paused(pause: deadlines.Pause, today: date) -> list[tuple[date, str, str]]:
    """The two ends of a pause."""
    asked = (pause.asked_on, "The clock stops: we asked what they are after", "")
    if pause.answered_on is None:
        return [asked]
    return [asked, (pause.answered_on, "They answered: the clock goes on", "")]


def band(pause: deadlines.Pause, at, today: date) -> Stood:
    """A pause in the drawing; one that is open ends today."""
    begins, ends = at(pause.asked_on), at(pause.answered_on or today)
    days = ((pause.answered_on or today) - pause.asked_on).days
    return Stood(begins, round(max(ends - begins, 1), 1), f"The clock stood for {days} days")

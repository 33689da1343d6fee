"""When an answer is due: pure functions of dates, which a data protection officer can follow.

The law gives one month from the latest of receipt, proof of identity, authority and fee, rolled to
a working day (Art 12A). The charity promises 30 days from when an identity is confirmed (S2-45).
The earlier of the two is due. Where the law can be read in several ways, the shortest counts, and
the longer ones are shown beside it. All dates are London calendar dates (rules 2.1.2).
"""

from collections.abc import Container, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from helpline.foundation.calendar import ENGLAND, add_months, knows, roll

PROMISE = timedelta(days=30)  # S2-45
TARGET = timedelta(days=28)  # of our own, the constant that the Information Commissioner advises
ACKNOWLEDGE = timedelta(days=30)  # a complaint about data (DPA 2018 s.164A)
PROGRESS = timedelta(days=28)  # between two words to somebody who waits for its outcome
REPORT = timedelta(hours=72)  # a breach, to the Information Commissioner (Art 33)
OPINION_MONTHS = 6  # of a health professional (DPA 2018 Sch 3)
LATE_FROM = timedelta(days=60)  # a receipt so long ago asks for a reason
PROMPTLY = timedelta(days=7)  # for doubts about who asks; a later question moves no limit
STANDSTILL = timedelta(days=90)  # of a stopped clock, until somebody decides how it goes on


class Pause(NamedTuple):
    """A question about what an access request is after, and the day of its answer, if any."""

    asked_on: date
    answered_on: date | None = None


class Facts(NamedTuple):
    """Every date that a limit depends on. What was never asked for stays None.

    `pauses` are empty for all but access requests; `extended_on` is the day of a notice that gave
    its reasons.
    """

    received_on: date
    identity_asked_on: date | None = None
    identity_received_on: date | None = None
    identity_confirmed_on: date | None = None
    authority_asked_on: date | None = None
    authority_received_on: date | None = None
    fee_asked_on: date | None = None
    fee_paid_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    extended_on: date | None = None


class Limits(NamedTuple):
    """What follows from the facts. Without a `start` no month runs: the person has the next word.

    `literal` and `rolled_first` are later days that could also be read from the law: a pause
    counted with both its ends, and one added to a limit that was rolled already.
    """

    start: date | None = None
    stopped: int = 0  # days
    first_limit: date | None = None
    statutory: date | None = None
    promise: date | None = None
    due: date | None = None
    target: date | None = None
    literal: date | None = None
    rolled_first: date | None = None
    is_extended: bool = False
    is_sure: bool = True


def limits(facts: Facts, today: date, closed: Container[date] = ENGLAND) -> Limits:
    """Every limit of a request as it stands `today`, which ends a pause that is still open.

    `closed` are the bank holidays that count (`calendar.bank_holidays`).
    """
    start = started(facts)
    promise = promised(facts, start)
    if start is None:
        return Limits(promise=promise, due=promise)
    stopped, ends = excluded(facts.pauses, start, today)
    first_limit = limit(start, 1, stopped, closed)
    is_extended = facts.extended_on is not None and facts.extended_on <= first_limit
    months = 3 if is_extended else 1
    statutory = limit(start, months, stopped, closed)
    return Limits(
        start=start,
        stopped=stopped,
        first_limit=first_limit,
        statutory=statutory,
        promise=promise,
        due=min(statutory, promise) if promise else statutory,
        target=start + TARGET,
        literal=limit(start, months, stopped + ends, closed),
        rolled_first=roll(limit(start, months, 0, closed) + timedelta(stopped), closed),
        is_extended=is_extended,
        is_sure=knows(statutory),
    )


def limit(start: date, months: int, stopped: int, closed: Container[date] = ENGLAND) -> date:
    """The last day of so many months that began on `start`, with `stopped` days not counted."""
    return roll(add_months(start, months) + timedelta(stopped), closed)


def started(facts: Facts) -> date | None:
    """The day from which the month counts (Art 12A(2)); None while something asked for is not here.

    A question about who somebody is that came later than a week after receipt moves nothing.
    """
    needed: list[date | None] = [facts.received_on]
    if was_prompt(facts.received_on, facts.identity_asked_on):
        needed.append(facts.identity_received_on)
    if facts.authority_asked_on:
        needed.append(facts.authority_received_on)
    if facts.fee_asked_on:
        needed.append(facts.fee_paid_on)
    here = [day for day in needed if day is not None]
    return max(here) if len(here) == len(needed) else None


def was_prompt(received_on: date, asked_on: date | None) -> bool:
    """Whether doubts about who asks were put to them within a week."""
    return asked_on is not None and asked_on <= received_on + PROMPTLY


def promised(facts: Facts, start: date | None) -> date | None:
    """30 days from the confirmed identity, or from the start where nobody had to prove it; on
    whatever day that is."""
    since = facts.identity_confirmed_on if facts.identity_asked_on else start
    return since and since + PROMISE


def excluded(pauses: Iterable[Pause], start: date, today: date) -> tuple[int, int]:
    """The days that do not count, each once, and how many pauses they make together.

    Only what lies after `start` counts; a pause that is still open ends today.
    """
    days, merged, until = 0, 0, None
    for asked_on, answered_on in sorted(pauses, key=lambda pause: pause.asked_on):
        begins, ends = max(asked_on, start), answered_on or today
        if until is not None:
            begins = max(begins, until)
        if ends <= begins:
            continue
        merged += begins != until
        days += (ends - begins).days
        until = ends
    return days, merged


def is_overdue(found: Limits, today: date) -> bool:
    """Past the law's own limit: not on the day itself, from the next midnight in London (B19)."""
    return found.statutory is not None and today > found.statutory


def is_promise_missed(found: Limits, today: date) -> bool:
    """Past the 30 days that the charity promised."""
    return found.promise is not None and today > found.promise


def acknowledge_by(received_on: date, closed: Container[date] = ENGLAND) -> date:
    """By when a complaint about data is acknowledged: 30 days, rolled to a working day (B15)."""
    return roll(received_on + ACKNOWLEDGE, closed)


def progress_by(told_on: date) -> date:
    """By when somebody who complained hears from us again."""
    return told_on + PROGRESS


def report_by(aware_at: datetime) -> datetime:
    """72 hours that have really passed, also over a change of the clocks, never rolled (B16).

    `aware_at` must carry its time zone; the answer is in UTC.
    """
    return aware_at.astimezone(UTC) + REPORT


def is_opinion_valid(obtained_on: date, relied_on: date) -> bool:
    """Whether a health professional's opinion is at most six months old, unrolled (B20)."""
    return obtained_on <= relied_on <= add_months(obtained_on, OPINION_MONTHS)

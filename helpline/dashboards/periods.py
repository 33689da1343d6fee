"""Months and quarters of whole weeks: a week belongs to the month that its Thursday is in.

Figures are kept by week, so nothing finer can be told, nor two periods that overlap.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

from helpline.foundation.calendar import add_months

WEEK = timedelta(weeks=1)
TO_THURSDAY = timedelta(days=3)
MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def month_of(week: date) -> date:
    """The first day of the month that the week beginning on this Monday belongs to."""
    return (week + TO_THURSDAY).replace(day=1)


def first_week(month: date) -> date:
    """The Monday of the first week of the month that begins on this day."""
    monday = month - timedelta(days=month.weekday())
    return monday if month_of(monday) == month else monday + WEEK


def last_whole_month(today: date) -> date:
    """The first day of the newest month whose weeks are all over."""
    month = today.replace(day=1)
    while first_week(add_months(month, 1)) > today:
        month = add_months(month, -1)
    return month


def a_month(text: str) -> date:
    """The first day of a month written as 2026-05; raises `ValueError` for anything else."""
    parts = MONTH.fullmatch(text)
    if parts is None:
        raise ValueError("A month is written as 2026-05.")
    return date(int(parts[1]), int(parts[2]), 1)


def weeks_of(month: date) -> list[date]:
    """The Mondays of a month's weeks."""
    first, end = first_week(month), first_week(add_months(month, 1))
    return [first + number * WEEK for number in range((end - first).days // WEEK.days)]


def months(first: date, last: date) -> list[date]:
    """Every month from one to another, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = add_months(first, 1)
    return found


class Quarter(NamedTuple):
    """Three months of whole weeks."""

    first: date  # of January, April, July or October

    @classmethod
    def of(cls, month: date) -> "Quarter":
        """The quarter of the month that begins on this day."""
        return cls(add_months(month, -((month.month - 1) % 3)))

    @property
    def code(self) -> str:
        """As in an address: 2026-4."""
        return f"{self.first.year}-{(self.first.month + 2) // 3}"

    @property
    def words(self) -> str:
        """As people say it: October to December 2026."""
        last = add_months(self.first, 2)
        return f"{self.first:%B} to {last:%B} {last.year}"

    def before(self, quarters: int) -> "Quarter":
        """The quarter so many earlier."""
        return Quarter(add_months(self.first, -3 * quarters))

    def months(self, today: date) -> list[date]:
        """Its months that are over."""
        return months(self.first, min(add_months(self.first, 2), last_whole_month(today)))

"""What is told of the figures: by the page, the file and the interface alike, and by no other way.

Everything is drawn from the tables of single months, in which small counts are hidden together with
what would give them away. So no two of these ways can be held against each other (M02).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from helpline.dashboards import figures, hiding
from helpline.dashboards.figures import DIMENSIONS
from helpline.dashboards.periods import first_week, weeks_of
from helpline.foundation.calendar import add_months


class Month(NamedTuple):
    """What is told of one month that is not split: all of it, and each of its weeks."""

    contacts: int | None
    weeks: dict[date, int | None]


def unsplit(months: Sequence[date]) -> dict[date, Month]:
    """Contacts of these months, one after the other, and of their weeks."""
    found, told = figures.by_week(*_span(months)), {}
    for month in months:
        weeks = {week: found[week] for week in weeks_of(month)}
        told[month] = Month(hiding.alone(sum(weeks.values())), hiding.shown(weeks))
    return told


def split(name: str, months: Sequence[date]) -> dict[date, dict[str, int | None]]:
    """Contacts of each of these months by one dimension, every group that there can be."""
    found = figures.split_by_month(name, *_span(months))
    nobody = dict.fromkeys(DIMENSIONS[name].labels(), 0)
    return {month: hiding.shown(nobody | found.get(month, {})) for month in months}


def _span(months: Sequence[date]) -> tuple[date, date]:
    """The Monday on which they begin, and the one on which they are over."""
    return first_week(months[0]), first_week(add_months(months[-1], 1))

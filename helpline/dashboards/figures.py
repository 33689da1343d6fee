"""Counts of contacts, one query each, from figures that know no contact and outlive them all."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from contacts.channels import Channel
from contacts.models import Figure, TopicFigure
from contacts.models.figure import Band
from contacts.vocabulary import Outcome, Topic
from helpline.dashboards.periods import month_of
from helpline.foundation.staff.roles import Service

NOT_NOTED = ("", "Not noted")


class Dimension(NamedTuple):
    """One way to split the figures: a column, and everything that can stand in it."""

    heading: str
    model: type[Figure] | type[TopicFigure]
    choices: list[tuple[str, str]]
    shared: bool = True  # with partner systems, too

    def labels(self) -> dict[str, str]:
        """The words for each value, in their own order."""
        return dict(self.choices)


# A new column of the figures is one line here: the page, the export and the interface follow.
DIMENSIONS = {
    "service": Dimension("Service", Figure, Service.choices),
    "channel": Dimension("Channel", Figure, Channel.choices),
    "topic": Dimension("Topic", TopicFigure, Topic.choices),
    "outcome": Dimension("Outcome", Figure, [*Outcome.choices, NOT_NOTED]),
    "waited": Dimension("Time until answered", Figure, Band.choices, shared=False),
    "talked": Dimension("Time talked", Figure, Band.choices, shared=False),
}
SHARED = [name for name, dimension in DIMENSIONS.items() if dimension.shared]


def by_week(first: date, end: date) -> Counter[date]:
    """Contacts of each week that begins within [first, end)."""
    weeks = Figure.objects.filter(week__gte=first, week__lt=end).values_list("week")
    return Counter(dict(weeks.annotate(Sum("contacts"))))


def split_by_month(name: str, first: date, end: date) -> dict[date, Counter[str]]:
    """Contacts of those weeks by one dimension, for each month that has any."""
    rows = DIMENSIONS[name].model.objects.filter(week__gte=first, week__lt=end)
    found: dict[date, Counter[str]] = {}
    for week, value, count in rows.values_list("week", name).annotate(Sum("contacts")):
        found.setdefault(month_of(week), Counter())[value] += count
    return found

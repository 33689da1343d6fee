"""Figures of weeks long ago, written down without the contacts that they once counted."""

from datetime import date

from contacts.models import Figure, TopicFigure

USUAL = {
    "service": "helpline",
    "channel": "phone",
    "outcome": "listened",
    "waited": "to-1",
    "talked": "to-15",
}


def figures(week: date, contacts: int, **group) -> None:
    """So many contacts of the week that begins on this Monday, alike but for `group`."""
    Figure.objects.create(week=week, contacts=contacts, **USUAL | group)


def topics(week: date, contacts: int, topic: str) -> None:
    """So many contacts of a week about one topic."""
    where = {"service": USUAL["service"], "channel": USUAL["channel"]}
    TopicFigure.objects.create(week=week, contacts=contacts, topic=topic, **where)

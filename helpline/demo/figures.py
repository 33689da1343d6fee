"""Half a year of the demonstration’s figures: contacts once counted, whose words are gone."""

import random
from collections import Counter
from datetime import timedelta

from contacts.channels import Channel
from contacts.models import Figure, TopicFigure
from contacts.models.figure import Band
from contacts.vocabulary import Outcome, Topic
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Service

WEEKS = 26
A_WEEK = (55, 95)  # contacts

SERVICES = {Service.HELPLINE: 7, Service.IS_THIS_OK: 3}
CHANNELS = {
    Service.HELPLINE: {Channel.PHONE: 11, Channel.CHAT: 4, Channel.TEXT: 3, Channel.EMAIL: 2},
    Service.IS_THIS_OK: {Channel.CHAT: 8, Channel.TEXT: 2},
}
OUTCOMES = {
    Outcome.LISTENED: 9,
    Outcome.INFORMED: 6,
    Outcome.SIGNPOSTED: 5,
    Outcome.COMING_BACK: 3,
    Outcome.THEY_LEFT: 3,
    Outcome.COULD_NOT_HELP: 1,
    Outcome.NO_CONVERSATION: 4,
}
WAITED = {Band.TO_1: 12, Band.TO_5: 6, Band.TO_15: 2, Band.NONE: 1}
TALKED = {Band.TO_1: 1, Band.TO_5: 3, Band.TO_15: 7, Band.TO_60: 8, Band.OVER_60: 1}


def tell() -> None:
    """Write half a year, ending with last week."""
    rng = random.Random(116000)  # noqa: S311 (the same half year every time)
    topics = {topic: rng.randint(1, 12) for topic in Topic}
    today = london_today()
    for number in range(1, WEEKS + 1):
        week = today - timedelta(days=today.weekday(), weeks=number)
        figures, about = a_week(rng, topics)
        Figure.objects.bulk_create(
            Figure(week=week, contacts=contacts, **dict(group))
            for group, contacts in figures.items()
        )
        TopicFigure.objects.bulk_create(
            TopicFigure(week=week, contacts=contacts, **dict(group))
            for group, contacts in about.items()
        )


def a_week(rng: random.Random, topics: dict) -> tuple[Counter, Counter]:
    """One week's contacts by everything they are counted by, and by topic."""

    def one(weights):
        return rng.choices(list(weights), weights.values())[0]

    figures, about = Counter(), Counter()
    for _ in range(rng.randint(*A_WEEK)):
        service = one(SERVICES)
        where = {"service": service, "channel": one(CHANNELS[service])}
        times = {"waited": one(WAITED), "talked": one(TALKED)}
        figures[tuple((where | times | {"outcome": one(OUTCOMES)}).items())] += 1
        about[tuple((where | {"topic": one(topics)}).items())] += 1
    return figures, about

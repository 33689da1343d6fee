"""Figures: counts made when a contact ends, so that nothing changes when its words go."""

from datetime import date, datetime, timedelta

from django.db import connection, models

from contacts.channels import Channel
from contacts.vocabulary import Outcome, Topic
from helpline.foundation.calendar import london_date
from helpline.foundation.staff.roles import Service


class Band(models.TextChoices):
    """How long something took, in steps wide enough that no contact can be picked out by it."""

    NONE = "none", "Not measured"
    TO_1 = "to-1", "Up to a minute"
    TO_5 = "to-5", "Up to 5 minutes"
    TO_15 = "to-15", "Up to 15 minutes"
    TO_60 = "to-60", "Up to an hour"
    OVER_60 = "over-60", "Over an hour"


LIMITS = [(1, Band.TO_1), (5, Band.TO_5), (15, Band.TO_15), (60, Band.TO_60)]


def band(begin: datetime | None, end: datetime | None) -> Band:
    """The band of the time between two moments; NONE when either is missing."""
    if begin is None or end is None:
        return Band.NONE
    minutes = (end - begin).total_seconds() / 60
    return next((step for limit, step in LIMITS if minutes <= limit), Band.OVER_60)


class FigureQuerySet(models.QuerySet):
    def add(self, contact) -> None:
        """Count one ended contact in; nothing in the row leads back to it."""
        day = london_date(contact.started_at)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO contacts_figure"
                " (week, service, channel, outcome, waited, talked, contacts)"
                " VALUES (%s, %s, %s, %s, %s, %s, 1)"
                " ON CONFLICT (week, service, channel, outcome, waited, talked)"
                " DO UPDATE SET contacts = contacts_figure.contacts + 1",
                [
                    week_of(day),
                    contact.service,
                    contact.channel,
                    contact.outcome,
                    contact.waited,
                    band(contact.answered_at, contact.ended_at),
                ],
            )


def week_of(day: date) -> date:
    """The Monday of the week that `day` is in."""
    return day - timedelta(days=day.weekday())


class Figure(models.Model):
    """How many contacts of one week, service, channel and outcome waited and talked so long."""

    week = models.DateField(help_text="The Monday it began on.")
    service = models.CharField(max_length=20, choices=Service)
    channel = models.CharField(max_length=10, choices=Channel)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True, default="")
    waited = models.CharField(max_length=10, choices=Band)
    talked = models.CharField(max_length=10, choices=Band)
    contacts = models.PositiveIntegerField()

    objects = FigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["week", "service", "channel", "outcome", "waited", "talked"],
                name="one_figure_each",
            ),
        ]

    def __str__(self) -> str:
        return f"Figures of the week of {self.week}"


class TopicFigureQuerySet(models.QuerySet):
    def add(self, contact, topics: list[str]) -> None:
        """Count an ended contact under each of its topics."""
        day = london_date(contact.started_at)
        with connection.cursor() as cursor:
            for topic in sorted(topics):
                cursor.execute(
                    "INSERT INTO contacts_topicfigure (week, service, channel, topic, contacts)"
                    " VALUES (%s, %s, %s, %s, 1) ON CONFLICT (week, service, channel, topic)"
                    " DO UPDATE SET contacts = contacts_topicfigure.contacts + 1",
                    [week_of(day), contact.service, contact.channel, topic],
                )


class TopicFigure(models.Model):
    """How many contacts of one week, service and channel were about one topic; some had several."""

    week = models.DateField(help_text="The Monday it began on.")
    service = models.CharField(max_length=20, choices=Service)
    channel = models.CharField(max_length=10, choices=Channel)
    topic = models.CharField(max_length=20, choices=Topic)
    contacts = models.PositiveIntegerField()

    objects = TopicFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["week", "service", "channel", "topic"], name="one_topic_figure_each"
            ),
        ]

    def __str__(self) -> str:
        return f"Topics of the week of {self.week}"

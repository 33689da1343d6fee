"""When somebody answers: opening hours of each service, bank holidays, and closures."""

import uuid
from collections.abc import Iterable
from datetime import date, time

from django.db import connection, models, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import Refused, WrongState

LOCK = 73_116_011  # of PostgreSQL's advisory locks: hours change one after the other
MIDNIGHT = time()
EMPTY = "It would close before it opens. For a night, give two spans: until midnight, and from it."
CLASH = "These times overlap others of the same day: change those instead."
KNOWN = "The service is closed on that day already."


class Day(models.IntegerChoices):
    """The days that hours are given for; a bank holiday has hours of its own."""

    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"
    BANK_HOLIDAY = 7, "Bank holidays"


def one_after_the_other() -> None:
    """Two people who change hours at once wait for each other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


class OpeningQuerySet(models.QuerySet["Opening"]):
    def visible_to(self, staff: Staff) -> "OpeningQuerySet":
        """Hours of the services that this person works for."""
        return self.filter(service__in=staff.services)

    def refuse(self, service: str, day: int, opens: time, closes: time) -> None:
        """Raise `Refused` if this span is empty or overlaps one of these rows."""
        if closes != MIDNIGHT and closes <= opens:
            raise Refused(EMPTY)
        same = self.filter(models.Q(closes__gt=opens) | models.Q(closes=MIDNIGHT))
        if closes != MIDNIGHT:
            same = same.filter(opens__lt=closes)
        if same.filter(service=service, day=day).exists():
            raise Refused(CLASH)

    @transaction.atomic
    def add(
        self, service: str, days: Iterable[int], opens: time, closes: time, *, by: Staff
    ) -> None:
        """A span on each of these days; on none of them when one day refuses it."""
        one_after_the_other()
        for day in days:
            self.refuse(service, day, opens, closes)
            added = self.create(service=service, day=day, opens=opens, closes=closes)
            AuditEvent.objects.record(Action.HOURS_CHANGED, on=added, by=by, change="added")


class Opening(models.Model):
    """One span of one day in which a service answers; `closes` at 0:00 means midnight after it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    day = models.PositiveSmallIntegerField(choices=Day)
    opens = models.TimeField()
    closes = models.TimeField()

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["service", "day", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["service", "day", "opens"], name="one_opening_each"),
        ]

    def __str__(self) -> str:
        return f"Opening {self.id}"

    @transaction.atomic
    def change(self, opens: time, closes: time, *, by: Staff) -> None:
        """Other times on the same day."""
        one_after_the_other()
        others = Opening.objects.exclude(pk=self.pk)
        others.refuse(self.service, self.day, opens, closes)
        if not Opening.objects.filter(pk=self.pk).update(opens=opens, closes=closes):
            raise WrongState("Somebody else has removed these hours meanwhile.")
        self.opens, self.closes = opens, closes
        AuditEvent.objects.record(Action.HOURS_CHANGED, on=self, by=by, change="changed")

    @transaction.atomic
    def remove(self, *, by: Staff) -> None:
        """The service no longer answers then."""
        AuditEvent.objects.record(Action.HOURS_CHANGED, on=self, by=by, change="removed")
        if not Opening.objects.filter(pk=self.pk).delete()[0]:
            raise WrongState("Somebody else has removed these hours meanwhile.")


class ClosureQuerySet(models.QuerySet["Closure"]):
    def visible_to(self, staff: Staff) -> "ClosureQuerySet":
        """Closures of the services that this person works for."""
        return self.filter(service__in=staff.services)

    @transaction.atomic
    def add(self, service: str, on: date, why: str, *, by: Staff) -> "Closure":
        """A service stays closed on one day, with a reason that the public reads."""
        one_after_the_other()
        if self.filter(service=service, on=on).exists():
            raise Refused(KNOWN)
        closure = self.create(service=service, on=on, why=why)
        AuditEvent.objects.record(Action.HOURS_CHANGED, on=closure, by=by, change="added")
        return closure


class Closure(models.Model):
    """A day on which a service stays closed, whatever its hours say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    on = models.DateField()
    why = models.CharField(max_length=200, blank=True, default="")

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["service", "on"], name="one_closure_a_day"),
        ]

    def __str__(self) -> str:
        return f"Closure {self.id}"

    @transaction.atomic
    def remove(self, *, by: Staff) -> None:
        """The service answers on that day after all."""
        AuditEvent.objects.record(Action.HOURS_CHANGED, on=self, by=by, change="removed")
        if not Closure.objects.filter(pk=self.pk).delete()[0]:
            raise WrongState("Somebody else has removed this closure meanwhile.")

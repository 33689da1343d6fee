"""When somebody answers: opening hours of each service, bank holidays, and closures."""

import uuid

from django.db import models

from helpline.foundation.staff.roles import Service


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


class Opening(models.Model):
    """One span of one day in which a service answers; `closes` at 0:00 means midnight after it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    day = models.PositiveSmallIntegerField(choices=Day)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["service", "day", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["service", "day", "opens"], name="one_opening_each"),
        ]

    def __str__(self) -> str:
        return f"Opening {self.id}"


class Closure(models.Model):
    """A day on which a service stays closed, whatever its hours say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    on = models.DateField()
    why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["service", "on"], name="one_closure_a_day"),
        ]

    def __str__(self) -> str:
        return f"Closure {self.id}"

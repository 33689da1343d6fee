"""Who is on call: shifts of named people, in the order in which they are alerted, and when there
is nobody."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import F, Q

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations.clock import database_now
from safeguarding.models.owning import able

WARN_AHEAD = timedelta(hours=72)  # how far ahead a gap warns (E21)
LONGEST = timedelta(days=14)  # of one shift: whoever is on call for longer is not
EMPTY = "It would end before it begins."
TOO_LONG = "A shift lasts at most 14 days."
OVER = "This shift would be over already."
NOT_THEIRS = "Only somebody active who may look into escalations, in this service, can be on call."
CLASH = "They are on call already in a part of this time: change that shift instead."
GONE = "Somebody else has removed this shift meanwhile."


class Post(models.IntegerChoices):
    """Whose turn it is to be alerted, in this order (rules 2.8.1)."""

    SUPERVISOR = 1, "Shift supervisor"
    LEAD = 2, "Safeguarding lead"
    DEPUTY = 3, "Deputy lead"
    ON_CALL = 4, "On call"


class Gap(NamedTuple):
    """A stretch in which nobody of a service is on call."""

    service: str
    begins: datetime
    ends: datetime


class OnCallQuerySet(models.QuerySet["OnCall"]):
    def visible_to(self, staff: Staff) -> "OnCallQuerySet":
        """Shifts of the services that this person works for."""
        return self.filter(service__in=staff.services)

    def between(self, begins: datetime, ends: datetime) -> "OnCallQuerySet":
        """Shifts that lie at least in part between two moments."""
        return self.filter(begins__lt=ends, ends__gt=begins)

    def standing(self, service: str) -> "OnCallQuerySet":
        """Shifts of a service that count: whoever left, or lost the role or the service, falls out
        by that alone (E21)."""
        return self.filter(service=service, staff__in=able(service).values("pk"))

    def chain(self, service: str, now: datetime) -> list[Staff]:
        """Who is on call now, in the order in which they are alerted; each person once."""
        shifts = self.standing(service).filter(begins__lte=now, ends__gt=now)
        people: dict[uuid.UUID, Staff] = {}
        for shift in shifts.select_related("staff").order_by("post", "begins", "id"):
            people.setdefault(shift.staff.person, shift.staff)
        return list(people.values())

    def gaps(self, service: str, begins: datetime, ends: datetime) -> list[Gap]:
        """Every stretch between two moments in which nobody of this service is on call."""
        found, covered = [], begins
        for shift in self.standing(service).between(begins, ends).order_by("begins", "id"):
            if shift.begins > covered:
                found.append(Gap(service, covered, shift.begins))
            covered = max(covered, shift.ends)
        return found if covered >= ends else [*found, Gap(service, covered, ends)]

    def gaps_soon(self, staff: Staff, now: datetime | None = None) -> list[Gap]:
        """The gaps that begin within 72 hours in this person’s services, as far as a shift may
        reach."""
        now = now or database_now()
        found = [gap for each in staff.services for gap in self.gaps(each, now, now + LONGEST)]
        return [gap for gap in found if gap.begins < now + WARN_AHEAD]

    @transaction.atomic
    def put(
        self,
        service: str,
        post: int,
        staff: Staff,
        begins: datetime,
        ends: datetime,
        *,
        by: Staff,
    ) -> "OnCall":
        """Put somebody on call. Raises `Refused` for who may not stand there or stands already."""
        shift = self.model(service=Service(service), post=Post(post), staff=staff)
        shift.begins, shift.ends = begins, ends
        shift.must_be_possible(by)
        shift.save(force_insert=True)
        AuditEvent.objects.record(Action.ROTA_CHANGED, on=shift, by=by, change="added")
        return shift


class OnCall(models.Model):
    """One shift of one person, from one moment until another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    post = models.PositiveSmallIntegerField(choices=Post)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="shifts")
    begins = models.DateTimeField()
    ends = models.DateTimeField()

    objects = OnCallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["service", "ends", "begins"], name="shift_by_service")]
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_it_begins", condition=Q(ends__gt=F("begins"))
            ),
        ]

    def __str__(self) -> str:
        return f"Shift {self.id}"

    def stands(self) -> bool:
        """Whether the person can still be on call."""
        return able(self.service).filter(pk=self.staff_id).exists()

    @transaction.atomic
    def change(
        self, post: int, staff: Staff, begins: datetime, ends: datetime, *, by: Staff
    ) -> None:
        """Another post, person or time. What is over stays as it was."""
        self._still_there()
        self.post, self.staff, self.begins, self.ends = Post(post), staff, begins, ends
        self.must_be_possible(by)
        self.save(update_fields=["post", "staff", "begins", "ends"])
        AuditEvent.objects.record(Action.ROTA_CHANGED, on=self, by=by, change="changed")

    @transaction.atomic
    def remove(self, *, by: Staff) -> None:
        """Nobody stands there any more. What is over stays as it was."""
        self._still_there()
        AuditEvent.objects.record(Action.ROTA_CHANGED, on=self, by=by, change="removed")
        OnCall.objects.filter(pk=self.pk).delete()

    def must_be_possible(self, by: Staff) -> None:
        """Raise `Refused` unless this shift can be; the person’s row stays locked, so that two
        shifts of one person are put one after the other."""
        if not by.may(Permission.KEEP_ROTA) or self.service not in by.services:
            raise Refused("This is not one of your services.")
        if self.ends <= self.begins:
            raise Refused(EMPTY)
        if self.ends - self.begins > LONGEST:
            raise Refused(TOO_LONG)
        if self.ends <= database_now():
            raise Refused(OVER)
        list(Staff.objects.select_for_update(no_key=True).filter(pk=self.staff_id))
        if not self.stands():
            raise Refused(NOT_THEIRS)
        others = OnCall.objects.exclude(pk=self.pk).filter(service=self.service)
        if others.between(self.begins, self.ends).filter(staff=self.staff).exists():
            raise Refused(CLASH)

    def _still_there(self) -> None:
        found = OnCall.objects.select_for_update().filter(pk=self.pk).first()
        if found is None:
            raise WrongState(GONE)
        if found.ends <= database_now():
            raise WrongState("This shift is over. It stays as it was.")

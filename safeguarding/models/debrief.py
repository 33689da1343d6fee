"""A talk for whoever raised what could not wait: that it was offered, and whether it took place."""

import uuid

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, move, two_people


class DebriefQuerySet(models.QuerySet["Debrief"]):
    def offer(self, escalation, *, by: Staff) -> None:
        """Offer it to whoever raised this, once; in the caller's transaction."""
        made, new = self.get_or_create(
            escalation=escalation, defaults={"worker": escalation.raised_by, "offered_by": by}
        )
        if new:
            AuditEvent.objects.record(Action.DEBRIEF_OFFERED, on=made, by=by)

    def waiting_for(self, staff: Staff) -> "DebriefQuerySet":
        """What this person has been offered and not answered, oldest first."""
        return self.filter(worker=staff, status=Debrief.Status.OFFERED).order_by("offered_at", "id")


class Debrief(models.Model):
    """Offered to one person after one escalation. What was said in it is nobody's record."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Offered"
        DECLINED = "declined", "Not wanted"
        TAKEN = "taken", "It took place"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.OneToOneField(
        "safeguarding.Escalation", models.CASCADE, related_name="debrief"
    )
    worker = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.OFFERED)
    offered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=this_minute)
    given_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = DebriefQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="debrief_taken_with_somebody",
                condition=Q(status="taken", given_by__isnull=False, answered_at__isnull=False)
                | ~Q(status="taken") & Q(given_by=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Debrief {self.id}"

    @transaction.atomic
    def decline(self, *, by: Staff) -> None:
        """Whoever it was offered to does not want it; they may change their mind."""
        if by.person != self.worker.person:
            raise Refused("Only the person it was offered to can say that.")
        move(self, self.Status.DECLINED, allowed=["offered"], answered_at=timezone.now())
        self._record(by)

    @transaction.atomic
    def take(self, *, by: Staff) -> None:
        """It took place, with `by`, who is somebody else and looks into escalations."""
        if not by.may(Permission.LOOK_INTO_ESCALATIONS):
            raise Refused("Whoever talked with them writes this down.")
        two_people(self.worker, by)
        changes = {"answered_at": timezone.now(), "given_by": by}
        move(self, self.Status.TAKEN, allowed=["offered", "declined"], **changes)
        self._record(by)

    def _record(self, by: Staff) -> None:
        AuditEvent.objects.record(Action.DEBRIEF_ANSWERED, on=self, by=by, answer=self.status)

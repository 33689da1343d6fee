"""Break-glass: any worker rings 999 first, and writes it down at once (rules 2.8.1).

Nothing goes through the gate and nothing is sent by this: the worker speaks on a telephone. It asks
no queue, no cache and no mail server, and nobody has to be reachable.
"""

import uuid
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from helpline.foundation.vault.sealed import SealedText
from safeguarding.escalations.kinds import Kind, StepKind, Urgency
from safeguarding.models.escalation import Escalation
from safeguarding.models.task import Task
from safeguarding.sharing.kinds import WRITE_WITHIN, Emergency, TaskKind

PLACE = ("pk", "escalation")
AHEAD = timedelta(minutes=5)  # that a worker's clock may be before ours


class EmergencyCallQuerySet(models.QuerySet["EmergencyCall"]):
    @transaction.atomic
    def write_down(
        self,
        *,
        by: Staff,
        said: str,
        on: Contact | Escalation | None,
        came_to: str = "",
        service: str = Emergency.POLICE,
        called_at: datetime | None = None,
        answered: str = "",
    ) -> "EmergencyCall":
        """999 was called and this was `said`; `answered` is their incident number.

        It is `on` an open escalation, which can wait no more then. On a contact, or on an
        escalation that is closed, an immediate one is raised unless such a one is open, so that
        whoever is on call is alerted. On none, for a contact that went meanwhile, it is raised in
        the service of ours that they `came_to`. Opens two tasks: to look at the call within 24
        hours, and to tell the person. Raises `Refused` without what was said or for a time to come.
        """
        if not by.may(Permission.RAISE_ESCALATIONS):
            raise Refused("Those who speak with people write this down.")
        if not said.strip():
            raise Refused("Write down what was said to them, however short.")
        called_at = called_at or timezone.now()
        if called_at > timezone.now() + AHEAD:
            raise Refused("This time is still to come. Say when the call was made.")
        worry = open_about(on, by=by, came_to=came_to)
        call = self.model(escalation=worry, by=by, service=Emergency(service), called_at=called_at)
        call.said, call.answered = said.strip(), answered.strip() or None
        call.save(force_insert=True)
        worry.write(StepKind.CALLED, by=by, words=str(call.get_service_display()))
        for kind in (TaskKind.REVIEW_CALL, TaskKind.TELL_PERSON):
            Task.objects.owe(kind, worry, by=by, call=call)
        late = call.was_late()
        AuditEvent.objects.record(Action.EMERGENCY_CALLED, on=worry, by=by, call=call.pk, late=late)
        worry.changed()
        return call


def open_about(on: Contact | Escalation | None, *, by: Staff, came_to: str) -> Escalation:
    """The open escalation that a call belongs to, locked; a new one where the last is closed."""
    if not isinstance(on, Escalation):
        return immediate(on, by=by, service=on.service if on else came_to)
    held = on.locked_after_contact()
    if held.is_open():
        if held.urgency != Urgency.IMMEDIATE:
            held.hasten(Urgency.IMMEDIATE, by=by, why="999 was called.")
        return held.locked()
    there = held.contact if held.contact and not held.contact.purged_on else None
    return immediate(there, by=by, service=held.service)


def immediate(contact: Contact | None, *, by: Staff, service: str) -> Escalation:
    """The open immediate escalation about a contact, or a new one, locked."""
    known = Escalation.objects.open().filter(contact=contact, urgency=Urgency.IMMEDIATE)
    found = known.order_by("-raised_at").first() if contact else None
    found = found or Escalation.objects.escalate_though_gone(
        contact, by=by, kind=Kind.IN_DANGER_NOW, urgency=Urgency.IMMEDIATE, service=service
    )
    return found.locked_after_contact()


class EmergencyCall(models.Model):
    """That somebody of ours rang 999, when, and what they said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey("safeguarding.Escalation", models.CASCADE, related_name="calls")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    service = models.CharField(max_length=10, choices=Emergency)
    called_at = models.DateTimeField()
    written_at = models.DateTimeField(default=timezone.now)
    said = SealedText(key="escalation__key", bound=PLACE)
    answered = SealedText(null=True, key="escalation__key", bound=PLACE)

    objects = EmergencyCallQuerySet.as_manager()

    class Meta:
        ordering = ["called_at", "id"]

    def __str__(self) -> str:
        return f"999 call {self.id}"

    def was_late(self) -> bool:
        """Whether it was written down more than half an hour after it was made."""
        return self.written_at - self.called_at > WRITE_WITHIN

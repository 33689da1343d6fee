"""A chat that is handed over into casework: a copy with a life of its own.

The person is told first. The chat stays where it was and goes after its 18 months; the copy says
where it came from, belongs to another service, and has its own class in the retention schedule.
"""

import uuid
from datetime import date

from django.db import models, transaction
from django.urls import reverse

from contacts.channels import Channel
from contacts.models.contact import Contact
from contacts.models.linking import Link
from contacts.models.service_user import ServiceUser
from contacts.models.words import Line, Speaker
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_date, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

KEEP_MONTHS = 72  # from the day it was handed over


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def with_key(self) -> "HandOverQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key")

    def unexpired(self, today: date | None = None) -> "HandOverQuerySet":
        """Within its own time."""
        return self.filter(purge_on__gt=today or london_today())

    def due(self, today: date) -> "HandOverQuerySet":
        """Past its own time, or without a basis; and nothing holds the chat it was copied from."""
        held = Contact.objects.filter(held=True).values("pk")
        return self.filter(purge_on__lte=today).exclude(contact__in=held)

    def visible_to(self, staff: Staff) -> "HandOverQuerySet":
        """Of the services that this person works for; theirs, or not taken yet. None of a chat or
        record that is restricted."""
        if not staff.may(Permission.TAKE_CONTACTS):
            return self.none()
        ours = self.unexpired().filter(service__in=staff.services)
        ours = ours.exclude(contact__restricted=True).exclude(service_user__restricted=True)
        if staff.may(Permission.SUPERVISE_CHATS):
            return ours
        return ours.filter(models.Q(taken_by=staff) | models.Q(status=HandOver.Status.WAITING))

    @transaction.atomic
    def hand_over(self, contact: Contact, *, by: Staff, told_in: int | None) -> "HandOver":
        """Copy what was said so far into casework, after the person was told (S2-22).

        `told_in` is the number of the line in which the worker told them. Raises `Refused` without
        one, or for a chat that is casework already; a second hand-over is a `WrongState`.
        """
        contact = contact.locked()
        if contact.service != Service.IS_THIS_OK:
            raise Refused("Only a chat of Is This OK? is handed over.")
        told = contact.lines.filter(number=told_in or 0, speaker=Speaker.WORKER)
        if not told.exists():
            raise Refused(
                "Tell them first, in the chat. Then name the line in which you told them."
            )
        if self.filter(contact=contact).exists():
            raise WrongState("This chat has been handed over already.")
        made = self.model(contact=contact, key=DataKey.new(), told_in=told_in, handed_by=by)
        made.came_from, made.channel = contact.service, contact.channel
        made.began_on = london_date(contact.started_at)
        link = Link.objects.of(contact).first()
        made.service_user = link.service_user if link else None
        made.purge_on = add_months(london_today(), KEEP_MONTHS)
        made.save(force_insert=True)
        made.copy(Line.objects.opened(contact))
        AuditEvent.objects.record(Action.HANDED_OVER, on=contact, by=by, copy=made.pk)
        live.ring("contacts", made.service)
        return made


class HandOver(models.Model):
    """The casework copy of one chat, with its provenance: from which service, of which day."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Nobody has taken it yet"
        TAKEN = "taken", "Taken"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service, default=Service.HELPLINE)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="hand_over")
    contact = models.OneToOneField(Contact, models.SET_NULL, null=True, related_name="hand_over")
    service_user = models.ForeignKey(
        ServiceUser, models.SET_NULL, null=True, related_name="hand_overs"
    )
    came_from = models.CharField(max_length=20, choices=Service)
    channel = models.CharField(max_length=10, choices=Channel)
    began_on = models.DateField()
    told_in = models.PositiveIntegerField()
    handed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(default=this_minute)
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    purge_on = models.DateField()

    objects = HandOverQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["purge_on"], name="hand_over_by_purge_day")]

    def __str__(self) -> str:
        return f"Hand-over {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("handed_over", args=[self.pk])

    def copy(self, lines: list[Line]) -> None:
        """Seal what was said again, under this copy's own key."""
        CopiedLine.objects.bulk_create(
            CopiedLine(
                hand_over=self, number=line.number, speaker=line.speaker, said_at=line.said_at,
                text=line.words,
            )
            for line in lines
            if line.words is not None
        )  # fmt: skip

    @transaction.atomic
    def take(self, *, by: Staff) -> None:
        """Somebody in casework goes on with it; of two who press the button one does."""
        taken = {"taken_by": by, "taken_at": this_minute()}
        move(self, self.Status.TAKEN, allowed=[self.Status.WAITING], **taken)
        AuditEvent.objects.record(Action.HAND_OVER_TAKEN, on=self, by=by)


class CopiedLine(models.Model):
    """One line of the copy; the chat's own line goes with the chat."""

    pk = models.CompositePrimaryKey("hand_over", "number")
    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    speaker = models.CharField(max_length=10, choices=Speaker)
    said_at = models.DateTimeField()
    text = SealedText(key="hand_over__key", bound=("hand_over", "number", "speaker"))

    def __str__(self) -> str:
        return f"Line {self.number}"

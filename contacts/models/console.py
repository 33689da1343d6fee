"""What workers do with each other around a chat; the person never sees any of it but its effect."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from contacts.models.contact import Contact
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault.sealed import SealedText


class QuickReply(models.Model):
    """Words that staff send often: somebody's own, or everybody's; about no person."""

    class Stage(models.TextChoices):
        ANY = "any", "At any time"
        EXPLAIN = "explain", "Confidentiality: explain"
        MAY_SHARE = "may-share", "Confidentiality: we may need to share"
        WILL_SHARE = "will-share", "Confidentiality: we are going to share"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Staff, models.CASCADE, null=True, related_name="quick_replies")
    title = models.CharField(max_length=80)
    text = models.CharField(max_length=2000)  # {cursor} marks where typing goes on
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.ANY)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["stage", "title"]

    def __str__(self) -> str:
        return f"Quick reply {self.id}"


class Guidance(models.Model):
    """A worker asks for guidance on a contact, and what a supervisor answered (S1-14)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="guidance")
    question = SealedText(key="contact__key", bound=("pk", "contact", "asked_by"))
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=this_minute)
    answer = SealedText(null=True, key="contact__key", bound=("pk", "contact", "asked_by"))
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Guidance {self.id}"


class Joining(models.Model):
    """A supervisor is in a chat beside its worker, and its person is told so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="joinings")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(default=this_minute)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "staff"],
                condition=models.Q(left_at=None),
                name="in_a_chat_once",
            )
        ]

    def __str__(self) -> str:
        return f"Joining {self.id}"


class SentAnyway(models.Model):
    """A line that was stopped and that its worker sent with a reason; a supervisor is told (S1-12).

    `kinds` are codes for what stopped it, never the value.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="sent_anyway")
    number = models.PositiveIntegerField()
    kinds = ArrayField(models.CharField(max_length=20))
    reason = SealedText(key="contact__key", bound=("pk", "contact", "number"))
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=this_minute)
    seen_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Sent anyway {self.id}"

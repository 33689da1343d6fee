"""The chatbot's script: a conversation in data, which a supervisor edits, previews and publishes.

Rules only, and nobody is judged by it: each step says something, asks with choices, asks for words,
points somewhere else, or hands over to a person.
"""

import uuid

from django.db import models, transaction
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import move


class BotScriptQuerySet(models.QuerySet["BotScript"]):
    def published(self, service: str) -> "BotScript | None":
        """The version in force for a service, if it has one."""
        return self.filter(service=service, status=BotScript.Status.PUBLISHED).first()


class BotScript(models.Model):
    """One version of one service's script; a published one is never changed, only replaced.

    `steps` is a list of steps, the first of which begins. Chats finish with the version that they
    began with.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "In use"
        RETIRED = "retired", "Replaced"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    steps = models.JSONField(default=list)
    edited_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = BotScriptQuerySet.as_manager()

    class Meta:
        ordering = ["service", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="one_script_a_number"),
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(status="published"),
                name="one_script_in_use_a_service",
            ),
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(status="draft"),
                name="one_draft_a_service",
            ),
        ]

    def __str__(self) -> str:
        return f"Script {self.number} of {self.service}"

    @property
    def first_step(self) -> str:
        """Where a chat begins; empty for a script without steps."""
        return self.steps[0]["id"] if self.steps else ""

    @transaction.atomic
    def publish(self, *, by: Staff) -> None:
        """Put this draft in force; chats under way finish with the version they began with."""
        BotScript.objects.filter(service=self.service, status=self.Status.PUBLISHED).update(
            status=self.Status.RETIRED
        )
        move(
            self,
            self.Status.PUBLISHED,
            allowed=[self.Status.DRAFT],
            published_by=by,
            published_at=timezone.now(),
        )
        AuditEvent.objects.record(Action.BOT_PUBLISHED, on=self, by=by, number=self.number)

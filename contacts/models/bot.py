"""The chatbot's script: a conversation in data, which a supervisor edits, previews and publishes.

Rules only, and nobody is judged by it: each step says something, asks with choices, asks for words,
points somewhere else, or hands over to a person.
"""

import uuid
from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone

from contacts import bot
from contacts.models.desk import Signpost
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import Refused, WrongState, move

MEANWHILE = "Somebody else has changed this draft meanwhile."


class BotScriptQuerySet(models.QuerySet["BotScript"]):
    def published(self, service: str) -> "BotScript | None":
        """The version in force for a service, if it has one."""
        return self.filter(service=service, status=BotScript.Status.PUBLISHED).first()

    def visible_to(self, staff: Staff) -> "BotScriptQuerySet":
        """Scripts of the services that this person works for."""
        return self.filter(service__in=staff.services)

    def draft_of(self, service: str) -> "BotScript | None":
        """The draft of a service, if somebody has begun one."""
        return self.filter(service=service, status=BotScript.Status.DRAFT).first()

    @transaction.atomic
    def draft(self, service: str, *, by: Staff, like: "BotScript | None" = None) -> "BotScript":
        """Begin the next version of a service's script, like another version or empty."""
        last = self.filter(service=service).aggregate(number=Max("number"))["number"] or 0
        steps = like.steps if like else []
        try:
            with transaction.atomic():
                draft = self.create(service=service, number=last + 1, steps=steps, edited_by=by)
        except IntegrityError:
            raise WrongState("There is a draft already. Edit it, or throw it away first.") from None
        AuditEvent.objects.record(Action.BOT_CHANGED, on=draft, by=by, change="begun")
        return draft


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
    def script(self) -> bot.Script:
        """Its steps, to be walked."""
        return bot.Script(self.steps)

    @property
    def first_step(self) -> str:
        """Where a chat begins; empty for a script without steps."""
        return self.script.first

    @property
    def seen(self) -> str:
        """What a form says it was filled in against; it changes with every edit."""
        return self.edited_at.isoformat()

    def problems(self) -> list[bot.Problem]:
        """What keeps this script from being published."""
        places = {str(pk) for pk in Signpost.objects.current().values_list("pk", flat=True)}
        return bot.problems(self.script, places)

    @transaction.atomic
    def edit(self, steps: list[bot.Step], *, by: Staff, seen: str) -> None:
        """Put these steps in place of the draft's, unless somebody else was faster.

        `seen` is the state that the editor looked at: two editors never overwrite each other.
        """
        now = timezone.now()
        stored = [bot.written(step) for step in steps]
        mine = self.as_seen(seen)
        if not mine.update(steps=stored, edited_at=now, edited_by=by):
            raise WrongState(MEANWHILE)
        self.refresh_from_db()
        AuditEvent.objects.record(Action.BOT_CHANGED, on=self, by=by, change="edited")

    def as_seen(self, seen: str) -> BotScriptQuerySet:
        """This draft, if nobody has changed it since it was seen."""
        try:
            at = datetime.fromisoformat(seen)
        except ValueError:
            return BotScript.objects.none()
        if at.tzinfo is None:
            return BotScript.objects.none()
        return BotScript.objects.filter(pk=self.pk, status=self.Status.DRAFT, edited_at=at)

    @transaction.atomic
    def discard(self, *, by: Staff) -> None:
        """Throw the draft away; what is in use stays."""
        AuditEvent.objects.record(Action.BOT_CHANGED, on=self, by=by, change="discarded")
        if not BotScript.objects.filter(pk=self.pk, status=self.Status.DRAFT).delete()[0]:
            raise WrongState("This draft is gone or in use already.")

    @transaction.atomic
    def publish(self, *, by: Staff, seen: str) -> None:
        """Put this draft in force as it was seen; chats under way finish with their own version.

        Raises `Refused` while a rule of scripts is broken.
        """
        draft = self.as_seen(seen).select_for_update().first()
        if draft is None:
            raise WrongState(MEANWHILE)
        if draft.problems():
            raise Refused("Something in this draft is not right yet. Its page says what.")
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

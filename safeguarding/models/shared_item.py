"""What leaves, thing by thing, each with its reason; and what was done with a sharing, in order."""

import uuid

from django.db import models, transaction

from contacts.models import Contact, Line, Note
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault.sealed import SealedText
from safeguarding.models.assessment import Assessment
from safeguarding.models.task import Task
from safeguarding.sharing.kinds import ItemSource, ShareStep, Status, TaskKind

PLACE = ("pk", "disclosure", "source")
LEFT = (Status.LEAVING, Status.SHARED)


class SharedItemQuerySet(models.QuerySet["SharedItem"]):
    def of_record(self, of: models.Model) -> "SharedItemQuerySet":
        """The items that came from one record: a contact, a line, a note or a record of somebody
        known. No judgement is an item, but what is shared because of a worry rests on it."""
        if isinstance(of, SharedItem):
            return self.filter(pk=of.pk)
        if isinstance(of, Line):
            return self.filter(source=ItemSource.LINE, of=of.contact_id, ref=str(of.number))
        if isinstance(of, Assessment):
            return self.filter(disclosure__escalation=of.escalation_id)
        if isinstance(of, Contact):
            notes = Note.objects.filter(contact=of).values("pk")
            return self.filter(models.Q(of=of.pk) | models.Q(of__in=notes))
        return self.filter(of=of.pk)

    @transaction.atomic
    def tell_recipients(
        self, of: models.Model, *, by: Staff | None, erased: bool = False
    ) -> list[Task]:
        """Something was corrected, or `erased`: whoever was given it must be told (Art 19, E19).

        One task for each sharing that has left with it, however often this is called while the
        task is open. To be called before the record itself goes.
        """
        kind = TaskKind.TELL_ERASED if erased else TaskKind.TELL_CORRECTED
        found = self.of_record(of).filter(disclosure__status__in=LEFT)
        made = []
        for item in found.select_related("disclosure__escalation").order_by("disclosure"):
            disclosure = item.disclosure
            if not Task.objects.open().filter(kind=kind, disclosure=disclosure).exists():
                made.append(
                    Task.objects.owe(kind, disclosure.escalation, by=by, disclosure=disclosure)
                )
        return made


class SharedItem(models.Model):
    """One ticked thing. Until it leaves it is a pointer, so nothing is copied that does not go.

    `of` is the record it is from and `ref` what in it: a line's number, an identity's field.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disclosure = models.ForeignKey("safeguarding.Disclosure", models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=ItemSource)
    of = models.UUIDField(null=True, db_index=True)
    ref = models.CharField(max_length=20, blank=True, default="")
    words = SealedText(null=True, key="disclosure__escalation__key", bound=PLACE)  # of a fact
    why = SealedText(null=True, key="disclosure__escalation__key", bound=PLACE)

    objects = SharedItemQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint("disclosure", "number", name="shared_items_are_numbered"),
            models.CheckConstraint(
                name="shared_item_is_from_somewhere_or_written",
                condition=models.Q(source="fact", of=None, words__isnull=False)
                | ~models.Q(source="fact") & models.Q(of__isnull=False, words__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Item {self.id}"

    @property
    def tick(self) -> str:
        """What names its source on the form: `line:7`, `note:<id>`, `identity:names`,
        `fact:<id>`."""
        own = {ItemSource.NOTE: self.of, ItemSource.FACT: self.pk}
        return f"{self.source}:{own.get(ItemSource(self.source), self.ref)}"


class DisclosureStep(models.Model):
    """One thing that was done with a sharing: who, when, and in words why. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disclosure = models.ForeignKey("safeguarding.Disclosure", models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=ShareStep)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=this_minute)
    words = SealedText(
        null=True, key="disclosure__escalation__key", bound=("pk", "disclosure", "number")
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint("disclosure", "number", name="disclosure_steps_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Step {self.id}"


def record_step(disclosure, kind: str, *, by: Staff | None, words: str = "") -> None:
    """Add one step and one fact to the trail; in the caller's transaction, the row locked."""
    last = disclosure.steps.aggregate(last=models.Max("number"))["last"] or 0
    step = DisclosureStep(disclosure=disclosure, number=last + 1, kind=ShareStep(kind), by=by)
    step.words = words.strip() or None
    step.save(force_insert=True)
    AuditEvent.objects.record(Action.SHARING_MOVED, on=disclosure, by=by, step=kind)

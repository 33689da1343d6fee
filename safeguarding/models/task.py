"""What is still owed, and by when: open until somebody did it, or says why it cannot be."""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Role
from helpline.foundation.states import Refused, WrongState, two_people
from helpline.foundation.vault.sealed import SealedText
from safeguarding.sharing.kinds import TASK_WITHIN, TaskKind, TaskOutcome

SHORTEST = 20


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        """Somebody still owes it; the most overdue first."""
        return self.filter(outcome="").order_by("due_at", "id")

    def late(self, now: datetime | None = None) -> "TaskQuerySet":
        """Open and past its time: red."""
        return self.open().filter(due_at__lt=now or timezone.now())

    def telling(self) -> "TaskQuerySet":
        """The person has not been told yet what was shared, or that it was impossible."""
        return self.open().filter(kind=TaskKind.TELL_PERSON)

    def told(self) -> "TaskQuerySet":
        """The person has been told what was shared, or that 999 was called (S1-10)."""
        return self.filter(kind=TaskKind.TELL_PERSON, outcome=TaskOutcome.DONE)

    def visible_to(self, staff: Staff) -> "TaskQuerySet":
        """The tasks of the escalations this person decides about; of wrong recipients also the
        DPO's, who reads nothing but that it happened and when."""
        kept = Q(escalation__keep_until=None) | Q(escalation__keep_until__gt=london_today())
        ours = self.filter(kept, escalation__service__in=staff.services)
        ways = Q(pk__in=[])
        if Role.DPO in staff.roles:
            ways |= Q(kind=TaskKind.BREACH)
        if Role.LEAD in staff.roles:
            ways |= Q(pk__isnull=False)
        elif Role.SUPERVISOR in staff.roles:
            team = Q(escalation__team=None) | Q(escalation__team__in=staff.team_ids)
            ways |= team | Q(escalation__owner=staff) | Q(escalation__raised_by=staff)
        return ours.filter(ways)

    def owe(self, kind: str, escalation, *, by: Staff | None, due_at=None, **about) -> "Task":
        """Open a task about an escalation, due after its kind's time unless `due_at` says when."""
        due_at = due_at or timezone.now() + TASK_WITHIN[TaskKind(kind)]
        made = self.create(kind=kind, escalation=escalation, opened_by=by, due_at=due_at, **about)
        AuditEvent.objects.record(Action.SHARING_TASK, on=made, by=by, kind=kind)
        return made

    def settle_telling(self, outcome: str, *, by: Staff, words: str) -> None:
        """The person knows all that was shared, or cannot be told any of it: every such task
        ends."""
        for task in self.telling().select_related("escalation__key"):
            task.end(outcome, by=by, words=words)


class Task(models.Model):
    """One thing owed after something was shared or 999 was called."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey("safeguarding.Escalation", models.CASCADE, related_name="tasks")
    disclosure = models.ForeignKey(
        "safeguarding.Disclosure", models.CASCADE, null=True, related_name="tasks"
    )
    call = models.ForeignKey(
        "safeguarding.EmergencyCall", models.CASCADE, null=True, related_name="tasks"
    )
    kind = models.CharField(max_length=20, choices=TaskKind)
    opened_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=TaskOutcome, blank=True, default="")
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    words = SealedText(null=True, key="escalation__key", bound=("pk", "escalation", "kind"))

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="task_open", condition=Q(outcome=""))]
        constraints = [
            models.CheckConstraint(
                name="task_ended_says_how",
                condition=Q(outcome="", ended_at=None)
                | ~Q(outcome="")
                & Q(ended_at__isnull=False, ended_by__isnull=False, words__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Task {self.id}"

    def is_late(self, now: datetime | None = None) -> bool:
        """As `late`, for a task already in memory."""
        return not self.outcome and self.due_at < (now or timezone.now())

    def end(self, outcome: str, *, by: Staff, words: str) -> None:
        """Close the one row, in the caller's transaction; of two who try one gets it."""
        row = Task.objects.select_for_update(no_key=True, of=("self",))
        held = row.select_related("escalation__key").get(pk=self.pk)
        if held.outcome:
            raise WrongState("Somebody else has done this already.")
        held.outcome, held.ended_by, held.ended_at = TaskOutcome(outcome), by, timezone.now()
        held.words = words.strip()
        held.save(update_fields=["outcome", "ended_by", "ended_at", "words"])
        AuditEvent.objects.record(Action.SHARING_TASK, on=self, by=by, ended=outcome)
        self.refresh_from_db(fields=["outcome", "ended_by", "ended_at"])

    @transaction.atomic
    def settle(self, outcome: str, *, by: Staff, words: str) -> None:
        """Somebody did it and says how, or says why it is impossible, in at least 20 characters
        (E18).

        A 999 call is looked at by somebody other than its caller. With the last of the tasks to
        tell the person, the escalation itself says that they know, or could not be told.
        """
        if len(words.strip()) < SHORTEST:
            raise Refused("Say in at least 20 characters how it was done, or why it cannot be.")
        breach = self.kind == TaskKind.BREACH and by.may(Permission.SETTLE_OWED)
        if not (breach or by.may(Permission.SHARE)):
            raise Refused("A supervisor or the safeguarding lead does this.")
        if self.kind == TaskKind.REVIEW_CALL:
            if outcome == TaskOutcome.IMPOSSIBLE:
                raise Refused("A 999 call can always be looked at.")
            two_people(self.call.by, by)
        escalation = self.escalation.locked_after_contact()
        self.end(outcome, by=by, words=words)
        last = not escalation.tasks.telling().exists()
        if self.kind == TaskKind.TELL_PERSON and last and escalation.status == "acting":
            told = outcome == TaskOutcome.DONE
            verb = escalation.inform if told else escalation.could_not_inform
            verb(by=by, why=words)

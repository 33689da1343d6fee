"""What was destroyed, when the purge ran, and what stopped it."""

import uuid
from datetime import date

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Least, Now
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import WrongState, move, two_people


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def certify(
        self, run: "PurgeRun", kept: str, *, oldest: date, gone: int, keys: int, lines: int = 0
    ) -> None:
        """Add what has just gone to the run's certificate for its class.

        `oldest` is the day from which the longest kept of them was kept.
        """
        counts = {"gone": gone, "lines": lines, "keys_destroyed": keys}
        added = {name: F(name) + count for name, count in counts.items()}
        certified = self.filter(run=run, retention_class=kept)
        if not certified.update(**added, oldest_start=Least("oldest_start", Value(oldest))):
            self.create(run=run, retention_class=kept, oldest_start=oldest, **counts)


class Disposal(models.Model):
    """The lasting proof of one purge run for one class: how many went, how old; never whose."""

    run = models.ForeignKey("privacy.PurgeRun", models.PROTECT, related_name="disposals")
    retention_class = models.CharField(max_length=60)
    gone = models.PositiveIntegerField(default=0)  # contacts, requests, records or copies
    lines = models.PositiveIntegerField(default=0)
    keys_destroyed = models.PositiveIntegerField(default=0)
    oldest_start = models.DateField(null=True)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "retention_class"], name="one_certificate_for_a_run_and_class"
            )
        ]

    def __str__(self) -> str:
        return f"Disposal {self.pk}"


class LedgerPosition(models.Model):
    """The last entry of the erasure ledger that this database has done; a restored one is
    behind."""

    only = models.BooleanField(primary_key=True, default=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="one_ledger_position", condition=Q(only=True))]

    def __str__(self) -> str:
        return f"Ledger position {self.number}"


class PurgeRun(models.Model):
    """One run of the purge, by the beat job or by hand; or of whatever else destroys, which is no
    sign that the purge lives."""

    class Result(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped by the brake"
        BROKEN = "broken", "Broken off; the next run went on"
        ERASED = "erased", "Not of the purge: what was asked for, or had gone before a restore"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, choices=Result, default=Result.RUNNING)
    purged = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    held_by_kind = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Purge run {self.id}"


class BrakeQuerySet(models.QuerySet["Brake"]):
    def standing(self) -> "Brake | None":
        """The stop that waits for two people, or None."""
        return self.filter(status__in=[Brake.Status.PULLED, Brake.Status.ASKED]).first()

    @transaction.atomic
    def pull(self, reason: str, *, due: int, living: int) -> "Brake":
        """Stop the purge; one stop stands at a time, with the newest figures.

        Whoever has agreed to fewer, or for another reason, has not agreed to this.
        """
        brake = self.standing()
        if brake is None:
            brake = self.create(reason=reason, due=due, living=living)
            AuditEvent.objects.record(Action.BRAKE_PULLED, on=brake, by=None, due=due, why=reason)
        else:
            changes = {"reason": reason, "due": due, "living": living}
            if due > brake.due or reason != brake.reason:
                changes |= {"status": Brake.Status.PULLED, "asked_by": None}
            self.filter(pk=brake.pk, status=brake.status).update(**changes)
        return brake


class Brake(models.Model):
    """The purge stopped itself, because so much at once looks like a wrong clock (C11)."""

    class Status(models.TextChoices):
        PULLED = "pulled", "Stopped"
        ASKED = "asked", "One person has agreed"
        LIFTED = "lifted", "Two people have agreed"
        SPENT = "spent", "Over"

    class Reason(models.TextChoices):
        TOO_MANY = "too-many", "So many contacts are due at once that a clock may be wrong"
        CLOCKS = "clocks", "The clocks of the machines differ by more than 5 minutes"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reason = models.CharField(max_length=10, choices=Reason)
    status = models.CharField(max_length=10, choices=Status, default=Status.PULLED)
    due = models.PositiveIntegerField()
    living = models.PositiveIntegerField()
    pulled_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    lifted_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = BrakeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="one_standing_brake",
                condition=Q(status__in=["pulled", "asked"]),
            ),
            models.CheckConstraint(
                name="brake_lifted_by_two",
                condition=Q(lifted_by=None)
                | Q(asked_by__isnull=False) & ~Q(lifted_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"Brake {self.id}"

    @transaction.atomic
    def agree(self, *, by: Staff) -> None:
        """The first of two people agrees to let this many go; the second one lifts the brake."""
        if self.status == self.Status.PULLED:
            move(self, self.Status.ASKED, allowed=[self.Status.PULLED], asked_by=by)
            AuditEvent.objects.record(Action.BRAKE_LIFT_ASKED, on=self, by=by, due=self.due)
            return
        if self.status != self.Status.ASKED:
            raise WrongState("This stop is over already.")
        two_people(self.asked_by, by)
        now = timezone.now()
        move(self, self.Status.LIFTED, allowed=[self.Status.ASKED], lifted_by=by, lifted_at=now)
        AuditEvent.objects.record(Action.BRAKE_LIFTED, on=self, by=by, due=self.due)


class ClockQuerySet(models.QuerySet):
    def report(self, process: str) -> None:
        """Write down this process's own time beside the database's."""
        times = {"its_time": timezone.now(), "heard_at": Now()}
        self.update_or_create(process=process, defaults=times)


class Clock(models.Model):
    """What time a process thought it was when the database last heard from it (J08)."""

    process = models.CharField(max_length=10, primary_key=True)
    its_time = models.DateTimeField()
    heard_at = models.DateTimeField()

    objects = ClockQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Clock of {self.process}"

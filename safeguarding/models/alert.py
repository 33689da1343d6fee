"""Alerts: who was told that an escalation waits, counted from the database and never twice.

Each step of a chain is a row that only one can write. What is due is worked out from these rows and
the database's clock alone, so that no outage, restart or second sweeper loses or doubles a step.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Now

from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.escalations.drawn import Status
from safeguarding.models.escalation_step import EscalationStep
from safeguarding.models.presence import Attendance

LOCK = 73_116_020  # of PostgreSQL's advisory locks: one sweep at a time
SUBJECT = "An escalation waits"


class AlertQuerySet(models.QuerySet["Alert"]):
    def of_wait(self) -> "AlertQuerySet":
        """Alerts because nobody acknowledged."""
        return self.filter(owner_away=None, hastened_step=None)

    @transaction.atomic
    def tell(
        self,
        escalation,
        people: Iterable[Staff],
        *,
        due_at: datetime,
        now: datetime,
        owner_away: Staff | None = None,
        nobody_on_call: bool = False,
        hastened_step: int | None = None,
    ) -> "Alert":
        """Alert these people on every channel; the escalation's row is locked by the caller.

        PostgreSQL refuses the same step a second time (`IntegrityError`), and then nothing of it
        stays: no banner, no mail, no fact.
        """
        last = self.filter(escalation=escalation).aggregate(last=Max("step"))["last"] or 0
        alert = self.create(
            escalation=escalation,
            step=last + 1,
            due_at=due_at,
            alerted_at=now,
            owner_away=owner_away,
            nobody_on_call=nobody_on_call,
            hastened_step=hastened_step,
        )
        people = list(people)
        Alerted.objects.bulk_create([Alerted(alert=alert, staff=each) for each in people])
        alert.leave(people)
        facts = {"step": alert.step, "people": len(people), "owner_away": bool(owner_away)}
        escalation.record(Action.ESCALATION_ALERTED, by=None, **facts)
        return alert


class Alert(models.Model):
    """One step: at one moment somebody, or everybody, was told that this escalation waits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey("safeguarding.Escalation", models.CASCADE, related_name="alerts")
    step = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    alerted_at = models.DateTimeField()
    owner_away = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    nobody_on_call = models.BooleanField(default=False)
    hastened_step = models.PositiveSmallIntegerField(null=True)  # by which its owner's work hastens

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "step"], name="alert_step_told_once"),
            models.UniqueConstraint(
                fields=["escalation", "due_at"],
                condition=Q(owner_away=None, hastened_step=None),
                name="alert_due_told_once",
            ),
            models.CheckConstraint(
                name="alert_not_before_it_was_due", condition=Q(alerted_at__gte=F("due_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"Alert {self.id}"

    def leave(self, people: list[Staff]) -> None:
        """By e-mail to each and by webhook once, neutrally; and every open page of theirs wakes."""
        link = settings.SITE_URL + self.escalation.get_absolute_url()
        for staff in people:
            context = {"link": link}
            Message.objects.put(
                to=staff.email, subject=SUBJECT, template="emails/alert.txt", context=context
            )
            live.ring("staff", staff.pk)
        Message.objects.put_hook({"text": SUBJECT, "url": link})


class AlertedQuerySet(models.QuerySet["Alerted"]):
    def waiting_for(self, staff: Staff, now: datetime) -> list["Alerted"]:
        """What this person was alerted of and what still waits, the longest first.

        It waits until somebody acknowledges it, or until the owner who had gone is back or somebody
        else owns it. What could wait no more waits for its owner's next step.
        """
        if not staff.may(Permission.LOOK_INTO_ESCALATIONS):
            return []
        mine = self.filter(staff=staff, alert__escalation__service__in=staff.services)
        raised = Q(alert__owner_away=None, alert__escalation__status=Status.RAISED)
        gone = Q(alert__owner_away=F("alert__escalation__owner"))
        gone &= ~Q(alert__escalation__status=Status.CLOSED)
        later = EscalationStep.objects.filter(
            escalation=OuterRef("alert__escalation"),
            number__gt=OuterRef("alert__hastened_step"),
            by__person=OuterRef("staff__person"),  # nobody else’s step says that they know of it
        )
        hastened = Q(alert__escalation__owner=F("staff"), alert__hastened_step__isnull=False)
        hastened &= Q(~Exists(later))
        rows = mine.filter(raised | gone | hastened).select_related("alert__escalation")
        found = {row.alert.escalation_id: row for row in rows.order_by("-alert__step")}
        still = still_waiting(found.values(), now)
        return sorted(still, key=lambda row: row.alert.alerted_at)


def still_waiting(rows: Iterable["Alerted"], now: datetime) -> list["Alerted"]:
    """Of those found by their rows, the ones whose owner is not back."""
    rows = list(rows)
    if not any(row.alert.owner_away_id for row in rows):
        return rows
    attendance = Attendance(now)
    return [
        row
        for row in rows
        if row.alert.owner_away_id is None
        or attendance.misses(
            row.alert.owner_away_id, row.alert.escalation.service, row.alert.escalation.urgency
        )
    ]


class Alerted(models.Model):
    """One person who was told by one alert."""

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="told")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="alerts")

    objects = AlertedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "staff"], name="person_told_once_by_an_alert")
        ]

    def __str__(self) -> str:
        return f"Alerted {self.id}"


class SweepQuerySet(models.QuerySet["Sweep"]):
    def begin(self) -> bool:
        """Be the one who sweeps until the transaction ends; False when somebody else is at it.

        The lock dies with its process.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            return cursor.fetchone()[0]

    def done(self) -> None:
        """Write down, by the database's clock, that everything has been looked at."""
        self.update_or_create(only=1, defaults={"swept_at": Now()})


class Sweep(models.Model):
    """When the last sweep for overdue alerts was: one row."""

    only = models.PositiveSmallIntegerField(primary_key=True, default=1)
    swept_at = models.DateTimeField()

    objects = SweepQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="one_sweep", condition=Q(only=1))]

    def __str__(self) -> str:
        return "The last sweep"

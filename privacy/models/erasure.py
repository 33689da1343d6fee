"""An erasure: what goes, what stays and why, read by two people before it runs."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_date, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault.sealed import SealedText
from privacy.erasure.kinds import COPIES_GONE_AFTER, Choice, Ground, What
from privacy.models.rights import KEEP_MONTHS, RightsRequest
from privacy.rights.kinds import Status

SHORTEST = 20


class ErasureQuerySet(models.QuerySet["Erasure"]):
    @transaction.atomic
    def ask(self, contacts: Iterable[Contact], *, when: datetime) -> "Erasure":
        """The person deletes what their words open, from `when` on; nobody is asked why."""
        plan = self.create(
            by_person=True, status=Erasure.Status.READY, not_before=when, asked_on=london_today()
        )
        for number, contact in enumerate(contacts, start=1):
            plan.items.create(number=number, what=What.CONTACT, which=contact.pk)
        AuditEvent.objects.record(Action.ERASURE_ASKED, on=plan, by=None)
        return plan

    def waiting_for(self, contacts: Iterable[Contact]) -> "ErasureQuerySet":
        """Deletions by the person that are still to come for one of these."""
        ids = [contact.pk for contact in contacts]
        to_come = {"items__which__in": ids, "items__choice": Choice.GOES}
        rows = self.filter(by_person=True, status=Erasure.Status.READY, **to_come)
        return rows.distinct()

    def due(self, now: datetime) -> "ErasureQuerySet":
        """Approved, or asked for by the person with their own words, and not to wait any longer."""
        ready = self.filter(status=Erasure.Status.READY, not_before__lte=now)
        return ready.order_by("not_before", "pk")

    def due_for_purge(self, today: date) -> "ErasureQuerySet":
        """By the person alone, and over for three years; that of a request goes with it."""
        since = add_months(today, -KEEP_MONTHS)
        done = Q(status=Erasure.Status.DONE, done_at__date__lte=since)
        called_off = Q(status=Erasure.Status.CALLED_OFF, not_before__date__lte=since)
        return self.filter(done | called_off, request=None)


class Erasure(models.Model):
    """The plan of one deletion, and what came of it. It holds ids and no words.

    Of a request, by two people; or by the person alone, with their own seven words (S2-67).
    """

    class Status(models.TextChoices):
        DRAWN = "drawn", "Drawn up"
        READY = "ready", "Waits to be done"
        DONE = "done", "Done"
        CALLED_OFF = "called-off", "Called off by them"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(RightsRequest, models.CASCADE, null=True, related_name="erasure")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAWN)
    drawn_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    by_person = models.BooleanField(default=False)  # with their own seven words
    asked_on = models.DateField(null=True)  # of the person: what is stopped is owed from then on
    not_before = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="erasure_waiting", condition=Q(status="ready"))
        ]
        constraints = [
            models.CheckConstraint(
                name="erasure_waits_until_a_moment",
                condition=Q(status="drawn", not_before=None)
                | ~Q(status="drawn") & Q(not_before__isnull=False),
            ),
            models.CheckConstraint(
                name="erasure_done_says_when",
                condition=Q(status="done", done_at__isnull=False)
                | ~Q(status="done") & Q(done_at=None),
            ),
            models.CheckConstraint(
                name="erasure_has_somebody_who_asked",
                condition=Q(by_person=True, request=None, drawn_by=None, asked_on__isnull=False)
                | Q(by_person=False, asked_on=None, request__isnull=False, drawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Erasure {self.pk}"

    def problems(self) -> list[str]:
        """What keeps this plan from being proposed, as sentences."""
        items = list(self.items.all())
        found = [] if items else ["Nothing is in it."]
        if any(item.choice == Choice.STAYS and not item.ground for item in items):
            found.append("Say for everything that stays on which ground.")
        if not self._wanted() <= {(item.what, item.which) for item in items}:
            found.append("Something that the request is about is not in it yet. Look for more.")
        return found

    def _wanted(self) -> set[tuple[str, uuid.UUID]]:
        """What its request is about and is still there."""
        if self.request is None:
            return set()
        contacts = self.request.scope().filter(purged_on=None)
        ids: list[tuple[str, uuid.UUID]] = [(What.CONTACT, contact.pk) for contact in contacts]
        ids += [(What.COPY, copy.pk) for copy in self.request.copies()]
        if self.request.service_user_id:
            ids.append((What.RECORD, self.request.service_user_id))
        return set(ids)

    @transaction.atomic
    def get_ready(self, *, when: datetime | None = None) -> None:
        """It runs from `when` on, or at once; approval is the request’s, by a second person."""
        moment = when or timezone.now()
        move(self, self.Status.READY, allowed=[self.Status.DRAWN], not_before=moment)

    def take_effect(self, *, by: Staff) -> None:
        """The answer is approved: it runs at the next turn."""
        self.get_ready()

    @transaction.atomic
    def call_off(self) -> None:
        """Whoever asked with their own words has changed their mind in time; a record that is just
        being destroyed comes first."""
        if not self.by_person:
            raise Refused("This was decided by two people.")
        Erasure.objects.select_for_update().get(pk=self.pk)
        if self.items.exclude(done_at=None).exists():
            raise WrongState("It has been done already.")
        move(self, self.Status.CALLED_OFF, allowed=[self.Status.READY])
        AuditEvent.objects.record(Action.ERASURE_CALLED_OFF, on=self, by=None)

    def copies_gone_on(self) -> date | None:
        """The day by which what went is unreadable in every copy and backup too."""
        return london_date(self.done_at) + COPIES_GONE_AFTER if self.done_at else None


class ErasureItem(models.Model):
    """One record of the plan, by its id alone, so that it outlives what it speaks of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=10, choices=What)
    which = models.UUIDField()
    began_on = models.DateField(null=True)  # of a contact or copy, until it has gone
    choice = models.CharField(max_length=5, choices=Choice, default=Choice.GOES)
    ground = models.CharField(max_length=20, choices=Ground, blank=True, default="")
    why = SealedText(null=True, key="erasure__request__key", bound=("pk", "erasure", "number"))
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint("erasure", "number", name="erasure_items_are_numbered"),
            models.UniqueConstraint("erasure", "what", "which", name="erasure_item_stands_once"),
            models.CheckConstraint(
                name="erasure_item_that_goes_has_no_ground",
                condition=Q(choice="stays") | Q(choice="goes", ground=""),
            ),
            models.CheckConstraint(
                name="erasure_item_done_went", condition=Q(done_at=None) | Q(choice="goes")
            ),
        ]

    def __str__(self) -> str:
        return f"Item {self.id}"

    @transaction.atomic
    def decide(self, choice: str, *, by: Staff, ground: str = "", why: str = "") -> None:
        """Say whether it goes; what stays needs its ground, and why in at least 20 characters."""
        request = self.erasure.request.locked()
        if request.status != Status.REVIEW or self.erasure.status != Erasure.Status.DRAWN:
            raise WrongState("This plan is not being drawn up any more.")
        if Choice(choice) == Choice.STAYS:
            if ground not in Ground.values:
                raise Refused("Say on which ground it stays.")
            if len(why.strip()) < SHORTEST:
                raise Refused("Say why in at least 20 characters.")
        self.erasure.request = request
        self.choice, self.decided_by = Choice(choice), by
        self.ground = ground if self.choice == Choice.STAYS else ""
        self.why = why.strip() if self.choice == Choice.STAYS else None
        self.save(update_fields=["choice", "ground", "why", "decided_by"])
        AuditEvent.objects.record(
            Action.ERASURE_DECIDED, on=request, by=by, number=self.number, choice=self.choice
        )

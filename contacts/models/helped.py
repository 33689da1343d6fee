"""How somebody was helped last time, what we promised them, and what helps when they come often."""

import uuid
from datetime import date

from django.db import models, transaction
from django.db.models import Q

from contacts.channels import Channel
from contacts.models.amending import as_it_stands
from contacts.models.contact import Contact
from contacts.models.linking import Link
from contacts.models.service_user import ServiceUser
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_date, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault.sealed import SealedText


class EntryQuerySet(models.QuerySet["Entry"]):
    def promises_open(self) -> "EntryQuerySet":
        """Promises made to the person that are neither kept nor taken back, soonest first."""
        return self.filter(status=Entry.Status.PROMISED).order_by("due_on", "id")

    @transaction.atomic
    def write(
        self,
        record: ServiceUser,
        words: str,
        *,
        by: Staff,
        contact: Contact | None = None,
        due_on: date | None = None,
        action=None,
    ) -> "Entry":
        """Write down how they were helped, or with `due_on` what we promised them until then.

        Words of our own: what they said stays in the contact. A contact must be linked to the
        record; then its day and channel stand beside the words. `action` is the request that was
        done for them, whose own words go with its contact.
        """
        if not words.strip():
            raise Refused("Write down how they were helped.")
        record = record.locked()
        entry = self.model(service_user=record, written_by=by, due_on=due_on, action=action)
        entry.status = Entry.Status.PROMISED if due_on else Entry.Status.HELPED
        if contact is not None:
            entry.belongs_to(contact)
        entry.words = words
        entry.save(force_insert=True)
        ServiceUser.objects.filter(pk=record.pk).update(last_contact_on=london_today())
        AuditEvent.objects.record(Action.RECORD_ENTRY, on=record, by=by, promise=bool(due_on))
        return entry


class Entry(models.Model):
    """One line of how somebody was helped (S0-11), or one promise made to them.

    It outlives the words of its contact, and goes when the contact is unlinked.
    """

    class Status(models.TextChoices):
        HELPED = "helped", "Helped"
        PROMISED = "promised", "Promised"
        KEPT = "kept", "Promise kept"
        TAKEN_BACK = "taken-back", "Could not be kept, and they were told"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_user = models.ForeignKey(ServiceUser, models.CASCADE, related_name="entries")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    action = models.OneToOneField(
        "contacts.ActionRequest", models.SET_NULL, null=True, related_name="entry"
    )
    happened_on = models.DateField(default=london_today)
    channel = models.CharField(max_length=10, choices=Channel, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status)
    due_on = models.DateField(null=True)
    words = SealedText(key="service_user__key", bound=("pk", "service_user", "written_by"))
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=this_minute)
    done_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-written_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="promise_has_a_day",
                condition=Q(status="helped", due_on=None)
                | ~Q(status="helped") & Q(due_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Entry {self.id}"

    @property
    def told(self) -> str | None:
        """What it says as it stands now, which is what anybody is shown (Art 16)."""
        return as_it_stands(self.words, self.service_user.amendments, ("entry", self.pk))

    def belongs_to(self, contact: Contact) -> None:
        """Take over the contact's day and channel; `Refused` unless it is linked to the record."""
        if not Link.objects.of(contact).filter(service_user=self.service_user).exists():
            raise Refused("This contact is not linked to the record.")
        self.contact, self.channel = contact, contact.channel
        self.happened_on = london_date(contact.started_at)

    @transaction.atomic
    def settle(self, *, by: Staff, kept: bool) -> None:
        """The promise was kept, or the person was told that it could not be."""
        to = self.Status.KEPT if kept else self.Status.TAKEN_BACK
        move(self, to, allowed=[self.Status.PROMISED], done_by=by, done_at=this_minute())
        AuditEvent.objects.record(Action.PROMISE_SETTLED, on=self.service_user, by=by, kept=kept)


class SupportPlanQuerySet(models.QuerySet["SupportPlan"]):
    @transaction.atomic
    def agree(self, record: ServiceUser, *, by: Staff, worker: Staff | None, **words) -> None:
        """Write down what helps somebody who is often in touch, as agreed with them.

        It opens a way; nothing in it can close one, and no page asks it before somebody is
        answered.
        """
        if set(words) != {"times", "helps"}:
            raise WrongState("A plan says who, when, and what helps.")
        record = record.locked()
        plan = self.filter(service_user=record).first() or self.model(service_user=record)
        plan.service_user, plan.worker = record, worker
        plan.times, plan.helps = words["times"] or None, words["helps"] or None
        plan.agreed_by, plan.agreed_at = by, this_minute()
        plan.save()
        AuditEvent.objects.record(Action.SUPPORT_PLAN_CHANGED, on=record, by=by)


class SupportPlan(models.Model):
    """Who is there for somebody who is often in touch, when, and what helps: never a block."""

    service_user = models.OneToOneField(
        ServiceUser, models.CASCADE, primary_key=True, related_name="plan"
    )
    worker = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    times = SealedText(null=True, key="service_user__key", bound=("service_user",))
    helps = SealedText(null=True, key="service_user__key", bound=("service_user",))
    agreed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=this_minute)

    objects = SupportPlanQuerySet.as_manager()

    def __str__(self) -> str:
        return "A support plan"

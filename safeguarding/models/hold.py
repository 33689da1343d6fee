"""Holds, which keep words beyond their 18 months for somebody's safety."""

import uuid
from datetime import date, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move, two_people
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

SHORTEST_REASON = 20
APPROVE_WITHIN = timedelta(hours=72)
REVIEW_MONTHS = 6
SPARED_FOR = timedelta(days=7)


class HoldQuerySet(models.QuerySet):
    def in_force(self) -> "HoldQuerySet":
        """Not released; an unapproved or unreviewed hold still holds, because silence must not
        delete."""
        return self.filter(status__in=Hold.IN_FORCE)

    def visible_to(self, staff: Staff) -> "HoldQuerySet":
        """The holds this person answers for, within their services.

        The safeguarding lead: all of them, because what is held is theirs to read. A supervisor:
        their teams', and those of no team, as with transcripts (rules 2.14); also past the date,
        so that a hold released too soon can be placed again.
        """
        ours = self.filter(contact__service__in=staff.services)
        if staff.may(Permission.RELEASE_HOLDS):
            return ours
        if staff.may(Permission.PLACE_HOLDS):
            return ours.filter(Q(contact__team=None) | Q(contact__team__in=staff.team_ids))
        return self.none()

    def review_missed_twice(self, today: date) -> "HoldQuerySet":
        """In force, and overdue for the second time: late once before, or late by a month now
        (C04)."""
        again = Q(reviews_missed__gt=0) | Q(review_on__lt=add_months(today, -1))
        return self.in_force().filter(again, review_on__lt=today)

    @transaction.atomic
    def place(self, contact: Contact, *, by: Staff, kind, ground, reason: str, review_on: date):
        """Hold a contact's words. It acts at once; somebody else approves it within 72 hours.

        The contact is locked first, so a hold and the purge are one after the other: a hold that
        comes second is told that the contact is gone (`WrongState`). Raises `Refused` for a reason
        shorter than 20 characters or a review later than 6 months (S2-37, S2-38).
        """
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused("Say why in at least 20 characters: what keeping this does for them.")
        if not london_today() < review_on <= add_months(london_today(), REVIEW_MONTHS):
            raise Refused("The review must be on a day within the next 6 months.")
        contact = lock_for_hold(contact)
        hold = self.model(contact=contact, key=contact.key, kind=kind, ground=ground)
        hold.reason, hold.placed_by, hold.review_on = reason, by, review_on
        hold.save(force_insert=True)
        recompute(contact)
        AuditEvent.objects.record(Action.HOLD_PLACED, on=contact, by=by, kind=kind, hold=hold.pk)
        return hold


class Hold(models.Model):
    """One person's recorded belief that these words must be kept longer to keep somebody safe.

    While it is in force it refers to the contact's data key, which PostgreSQL then refuses to
    delete.
    """

    class Status(models.TextChoices):
        PLACED = "placed", "Waiting for approval"
        APPROVED = "approved", "In force"
        RELEASED = "released", "Released"

    class Kind(models.TextChoices):
        SAFEGUARDING = "safeguarding", "Safeguarding"
        RIGHTS = "rights", "Open rights request"
        LEGAL = "legal", "Legal claim or court order"
        BREACH = "breach", "Breach investigation"

    class Ground(models.TextChoices):
        LIFE_IN_DANGER = "life-in-danger", "Somebody’s life may be in danger"
        HARMED_NOW = "harmed-now", "The person is being hurt or harmed"
        HARMING_ANOTHER = "harming-another", "Somebody else is being hurt or harmed"
        CARRYING_ON = "carrying-on", "The person is likely to come back and we support them"
        REQUEST_OPEN = "request-open", "A request about these words is not answered yet"
        CLAIM = "claim", "A claim or an order needs these words"
        INVESTIGATION = "investigation", "We are finding out what went wrong"

    IN_FORCE = (Status.PLACED, Status.APPROVED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="holds")
    key = models.ForeignKey(DataKey, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.SAFEGUARDING)
    ground = models.CharField(max_length=30, choices=Ground)
    reason = SealedText(key="contact__key", bound=("pk", "contact", "kind"))
    status = models.CharField(max_length=10, choices=Status, default=Status.PLACED)
    placed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    review_on = models.DateField()
    reviews_missed = models.PositiveSmallIntegerField(default=0)
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    released_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_reason = SealedText(null=True, key="contact__key", bound=("pk", "contact", "kind"))

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_in_force_keeps_the_key",
                condition=Q(status="released", key=None, released_at__isnull=False)
                | ~Q(status="released") & Q(key__isnull=False, released_at=None),
            ),
            models.CheckConstraint(
                name="hold_approved_by_another",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False)
                & ~Q(approved_by=models.F("placed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {self.id}"

    def is_late(self) -> bool:
        """Red: unapproved after 72 hours, or past its review day. It never lapses by itself."""
        return self.approval_is_late() or self.review_is_overdue()

    def approval_is_late(self) -> bool:
        """In force and still without a second person after 72 hours."""
        late = timezone.now() > self.placed_at + APPROVE_WITHIN
        return self.status == self.Status.PLACED and late

    def review_is_overdue(self) -> bool:
        """In force and past the day it should have been looked at again (C04)."""
        return self.status in self.IN_FORCE and self.review_on < london_today()

    @transaction.atomic
    def approve(self, *, by: Staff) -> None:
        """A second person agrees; raises `Refused` for whoever placed it, on either account
        (F13)."""
        two_people(self.placed_by, by)
        now = timezone.now()
        move(
            self,
            self.Status.APPROVED,
            allowed=[self.Status.PLACED],
            approved_by=by,
            approved_at=now,
        )
        AuditEvent.objects.record(Action.HOLD_APPROVED, on=self.contact, by=by, hold=self.pk)

    @transaction.atomic
    def review(self, *, by: Staff, review_on: date) -> None:
        """Look at it again and say by when next, at most 6 months on; a late review is counted."""
        if not london_today() < review_on <= add_months(london_today(), REVIEW_MONTHS):
            raise Refused("The next review must be on a day within the next 6 months.")
        if self.status not in self.IN_FORCE:
            raise WrongState("This hold has been released.")
        missed = models.F("reviews_missed") + int(self.review_is_overdue())
        said = {"review_on": review_on, "reviewed_by": by, "reviews_missed": missed}
        move(self, self.status, allowed=[self.status], **said)
        AuditEvent.objects.record(Action.HOLD_REVIEWED, on=self.contact, by=by, hold=self.pk)

    @transaction.atomic
    def release(self, *, by: Staff, reason: str) -> None:
        """End the hold. Words past their 18 months are unreadable at once and destroyed in 7 days.

        Within those days a new hold brings them back.
        """
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused("Say in at least 20 characters why it is no longer needed.")
        contact = lock_for_hold(self.contact)
        hold = Hold.objects.select_related("contact__key").get(pk=self.pk)
        move(
            hold,
            self.Status.RELEASED,
            allowed=list(self.IN_FORCE),
            key=None,
            released_by=by,
            released_at=timezone.now(),
        )
        hold.release_reason = reason
        hold.save(update_fields=["release_reason"])
        recompute(contact)
        AuditEvent.objects.record(Action.HOLD_RELEASED, on=contact, by=by, hold=self.pk)
        self.refresh_from_db(fields=["status", "key", "released_by", "released_at"])


def lock_for_hold(contact: Contact) -> Contact:
    """The contact with its row locked and its key at hand, even past its date while it still
    exists.

    Raises `WrongState` when the purge came first.
    """
    rows = Contact.objects.select_for_update(no_key=True, of=("self",)).with_key()
    found = rows.filter(pk=contact.pk, purged_on=None).first()
    if found is None:
        raise WrongState("This contact has already been deleted. It cannot be held any more.")
    return found


def recompute(contact: Contact) -> None:
    """Set the contact's `held` index from the holds in force, its row being locked."""
    held = Hold.objects.in_force().filter(contact=contact).exists()
    if contact.held and not held and not contact.purge_on > london_today() + SPARED_FOR:
        contact.spared_until = london_today() + SPARED_FOR
    contact.held = held
    contact.save(update_fields=["held", "spared_until"])
    live.ring("contact", contact.pk)

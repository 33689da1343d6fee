"""Holds, which keep words beyond their 18 months for somebody's safety."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service
from helpline.foundation.states import Refused, WrongState, move, two_people
from safeguarding.models.escalation import Escalation
from safeguarding.models.held_contact import HeldContact, lock_for_hold, recompute

SHORTEST_REASON = 20
APPROVE_WITHIN = timedelta(hours=72)
REVIEW_MONTHS = 6
MOST_COVERED = 50  # contacts in one hold


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> "HoldQuerySet":
        """Not released; an unapproved or unreviewed hold still holds, because silence must not
        delete."""
        return self.filter(status__in=Hold.IN_FORCE)

    def with_contacts(self) -> "HoldQuerySet":
        """With the people behind it and every contact that it covers, in three queries."""
        covers = HeldContact.objects.select_related("contact").order_by("contact__started_at")
        people = ("placed_by", "believed_by", "approved_by", "released_by")
        return self.select_related(*people).prefetch_related(models.Prefetch("covers", covers))

    def visible_to(self, staff: Staff) -> "HoldQuerySet":
        """The holds this person answers for, within their services.

        The safeguarding lead: all of them, because what is held is theirs to read. A supervisor:
        their teams', and those of no team, as with transcripts (rules 2.14), if every contact of it
        is; also past the date, so that a hold released too soon can be placed again.
        """
        ours = self.filter(service__in=staff.services)
        if staff.may(Permission.RELEASE_HOLDS):
            return ours
        if staff.may(Permission.PLACE_HOLDS):
            near = Q(contact__team=None) | Q(contact__team__in=staff.team_ids)
            far = HeldContact.objects.filter(hold=OuterRef("pk")).exclude(near)
            return ours.exclude(Exists(far))
        return self.none()

    def by_review_day(self) -> "HoldQuerySet":
        """The order of the board: what must be looked at first stands first."""
        return self.order_by("review_on", "id")

    def review_missed_twice(self, today: date) -> "HoldQuerySet":
        """In force, and overdue for the second time: late once before, or late by a month now
        (C04)."""
        again = Q(reviews_missed__gt=0) | Q(review_on__lt=add_months(today, -1))
        return self.in_force().filter(again, review_on__lt=today)

    @transaction.atomic
    def place(
        self,
        contact: Contact,
        *,
        by: Staff | None,
        kind: str,
        ground: str,
        reason: str,
        review_on: date,
        also: Iterable[Contact] = (),
        believed_by: Staff | None = None,
        for_request: bool = False,
    ) -> "Hold":
        """Hold a contact's words, and those of the contacts that are `also` about it.

        It acts at once; somebody else approves it within 72 hours. `believed_by` is who believes
        it: whoever places it, unless another is named (S2-37). A request about data sets it
        `for_request`, and `by` nobody where somebody made it with their own words.

        The contacts are locked first, so a hold and the purge are one after the other: a hold that
        comes second is told that a contact is gone (`WrongState`), and holds none. Raises `Refused`
        for a reason shorter than 20 characters, a review later than 6 months, a ground that is not
        about safety for a hold that is, and contacts of different services (S2-37, S2-38).
        """
        Hold.must_be_sound(kind=kind, ground=ground, reason=reason, review_on=review_on)
        contacts = lock_for_hold([contact, *also])
        if len({each.service for each in contacts}) > 1:
            raise Refused("These contacts are of different services. Hold them apart.")
        if len(contacts) > MOST_COVERED:
            raise Refused(f"One hold covers at most {MOST_COVERED} contacts.")
        said = {"kind": kind, "ground": ground, "review_on": review_on, "placed_by": by}
        said |= {"believed_by": believed_by or by, "for_request": for_request}
        hold = self.create(**said, service=contacts[0].service)
        for each in contacts:
            hold.cover(each, reason, by=by)
        if kind == Hold.Kind.SAFEGUARDING and by is not None:
            Escalation.objects.hold_placed(contacts, by=by)
        return hold


class Hold(models.Model):
    """One person's recorded belief that words must be kept longer to keep somebody safe.

    It covers one contact or several. It never lapses and never renews itself: a person approves,
    reviews and releases it.
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
    ABOUT_SAFETY = (
        Ground.LIFE_IN_DANGER,
        Ground.HARMED_NOW,
        Ground.HARMING_ANOTHER,
        Ground.CARRYING_ON,
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    contacts = models.ManyToManyField(Contact, through=HeldContact, related_name="holds")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.SAFEGUARDING)
    ground = models.CharField(max_length=30, choices=Ground)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLACED)
    for_request = models.BooleanField(default=False)  # set by it, and ends with it
    # Nobody: a request that somebody made with their own words has set it by itself.
    believed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    placed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    review_on = models.DateField()
    reviews_missed = models.PositiveSmallIntegerField(default=0)
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    released_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["review_on", "id"],
                name="hold_by_review_day",
                condition=~Q(status="released"),
            ),
            models.Index(
                fields=["released_at"], name="hold_released", condition=Q(status="released")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="hold_released_says_when",
                condition=Q(status="released", released_at__isnull=False)
                | ~Q(status="released") & Q(released_at=None),
            ),
            models.CheckConstraint(
                name="hold_for_safety_is_about_safety",
                condition=~Q(kind="safeguarding")
                | ~Q(ground__in=["request-open", "claim", "investigation"]),
            ),
            models.CheckConstraint(
                name="hold_for_request_is_of_its_kind",
                condition=Q(for_request=False) | Q(kind="rights"),
            ),
            models.CheckConstraint(
                name="hold_of_nobody_is_for_a_request",
                condition=Q(kind="rights") | Q(believed_by__isnull=False, placed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="hold_approved_by_another",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False)
                & (Q(placed_by=None) | ~Q(approved_by=models.F("placed_by")))
                & (Q(believed_by=None) | ~Q(approved_by=models.F("believed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {self.id}"

    @staticmethod
    def must_be_sound(*, kind: str, ground: str, reason: str, review_on: date) -> None:
        """Raise `Refused` for what no hold may say."""
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused("Say why in at least 20 characters: what keeping this does for them.")
        if not london_today() < review_on <= add_months(london_today(), REVIEW_MONTHS):
            raise Refused("The review must be on a day within the next 6 months.")
        if kind == Hold.Kind.SAFEGUARDING and ground not in Hold.ABOUT_SAFETY:
            raise Refused("A safeguarding hold needs a ground that is about somebody’s safety.")

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

    def cover(self, contact: Contact, reason: str, *, by: Staff | None) -> None:
        """Keep one contact, whose row is locked, with its key and the reason sealed by it."""
        held = HeldContact(hold=self, contact=contact, key=contact.key, reason=reason)
        held.save(force_insert=True)
        recompute(contact)
        facts = {"kind": self.kind, "hold": self.pk}
        AuditEvent.objects.record(Action.HOLD_PLACED, on=contact, by=by, **facts)

    @transaction.atomic
    def approve(self, *, by: Staff) -> None:
        """A second person agrees; raises `Refused` for whoever placed it or believes it, on either
        account (F13)."""
        for first in (self.placed_by, self.believed_by):
            if first is not None:
                two_people(first, by)
        signed = {"approved_by": by, "approved_at": timezone.now()}
        move(self, self.Status.APPROVED, allowed=[self.Status.PLACED], **signed)
        self._recorded(Action.HOLD_APPROVED, by)

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
        self._recorded(Action.HOLD_REVIEWED, by)

    @transaction.atomic
    def release(self, *, by: Staff, reason: str) -> None:
        """End the hold. Words past their 18 months are unreadable at once and destroyed in 7 days.

        Within those days a new hold brings them back. Raises `Refused` for one that a request
        has set, which ends with that, and while what it covers is restricted (s.173, Art 18).
        """
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused("Say in at least 20 characters why it is no longer needed.")
        contacts = lock_for_hold(self.contacts.all())
        if self.kind == self.Kind.RIGHTS and any(each.restricted for each in contacts):
            raise Refused(
                "These words are restricted and are kept by this. It ends with the restriction."
            )
        if self.for_request:
            raise Refused(
                "A request about these words keeps them. This ends when the data protection officer"
                " closes it, or takes the contact out of it."
            )
        self.end(by=by, reason=reason)

    @transaction.atomic
    def end(self, *, by: Staff, reason: str) -> None:
        """End it as `release` does, for the request that set it, which knows whether it may."""
        contacts = {each.pk: each for each in lock_for_hold(self.contacts.all())}
        done = {"released_by": by, "released_at": timezone.now()}
        move(self, self.Status.RELEASED, allowed=list(self.IN_FORCE), **done)
        for held in self.covers.all():
            held.contact, held.key, held.release_reason = contacts[held.contact_id], None, reason
            held.save(update_fields=["key", "release_reason"])
            recompute(held.contact)
        self._recorded(Action.HOLD_RELEASED, by)

    def _recorded(self, action: Action, by: Staff) -> None:
        for contact in self.contacts.all():
            AuditEvent.objects.record(action, on=contact, by=by, hold=self.pk)

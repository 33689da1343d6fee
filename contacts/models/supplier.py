"""The register of suppliers: who carries or keeps what for us, under which contract, and whether
we have looked at them in time (Art 28, S2-60). It is about no person."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Exists, F, Q
from django.utils import timezone

from contacts.channels import WRITTEN
from contacts.models.contact import Contact
from contacts.models.dispatch import VendorCopy
from contacts.suppliers.connected import used_by
from contacts.suppliers.kinds import Carries, StepKind, Term, months_between_reviews
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import LONDON, add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, move

LONGEST = 2000
AGAIN_AFTER = timedelta(hours=24)
SHORTEST_REASON = 10
MAY_CHANGE = ("place", "sub_processors", "contract_on", "carries", "adapters")


def kept_waiting(channels: Sequence[str]) -> models.QuerySet[Contact]:
    """Who wrote by one of these channels while its supplier could not be used, and still waits."""
    rows = Contact.objects.unexpired().exclude(status=Contact.Status.ENDED)
    return rows.filter(correspondence__shut=True, channel__in=channels)


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def listed(self) -> "SupplierQuerySet":
        """All of them, whose review is due first first."""
        return self.order_by("next_review_on", "name")

    def in_need(self, now: datetime) -> "SupplierQuerySet":
        """Those that somebody has to do something about: a review is overdue, a copy has not been
        deleted there in 72 hours (C16), or people who wrote wait until it is approved (L07)."""
        stuck = ArraySubquery(VendorCopy.objects.stuck(now).values("provider"))
        need = Q(next_review_on__lt=now.astimezone(LONDON).date()) | Q(adapters__overlap=stuck)
        for channel in WRITTEN:
            carries = Q(adapters__overlap=used_by(channel), status=Supplier.Status.SUSPENDED)
            need |= carries & Q(Exists(kept_waiting([channel])))
        return self.filter(need)

    def to_remind_of(self, now: datetime) -> "SupplierQuerySet":
        """Those in need of which nobody has been written to for a day."""
        since = Q(reminded_at=None) | Q(reminded_at__lt=now - AGAIN_AFTER)
        return self.in_need(now).filter(since)

    def behind(self, adapter: str) -> "SupplierQuerySet":
        """Who is behind one adapter; both sides of a change of supplier may be."""
        return self.filter(adapters__contains=[adapter])

    @transaction.atomic
    def add(self, *, by: Staff, reviewed_on: date, findings: str, **said) -> "Supplier":
        """Enter a supplier as it was reviewed on a day that is not to come. Until it is approved
        it is suspended: nothing new goes through it.

        Raises `Refused` for who may not keep the register, and without what it carries.
        """
        _keeps(by)
        supplier = self.model(moved_by=by, **said)
        _reason(findings)
        supplier._names_something()
        supplier._looked_at(reviewed_on)
        supplier.save(force_insert=True)
        supplier._note(StepKind.ADDED, findings, by)
        AuditEvent.objects.record(Action.SUPPLIER_ADDED, on=supplier, by=by)
        return supplier


class Supplier(models.Model):
    """One supplier and its contract. `adapters` are those of ours that it is behind."""

    class Status(models.TextChoices):
        APPROVED = "approved", "Approved"
        CONDITIONAL = "conditional", "Approved on conditions"
        SUSPENDED = "suspended", "Suspended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    carries = ArrayField(models.CharField(max_length=10, choices=Carries))
    adapters = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    place = models.CharField(max_length=300)
    sub_processors = models.CharField(max_length=LONGEST, blank=True)
    contract_on = models.DateField(null=True)
    terms = ArrayField(models.CharField(max_length=15, choices=Term), default=list, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.SUSPENDED)
    moved_at = models.DateTimeField(default=timezone.now)
    moved_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    last_review_on = models.DateField()
    next_review_on = models.DateField()  # computed, never typed
    reminded_at = models.DateTimeField(null=True)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="supplier_approved_with_a_whole_contract",
                condition=~Q(status="approved")
                | Q(contract_on__isnull=False, terms__contains=list(Term.values)),
            ),
            models.CheckConstraint(
                name="supplier_reviewed_again",
                condition=Q(next_review_on__gt=F("last_review_on")),
            ),
            models.CheckConstraint(
                name="supplier_carries_something", condition=Q(carries__len__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"Supplier {self.id}"

    def lacks(self) -> list[str]:
        """What its contract does not have: required terms, or a day on which it was made."""
        missing = [str(term.label) for term in Term if term not in self.terms]
        return missing if self.contract_on else ["The day on which it was made", *missing]

    def is_overdue(self, today: date) -> bool:
        """Whether its review should have been before `today`."""
        return self.next_review_on < today

    def unusable_since(self, now: datetime) -> datetime | None:
        """From when on nothing new goes through it; None while it may be used.

        That is when it was suspended, or the end of `SUPPLIER_REVIEW_GRACE` after its review was
        due in London.
        """
        if self.status == self.Status.SUSPENDED:
            return self.moved_at
        last = self.next_review_on + settings.SUPPLIER_REVIEW_GRACE
        over = datetime.combine(last + timedelta(days=1), datetime.min.time(), LONDON)
        return over if over <= now else None

    def has_people_waiting(self) -> bool:
        """Whether somebody wrote while it may not be used, and cannot be answered until it may."""
        mine = [each for each in WRITTEN if set(used_by(each)) & set(self.adapters)]
        return bool(self.unusable_since(timezone.now())) and kept_waiting(mine).exists()

    @transaction.atomic
    def review(self, *, by: Staff, terms: list[str], findings: str, **said) -> None:
        """Note what today's review found; the day of the next follows from what it carries.

        `said` corrects what is in `MAY_CHANGE`. Where a term is missing now, an approved supplier
        is approved on conditions from here on. Raises `Refused` without findings.
        """
        _keeps(by)
        _reason(findings)
        held = Supplier.objects.select_for_update().get(pk=self.pk)
        held.terms, held.reminded_at = list(terms), None
        for name in MAY_CHANGE:
            setattr(held, name, said.get(name, getattr(held, name)))
        held._names_something()
        held._looked_at(london_today())
        if held.status == self.Status.APPROVED and held.lacks():
            held._move(StepKind.CONDITIONAL, findings, by)
        held.save()
        held._note(StepKind.REVIEWED, findings, by)
        AuditEvent.objects.record(Action.SUPPLIER_REVIEWED, on=held, by=by)
        self.refresh_from_db()

    @transaction.atomic
    def approve(self, *, by: Staff, why: str) -> None:
        """It may be used; raises `Refused` unless its contract has all eight terms and a day."""
        _keeps(by)
        if self.lacks():
            raise Refused(
                "Its contract lacks a required term or its day. Review it first, or approve it on"
                " conditions."
            )
        self._move(StepKind.APPROVED, why, by)

    @transaction.atomic
    def approve_on_conditions(self, *, by: Staff, why: str) -> None:
        """It may be used for now, and `why` says what has to change."""
        _keeps(by)
        self._move(StepKind.CONDITIONAL, why, by)

    @transaction.atomic
    def suspend(self, *, by: Staff, why: str) -> None:
        """Nothing new goes through it from now on; conversations under way are finished."""
        _keeps(by)
        self._move(StepKind.SUSPENDED, why, by)

    def _move(self, kind: StepKind, why: str, by: Staff) -> None:
        _reason(why)
        allowed = [status for status in self.Status.values if status != kind.value]
        move(self, kind.value, allowed=allowed, moved_at=timezone.now(), moved_by=by)
        self._note(kind, why, by)
        AuditEvent.objects.record(Action.SUPPLIER_MOVED, on=self, by=by, to=kind.value)

    def _looked_at(self, day: date) -> None:
        if day > london_today():
            raise Refused("A review that is to come has found nothing yet.")
        self.last_review_on = day
        self.next_review_on = add_months(day, months_between_reviews(self.carries))

    def _names_something(self) -> None:
        if not (self.name and self.carries and self.place):
            raise Refused("Say who they are, what they carry for us, and where.")

    def _note(self, kind: StepKind, words: str, by: Staff) -> None:
        self.steps.create(kind=kind, words=words.strip(), by=by)


class SupplierStep(models.Model):
    """Who did what about a supplier, when, and why or with which findings. It never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)
    words = models.CharField(max_length=LONGEST)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"Supplier step {self.id}"


def _keeps(by: Staff) -> None:
    if not by.may(Permission.KEEP_SUPPLIERS):
        raise Refused("The data protection officer keeps this register.")


def _reason(words: str) -> None:
    if len(words.strip()) < SHORTEST_REASON:
        raise Refused(f"Say why, in at least {SHORTEST_REASON} characters.")

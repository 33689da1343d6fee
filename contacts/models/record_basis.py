"""On what the record of somebody who chose to be known is kept, as it was written down at the
time."""

import uuid

from django.db import models
from django.db.models import Q

from contacts.models.consent import Consent
from contacts.models.contact import Contact
from contacts.vocabulary import Basis, Condition, NoConsent
from contacts.wordings import Answer, Purpose
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused
from helpline.foundation.vault.sealed import SealedText

SHORTEST_REASON = 20


class RecordBasisQuerySet(models.QuerySet["RecordBasis"]):
    def in_force(self) -> "RecordBasisQuerySet":
        """Bases that nobody has taken back."""
        return self.filter(lost_at=None)

    def by_consent(self) -> "RecordBasisQuerySet":
        """Those that the person gave, and can take back."""
        return self.in_force().filter(basis=Basis.CONSENT)

    def found(
        self,
        record,
        contact: Contact,
        *,
        by: Staff,
        consent: Consent | None,
        basis: dict | None,
    ) -> "RecordBasis":
        """Write down on what a record is kept, now and by whom; raises `Refused` without (L01)."""
        row = self.model(service_user=record, recorded_by=by)
        if consent is not None:
            self.model.check_consent(consent, contact)
            row.basis, row.consent, row.no_consent = Basis.CONSENT, consent, NoConsent.NOT_NEEDED
            row.wording, row.agreed_at = consent.wording, consent.answered_at
        else:
            row.without_consent(basis or {})
        row.save(force_insert=True)
        return row


class RecordBasis(models.Model):
    """On what a record is kept, as a named worker wrote it down at the time.

    The facts of a consent stand here too, because its row goes with the contact it was given in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_user = models.ForeignKey("contacts.ServiceUser", models.CASCADE, related_name="bases")
    basis = models.CharField(max_length=20, choices=Basis)
    condition = models.CharField(max_length=20, choices=Condition, default=Condition.NONE)
    no_consent = models.CharField(max_length=20, choices=NoConsent, blank=True)
    reason = SealedText(null=True, key="service_user__key", bound=("pk", "service_user", "basis"))
    # Its row goes with the contact in which it was given; until then a withdrawal finds us by it.
    consent = models.ForeignKey(
        Consent, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    wording = models.PositiveSmallIntegerField(null=True)
    agreed_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=this_minute)
    lost_at = models.DateTimeField(null=True)

    objects = RecordBasisQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="record_by_consent_or_says_why_not",
                condition=Q(basis=Basis.CONSENT, wording__isnull=False, agreed_at__isnull=False)
                | ~Q(basis=Basis.CONSENT) & ~Q(no_consent="") & Q(reason__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Basis {self.id}"

    @staticmethod
    def check_consent(consent: Consent, contact: Contact) -> None:
        """Raise `Refused` unless this contact's person said yes, and no “no” came since."""
        theirs = consent.contact_id == contact.pk and consent.purpose == Purpose.RECORD
        said = Consent.objects.filter(contact=contact, purpose=Purpose.RECORD)
        no = said.exclude(answer=Answer.GIVEN).filter(number__gt=consent.number)
        if not theirs or consent.answer != Answer.GIVEN or no.exists():
            raise Refused("The person has not agreed to a record.")

    def without_consent(self, basis: dict) -> None:
        """Take over another basis; raises `Refused` when it is none, or does not say why."""
        self.basis = basis.get("basis", "")
        self.condition = basis.get("condition", Condition.NONE)
        self.no_consent = basis.get("no_consent", "")
        reason = (basis.get("reason") or "").strip()
        if self.basis not in Basis.values or self.basis == Basis.CONSENT:
            raise Refused(
                "A record needs the person’s consent, or another basis that you write down now."
            )
        if not self.no_consent or len(reason) < SHORTEST_REASON:
            raise Refused("Say why consent could not be had, in at least 20 characters.")
        self.reason = reason

"""The facts of a request: what it is about, what was seen, when its clock stood, what was done and
written. Each is a row of its own, so that no status can stand in for it."""

import uuid
from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from contacts.models import Contact
from helpline.foundation.calendar import london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText
from privacy.rights.kinds import EvidenceKind, Found, Status

EVIDENCE_KEPT = timedelta(days=30)  # what was seen of it; that it was seen stays with the request


def in_thirty_days() -> date:
    """When what was written down of a piece of evidence is destroyed."""
    return london_today() + EVIDENCE_KEPT


class Concern(models.Model):
    """That a request is about a contact, and by which way that was found.

    A contact that was only recalled is not in the scope until a second person has accepted it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("privacy.RightsRequest", models.CASCADE, related_name="concerns")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="concerns")
    found = models.CharField(max_length=10, choices=Found)
    added_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=this_minute)
    accepted_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    because = SealedText(null=True, key="request__key", bound=("pk", "request", "contact"))
    hold_id = models.UUIDField(null=True)  # the hold that the request has placed on it
    kept_on = models.DateField(null=True)  # the DPO keeps it past its 18 months until the answer
    kept_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "contact"], name="request_is_about_a_contact_once"
            ),
            models.CheckConstraint(
                name="concern_recalled_is_accepted_by_another",
                condition=~Q(found="recalled")
                | Q(accepted_by=None)
                | Q(added_by__isnull=False) & ~Q(accepted_by=F("added_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"Concern {self.id}"


class RightsPause(models.Model):
    """A question that stops the clock of an access request until it is answered (Art 12A(5))."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("privacy.RightsRequest", models.CASCADE, related_name="pauses")
    asked_on = models.DateField()
    answered_on = models.DateField(null=True)
    question = SealedText(key="request__key", bound=("pk", "request"))
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(answered_on=None), name="one_open_pause_a_request"
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_began",
                condition=Q(answered_on=None) | Q(answered_on__gte=F("asked_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"Pause {self.id}"


class Evidence(models.Model):
    """That somebody saw proof of who asks: its kind, who, when. Its details go after 30 days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("privacy.RightsRequest", models.CASCADE, related_name="evidence")
    key = models.OneToOneField(DataKey, models.PROTECT, null=True, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EvidenceKind)
    seen_on = models.DateField()
    seen_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    details = SealedText(null=True, bound=("pk", "request", "kind"))
    forget_on = models.DateField(default=in_thirty_days, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_has_details_or_no_key",
                condition=Q(key__isnull=False) | Q(key=None, details__isnull=True),
            ),
            models.CheckConstraint(
                name="evidence_goes_30_days_after_it_was_seen",
                condition=Q(forget_on__lte=F("seen_on") + EVIDENCE_KEPT),
            ),
        ]

    def __str__(self) -> str:
        return f"Evidence {self.id}"


class RightsStep(models.Model):
    """One step of a request: where it stood then, who took it, when and why; never changed.

    Of a date that was corrected it says which, and what it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("privacy.RightsRequest", models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status)
    what = models.CharField(max_length=30)
    field = models.CharField(max_length=30, blank=True, default="")
    was = models.DateField(null=True)
    became = models.DateField(null=True)
    why = SealedText(null=True, key="request__key", bound=("pk", "request", "number"))
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=this_minute)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="steps_of_a_request_count")
        ]

    def __str__(self) -> str:
        return f"Step {self.id}"


class RightsLetter(models.Model):
    """One letter to whoever asks, as it was written and as it left."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("privacy.RightsRequest", models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=30)
    text = SealedText(key="request__key", bound=("pk", "request", "kind"))
    written_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=this_minute)
    sent_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"Letter {self.id}"

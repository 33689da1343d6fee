"""What is restricted is kept and not used (Art 18): nobody finds, reads or changes it, but for a
use that the law allows and that somebody wrote down first."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Rights
from helpline.foundation.states import Refused

USE_LASTS = timedelta(days=7)
RESTRICTED = (
    "This is restricted: it is kept and not used. The data protection officer lifts that, or writes"
    " down a use that the law allows."
)


class Use(models.TextChoices):
    """What the law still allows with restricted data (Art 18(2)); keeping it needs none."""

    CONSENT = "consent", "They agree to this use"
    CLAIMS = "claims", "A legal claim needs it"
    PROTECTION = "protection", "To protect the rights of another person"
    PUBLIC = "public", "Important public interest, such as somebody’s safety"


def in_a_week() -> datetime:
    """Until when a use that is written down now goes on."""
    return timezone.now() + USE_LASTS


def must_be_free(record: models.Model) -> None:
    """Raise `Refused` for a contact or record that is restricted."""
    if record.restricted:
        raise Refused(RESTRICTED)


class RestrictedUseQuerySet(models.QuerySet["RestrictedUse"]):
    def now(self) -> "RestrictedUseQuerySet":
        """Uses that go on."""
        return self.filter(until__gt=Now())

    def by(self, staff: Staff | Rights) -> "RestrictedUseQuerySet":
        """This person’s uses that go on."""
        return self.now().filter(staff=staff.pk)


class RestrictedUse(models.Model):
    """That one person may use one restricted contact or record for a while, and on which ground.

    Why stands in the history of the request that restricted it. Nobody else may use it by this,
    but what is shared with others for somebody’s safety may name it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(
        "contacts.Contact", models.CASCADE, null=True, related_name="restricted_uses"
    )
    service_user = models.ForeignKey(
        "contacts.ServiceUser", models.CASCADE, null=True, related_name="restricted_uses"
    )
    ground = models.CharField(max_length=12, choices=Use)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(default=in_a_week)

    objects = RestrictedUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="restricted_use_of_a_contact_or_a_record",
                condition=Q(contact__isnull=False, service_user=None)
                | Q(contact=None, service_user__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Use {self.id}"


def usable(record: models.Model) -> bool:
    """Whether a contact or record is free, or a use of it is written down and goes on."""
    restricted = record.restricted
    return not restricted or record.restricted_uses.now().exists()

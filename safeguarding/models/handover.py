"""What the next person needs to know when a shift ends and a worry does not (rules 2.8.2)."""

import uuid

from django.db import models

from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault.sealed import SealedText

PLACE = ("pk", "escalation", "number")
HANDED = ("summary", "worry", "protections", "contacted", "next_steps")


class Handover(models.Model):
    """One open escalation given from one named person to another, and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey(
        "safeguarding.Escalation", models.CASCADE, related_name="handovers"
    )
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    to = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=this_minute)
    summary = SealedText(key="escalation__key", bound=PLACE)
    worry = SealedText(key="escalation__key", bound=PLACE)
    protections = SealedText(key="escalation__key", bound=PLACE)
    contacted = SealedText(key="escalation__key", bound=PLACE)
    next_steps = SealedText(key="escalation__key", bound=PLACE)

    class Meta:
        constraints = [
            models.UniqueConstraint("escalation", "number", name="handovers_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Handover {self.id}"

"""What was judged, by whom and when: structured words, and nothing that could be added up."""

import uuid

from django.db import models

from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault.sealed import SealedText

PLACE = ("pk", "escalation", "number")
WORDS = (
    *("said", "intent", "means", "plan", "timescale"),
    *("protective", "wants", "tried", "concern"),
)


class Assessment(models.Model):
    """One dated judgement; looking again adds another and changes none.

    `said` is the person’s own words. It has a key of its own, because it goes with the contact
    when nothing came of the escalation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey(
        "safeguarding.Escalation", models.CASCADE, related_name="assessments"
    )
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=this_minute)
    said = SealedText(null=True, key="escalation__said_key", bound=PLACE)
    intent = SealedText(null=True, key="escalation__key", bound=PLACE)
    means = SealedText(null=True, key="escalation__key", bound=PLACE)
    plan = SealedText(null=True, key="escalation__key", bound=PLACE)
    timescale = SealedText(null=True, key="escalation__key", bound=PLACE)
    protective = SealedText(null=True, key="escalation__key", bound=PLACE)
    wants = SealedText(null=True, key="escalation__key", bound=PLACE)
    tried = SealedText(null=True, key="escalation__key", bound=PLACE)
    concern = SealedText(null=True, key="escalation__key", bound=PLACE)

    class Meta:
        constraints = [
            models.UniqueConstraint("escalation", "number", name="assessments_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Assessment {self.id}"

"""Everything that was done with an escalation, in order, and never changed."""

import uuid

from django.db import models

from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault.sealed import SealedText
from safeguarding.escalations.kinds import StepKind


class EscalationStep(models.Model):
    """One move: who, when and why. `words` are sealed with the escalation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey("safeguarding.Escalation", models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=StepKind)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=this_minute)
    words = SealedText(null=True, key="escalation__key", bound=("pk", "escalation", "number"))

    class Meta:
        constraints = [
            models.UniqueConstraint("escalation", "number", name="escalation_steps_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Step {self.id}"

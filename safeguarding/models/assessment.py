"""What was judged, by whom and when: structured words, and nothing that could be added up; and what
the person it is about says of it, which changes none of it (Art 16)."""

import uuid

from django.db import models, transaction
from django.db.models import Max

from contacts.models.amending import Way, disputed
from helpline.foundation.audit.actions import Action
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused
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

    @transaction.atomic
    def dispute(self, words: str, *, by: Staff) -> "Dispute":
        """Put what its person says about it beside it, whatever the state of the escalation: the
        judgement stays, because an opinion is not inaccurate (D12).

        Raises `Refused` without a word.
        """
        if not words.strip():
            raise Refused("Write what they say about it.")
        held = self.escalation.locked_after_contact()
        self.escalation = held
        number = (self.disputes.aggregate(last=Max("number"))["last"] or 0) + 1
        made = Dispute(assessment=self, number=number, words=words.strip())
        made.save(force_insert=True)
        held.record(Action.PUT_RIGHT, by=by, way=Way.DISPUTED)
        held.changed()
        return made


class Dispute(models.Model):
    """What somebody says about a judgement of them, in their own words; never changed.

    It has the key of the escalation and not that of their quotes: it stays as long as what it
    disputes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="disputes")
    number = models.PositiveSmallIntegerField()
    words = SealedText(key="assessment__escalation__key", bound=("pk", "assessment", "number"))
    at = models.DateTimeField(default=this_minute)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint("assessment", "number", name="disputes_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Dispute {self.id}"

    @property
    def told(self) -> str:
        """How it reads beside the judgement."""
        return disputed(self.words, self.at)

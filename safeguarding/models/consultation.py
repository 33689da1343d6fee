"""Talking about somebody with a professional outside: with whom, and with their name or without
(S1-15)."""

import uuid

from django.db import models, transaction
from django.db.models import Max

from helpline.foundation.audit.actions import Action
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.sealed import SealedText

PLACE = ("pk", "escalation", "number")
SHORTEST = 20


class Profession(models.TextChoices):
    """What sort of professional was asked."""

    SOCIAL_WORK = "social-work", "Social work"
    HEALTH = "health", "Health"
    POLICE = "police", "Police, without naming anybody"
    LEGAL = "legal", "Law"
    EDUCATION = "education", "School or college"
    OTHER_HELPLINE = "helpline", "Another helpline"
    OTHER = "other", "Somebody else"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    @transaction.atomic
    def note(self, escalation, *, by: Staff, anonymised: bool, **said: str) -> "Consultation":
        """Write down whom one asked, what, and what they said; `why_named` where the person could
        be known from it, which is a disclosure and goes through the gate first.

        Raises `Refused` while something is missing, `WrongState` once it is closed.
        """
        held = escalation.locked()
        if not held.is_open():
            raise WrongState("This has been closed. Open it again first.")
        words = {name: (said.get(name) or "").strip() for name in ("body", "asked", "answered")}
        if not all(words.values()):
            raise Refused("Say whom you asked, what you asked, and what they said.")
        why = (said.get("why_named") or "").strip()
        if not anonymised and len(why) < SHORTEST:
            raise Refused("Say in at least 20 characters why they had to know who it is.")
        number = (held.consultations.aggregate(last=Max("number"))["last"] or 0) + 1
        made = self.model(escalation=held, number=number, by=by, anonymised=anonymised)
        made.profession = Profession(said["profession"])
        made.body, made.asked, made.answered = words.values()
        made.why_named = why or None
        made.save(force_insert=True)
        held.record(Action.CONSULTED, by=by, anonymised=anonymised, number=number)
        held.changed()
        return made


class Consultation(models.Model):
    """One conversation with an outside professional about an escalation; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey(
        "safeguarding.Escalation", models.CASCADE, related_name="consultations"
    )
    number = models.PositiveSmallIntegerField()
    profession = models.CharField(max_length=20, choices=Profession)
    anonymised = models.BooleanField()
    body = SealedText(key="escalation__key", bound=PLACE)
    asked = SealedText(key="escalation__key", bound=PLACE)
    answered = SealedText(key="escalation__key", bound=PLACE)
    why_named = SealedText(null=True, key="escalation__key", bound=PLACE)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=this_minute)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("escalation", "number", name="consultations_are_numbered"),
            models.CheckConstraint(
                name="consultation_with_a_name_says_why",
                condition=models.Q(anonymised=True) | models.Q(why_named__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Consultation {self.id}"

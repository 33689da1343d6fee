"""What suppliers carry for us, and what a contract with one has to say (Art 28(3), S2-60)."""

from collections.abc import Iterable

from django.db import models


class Carries(models.TextChoices):
    """One thing that a supplier carries or keeps for us."""

    EMAIL = "email", "E-mail"
    TEXTS = "texts", "Texts"
    TELEPHONY = "telephony", "Telephone calls"
    CHAT = "chat", "Chats"
    HOSTING = "hosting", "Our servers and what is on them"


class Term(models.TextChoices):
    """One of the eight terms that every contract must have (Art 28(3)(a) to (h))."""

    INSTRUCTIONS = "instructions", "They act on our written instructions alone"
    CONFIDENCE = "confidence", "Their people are bound to confidence"
    SECURITY = "security", "They keep it secure (Art 32)"
    SUB_PROCESSORS = "sub-processors", "They take on others only as we agreed"
    RIGHTS = "rights", "They help when people ask about their data"
    ASSIST = "assist", "They help with security, breaches and assessments"
    END = "end", "They delete or return everything at the end"
    AUDITS = "audits", "They show us, and let us look, whether all this is so"


class StepKind(models.TextChoices):
    """One thing that was done about a supplier."""

    ADDED = "added", "Added"
    REVIEWED = "reviewed", "Reviewed"
    APPROVED = "approved", "Approved"
    CONDITIONAL = "conditional", "Approved on conditions"
    SUSPENDED = "suspended", "Suspended"


LIVE = {Carries.TEXTS, Carries.TELEPHONY, Carries.CHAT}  # people’s words as they say them
MONTHS, MONTHS_LIVE = 12, 6


def months_between_reviews(carries: Iterable[str]) -> int:
    """Every how many months a supplier is reviewed, by what it carries (S2-60)."""
    return MONTHS_LIVE if LIVE & set(carries) else MONTHS

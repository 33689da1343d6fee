"""Every move a request of an authority can make; PostgreSQL refuses any other.

unverified ⇄ verified ──→ decided → signed → answered
     │  └────────────────────↗  │        │
     │                          └────────┴→ back to where it came from
     └── from either of the first two: withdrawn
"""

from django.db import models


class Status(models.TextChoices):
    """How far a request has come."""

    UNVERIFIED = "unverified", "Not verified"
    VERIFIED = "verified", "Verified"
    DECIDED = "decided", "Waits for a second person"
    SIGNED = "signed", "To be answered"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Taken back by whoever asked"


S = Status
OVER = (S.ANSWERED, S.WITHDRAWN)
DRAWN: frozenset[tuple[str, str]] = frozenset(
    {
        (S.UNVERIFIED, S.VERIFIED),
        (S.VERIFIED, S.UNVERIFIED),
        (S.UNVERIFIED, S.DECIDED),
        (S.VERIFIED, S.DECIDED),
        (S.DECIDED, S.UNVERIFIED),
        (S.DECIDED, S.VERIFIED),
        (S.DECIDED, S.SIGNED),
        (S.SIGNED, S.UNVERIFIED),
        (S.SIGNED, S.VERIFIED),
        (S.SIGNED, S.ANSWERED),
        (S.UNVERIFIED, S.WITHDRAWN),
        (S.VERIFIED, S.WITHDRAWN),
    }
)


def leading_to(status: str) -> list[str]:
    """The states from which one drawn move leads to `status`."""
    return [start for start, end in DRAWN if end == status]

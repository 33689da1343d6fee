"""Every move an escalation can make; PostgreSQL refuses any other (rules 2.8.2).

raised → acknowledged → assessing → decided → acting → informed ──→ review → closed
                           ↑          │          └───→ not-informed ─↗          │
                           │          └─ (no action) ───────────────↗           │
                           └── from decided on, whenever something changes ─────┘
"""

from django.db import models


class Status(models.TextChoices):
    """How far an escalation has come."""

    RAISED = "raised", "Raised"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ASSESSING = "assessing", "Being assessed"
    DECIDED = "decided", "Decided"
    ACTING = "acting", "Being acted on"
    INFORMED = "informed", "The person knows"
    NOT_INFORMED = "not-informed", "The person could not be told"
    REVIEW = "review", "Looked back on"
    CLOSED = "closed", "Closed"


S = Status
CHANGED = (S.DECIDED, S.ACTING, S.INFORMED, S.NOT_INFORMED, S.REVIEW)
DRAWN: frozenset[tuple[str, str]] = frozenset(
    {
        (S.RAISED, S.ACKNOWLEDGED),
        (S.ACKNOWLEDGED, S.ASSESSING),
        (S.ASSESSING, S.DECIDED),
        (S.DECIDED, S.ACTING),
        (S.DECIDED, S.REVIEW),
        (S.ACTING, S.INFORMED),
        (S.ACTING, S.NOT_INFORMED),
        (S.INFORMED, S.REVIEW),
        (S.NOT_INFORMED, S.REVIEW),
        (S.REVIEW, S.CLOSED),
        (S.CLOSED, S.ASSESSING),
        *((changed, S.ASSESSING) for changed in CHANGED),
    }
)


def leading_to(status: str) -> list[str]:
    """The states from which one drawn move leads to `status`."""
    return [start for start, end in DRAWN if end == status]

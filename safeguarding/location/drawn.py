"""Every move a request for a location can make; PostgreSQL refuses any other.

requested → approved → sent → found ──→ told
    │           │        └→ nothing ┴→ not-told
    └─ stopped ─┘
"""

from django.db import models


class Status(models.TextChoices):
    """How far a request for a location has come."""

    REQUESTED = "requested", "Waits for the safeguarding lead"
    APPROVED = "approved", "Approved: the provider may be asked"
    SENT = "sent", "The provider was asked"
    FOUND = "found", "An answer is here; the person is not told yet"
    NOTHING = "nothing", "Nothing was found; the person is not told yet"
    TOLD = "told", "The person knows"
    NOT_TOLD = "not-told", "The person could not be told"
    STOPPED = "stopped", "Stopped before anybody was asked"


S = Status
OVER = (S.TOLD, S.NOT_TOLD, S.STOPPED)
DRAWN: frozenset[tuple[str, str]] = frozenset(
    {
        (S.REQUESTED, S.APPROVED),
        (S.REQUESTED, S.STOPPED),
        (S.APPROVED, S.SENT),
        (S.APPROVED, S.STOPPED),
        (S.SENT, S.FOUND),
        (S.SENT, S.NOTHING),
        (S.FOUND, S.TOLD),
        (S.FOUND, S.NOT_TOLD),
        (S.NOTHING, S.TOLD),
        (S.NOTHING, S.NOT_TOLD),
    }
)


def leading_to(status: str) -> list[str]:
    """The states from which one drawn move leads to `status`."""
    return [start for start, end in DRAWN if end == status]

"""The board of holds: by review day, a page at a time, never counted."""

import uuid
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from helpline.foundation.staff.models import Staff
from safeguarding import showing
from safeguarding.models import SPARED_FOR, Escalation, Hold

PAGE = 50
AT_ONCE = 50  # of each list above the board
DAY = "%Y%m%d"


def page_of(staff: Staff, position: str) -> tuple[list[showing.Held], str]:
    """Approved holds behind a position, and the position of the last of them if more follow.

    Raises `ValueError` for a position that no page of ours gave out.
    """
    rows = Hold.objects.visible_to(staff).filter(status=Hold.Status.APPROVED)
    if position:
        day, last = place_of(position)
        rows = rows.filter(Q(review_on__gt=day) | Q(pk__gt=last), review_on__gte=day)
    found = list(rows.with_contacts().by_review_day()[: PAGE + 1])
    more = found[PAGE - 1] if len(found) > PAGE else None
    position = f"{more.review_on:{DAY}}-{more.pk.hex}" if more else ""
    return [showing.shown(hold) for hold in found[:PAGE]], position


def place_of(position: str) -> tuple[date, uuid.UUID]:
    """What a position says."""
    day, _, pk = position.partition("-")
    return datetime.strptime(day, DAY).date(), uuid.UUID(hex=pk)


def waiting(staff: Staff) -> QuerySet[Hold]:
    """Holds that nobody has approved yet, the oldest first."""
    rows = Hold.objects.visible_to(staff).filter(status=Hold.Status.PLACED)
    return rows.with_contacts().order_by("placed_at", "id")[:AT_ONCE]


def lately(staff: Staff) -> QuerySet[Hold]:
    """What was released in the last week, and can still be brought back."""
    week = timezone.now() - SPARED_FOR
    rows = Hold.objects.visible_to(staff).filter(status=Hold.Status.RELEASED, released_at__gt=week)
    return rows.with_contacts().order_by("-released_at", "id")[:AT_ONCE]


def proposed(staff: Staff) -> QuerySet[Escalation]:
    """Worries that propose a hold, the oldest first."""
    rows = Escalation.objects.visible_to(staff).proposing().select_related("contact", "raised_by")
    return rows.order_by("raised_at", "id")[:AT_ONCE]

"""Requests that are over, the last closed first: found again for as long as they are kept."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.shortcuts import render
from django.views.decorators.http import require_GET

from helpline.foundation.calendar import day_words
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission
from privacy.models import RightsRequest
from privacy.rights import board, kinds
from privacy.rights.kinds import Status

PAGE = 40


class Row(NamedTuple):
    """One closed request, and nothing about who asked."""

    url: str
    kind: str
    reference: str
    came: str  # what came of it
    late: bool
    received: str
    due: str
    closed: str


def closed(position: str = "") -> QuerySet:
    """Requests that are over, from a position on."""
    rows = RightsRequest.objects.filter(status__in=kinds.OVER).order_by("-closed_on", "-id")
    found = board.read(position)
    if found:
        day, pk = found
        rows = rows.filter(Q(closed_on__lt=day) | Q(closed_on=day, id__lt=pk), closed_on__lte=day)
    return rows


def row(request: RightsRequest) -> Row:
    """One of them as ready strings; late by the day on which it was decided."""
    answered = request.decided_on or request.closed_on
    came = request.proposed or request.status
    return Row(
        url=request.get_absolute_url(),
        kind=request.get_kind_display(),
        reference=request.reference.replace("-", " "),
        came=str(Status(came if request.decided_on else request.status).label),
        late=bool(request.due_on and answered > request.due_on),
        received=day_words(request.received_on),
        due=day_words(request.due_on) if request.due_on else "No limit ran",
        closed=day_words(request.closed_on),
    )


@require_GET
@requires(Permission.ANSWER_RIGHTS)
def rights_closed(request):
    """The list, a page at a time; never a count of all."""
    found = list(closed(request.GET.get("after", ""))[: PAGE + 1])
    shown, last = found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None
    after = {"after": f"{last.closed_on.isoformat()}_{last.pk}"} if last else {}
    context = {
        "rows": [row(each) for each in shown],
        "shown": f"{len(shown)} shown",
        "more_url": f"?{urlencode(after)}" if after else "",
    }
    return render(request, "rights/closed.html", context)

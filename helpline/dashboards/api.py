"""Figures for partner systems: counts by month, in which nobody can be picked out."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from helpline.dashboards import hiding, periods, telling
from helpline.dashboards.figures import SHARED
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.interface import only_known, refusals
from helpline.foundation.staff.partner_access import Requires
from helpline.foundation.staff.roles import Scope

MOST_MONTHS = 36
USUAL_MONTHS = 12
ALL = "all"
NONE = "none"  # the group of what was left blank
EARLIEST = date(2000, 1, 1)


class CountSerializer(serializers.Serializer):
    """How many contacts of one month were of one group."""

    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    by = serializers.ChoiceField([ALL, *SHARED])
    group = serializers.CharField(help_text=f"“{ALL}” where the month is not split.")
    contacts = serializers.IntegerField(
        allow_null=True, min_value=0, help_text="Null: not shown, so that nobody is picked out."
    )


class FiguresSerializer(serializers.Serializer):
    """Counts by month, and the rule by which some are left out."""

    fewest_shown = serializers.IntegerField(min_value=1)
    counts = serializers.ListField(child=CountSerializer())


class Asked(NamedTuple):
    """Which months and which splits; `last` is within."""

    first: date
    last: date
    by: list[str]


def month_parameter(name: str, example: str, description: str) -> OpenApiParameter:
    """A month in the query, for the description."""
    form = {"type": "string", "pattern": r"^20[0-9]{2}-(0[1-9]|1[0-2])$", "example": example}
    return OpenApiParameter(name, form, description=description)


class Figures(viewsets.ViewSet):
    """Counts of contacts, never a contact."""

    permission_classes = [Requires(Scope.READ_FIGURES)]
    http_method_names = ["get", "head"]

    @extend_schema(
        summary="Read counts of contacts",
        responses={200: forced_singular_serializer(FiguresSerializer)} | refusals(),
        parameters=[
            month_parameter(
                "from", "2026-01", f"The first month; {USUAL_MONTHS} months unless given."
            ),
            month_parameter(
                "to", "2026-03", "The last month, whole and over; the newest unless given."
            ),
            OpenApiParameter(
                "by",
                str,
                enum=SHARED,
                description=f"One split instead of all: {', '.join(SHARED)}.",
            ),
        ],
        filters=False,
    )
    def list(self, request):
        """Months of whole weeks: a week belongs to the month that its Thursday is in."""
        asked = understood(only_known(request, ("from", "to", "by")))
        counts = [
            {"month": f"{month:%Y-%m}", "by": by, "group": group, "contacts": contacts}
            for month, by, group, contacts in told(asked)
        ]
        return Response({"fewest_shown": hiding.FEWEST, "counts": counts})


def understood(query: dict[str, str]) -> Asked:
    """What a query asks for; raises `ParseError` with the reason (H09)."""
    newest = periods.last_whole_month(london_today())
    last = a_month(query, "to", newest)
    if not EARLIEST <= last <= newest:
        raise ParseError(f"to is {newest:%Y-%m} at most, the newest month that is over.")
    first = a_month(query, "from", add_months(last, 1 - USUAL_MONTHS))
    if not 0 <= (last.year - first.year) * 12 + last.month - first.month < MOST_MONTHS:
        raise ParseError(f"from is not after to, and less than {MOST_MONTHS} months before it.")
    by = query.get("by")
    if by is not None and by not in SHARED:
        raise ParseError(f"by is one of {', '.join(SHARED)}.")
    return Asked(first, last, [by] if by else SHARED)


def a_month(query: dict[str, str], name: str, usual: date) -> date:
    """One month of the query."""
    try:
        return periods.a_month(query[name]) if name in query else usual
    except ValueError:
        raise ParseError(f"{name} is a month, written as 2026-05.") from None


def told(asked: Asked) -> Iterator[tuple[date, str, str, int | None]]:
    """Month, split, group and count, every group that there can be.

    One split at a time: were two crossed, their margins would give away what is hidden.
    """
    months = periods.months(asked.first, asked.last)
    unsplit = telling.unsplit(months)
    splits = {by: telling.split(by, months) for by in asked.by}
    for month in months:
        yield month, ALL, ALL, unsplit[month].contacts
        for by, told_of in splits.items():
            for group, count in told_of[month].items():
                yield month, by, group or NONE, count

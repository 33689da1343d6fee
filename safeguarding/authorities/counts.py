"""How often authorities asked, what they were answered, and how often a provider was asked for a
location: monthly counts to publish, computed from the requests themselves. Counts and nothing else.
"""

from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from helpline.foundation.calendar import LONDON, MONTHS, add_months
from safeguarding.authorities.kinds import Decision, Kind
from safeguarding.models import AuthorityRequest, LocationRequest

MONTHS_SHOWN = 24
KINDS = {
    Kind.VOLUNTARY: "Voluntary",
    Kind.VICTIM: "Victim",
    Kind.ORDER: "Order",
    Kind.CLAIM: "Claim",
    Kind.MISSING: "Missing",
    Kind.REGULATOR: "Regulator",
}
ANSWERS = {
    Decision.AGREE: "Agreed",
    Decision.PARTLY: "In part",
    Decision.DISAGREE: "Disagreed",
    Decision.NOTHING_HELD: "Nothing held",
    Decision.NEITHER: "Neither",
}
KIND_HEADS = ["All", *(KINDS[kind] for kind in Kind)]
ANSWER_HEADS = [*(ANSWERS[each] for each in Decision), "Locations", "Providers asked"]


class Month(NamedTuple):
    """One month: how often it was asked by each kind, how it was answered, and the locations."""

    label: str
    by_kind: list[int]  # all first
    by_answer: list[int]  # then locations asked for, and providers asked


def months(services: list[str], today: date) -> list[Month]:
    """The newest month first, those without any request too; requests of these services."""
    newest = today.replace(day=1)
    first = add_months(newest, 1 - MONTHS_SHOWN)
    since = datetime.combine(first, time(), tzinfo=LONDON)
    asked = AuthorityRequest.objects.filter(service__in=services, received_at__gte=since)
    each = {f"kind_{n}": Count("pk", Q(kind=kind)) for n, kind in enumerate(Kind)}
    answered = Q(signed_by__isnull=False)
    each |= {
        f"answer_{n}": Count("pk", answered & Q(decision=one)) for n, one in enumerate(Decision)
    }
    requests = _by_month(asked, "received_at", asked=Count("pk"), **each)
    places = LocationRequest.objects.filter(service__in=services, requested_at__gte=since)
    sent = Count("pk", Q(sent_at__isnull=False))
    locations = _by_month(places, "requested_at", asked=Count("pk"), sent=sent)
    days = [add_months(newest, -back) for back in range(MONTHS_SHOWN)]
    return [_month(day, requests.get(day, {}), locations.get(day, {})) for day in days]


def _by_month(rows: QuerySet, column: str, **counts) -> dict[date, dict]:
    month = TruncMonth(column, tzinfo=LONDON)
    found = rows.order_by().annotate(month=month).values("month").annotate(**counts)
    return {each["month"].date(): each for each in found}


def _month(day: date, requests: dict, locations: dict) -> Month:
    return Month(
        label=f"{MONTHS[day.month]} {day.year}",
        by_kind=[
            requests.get("asked", 0),
            *(requests.get(f"kind_{n}", 0) for n, _ in enumerate(Kind)),
        ],
        by_answer=[
            *(requests.get(f"answer_{n}", 0) for n, _ in enumerate(Decision)),
            locations.get("asked", 0),
            locations.get("sent", 0),
        ],
    )

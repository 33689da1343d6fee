"""What says nothing of anybody's words ends too: facts after six years, as the schedule says."""

from datetime import date, datetime, time

from django.db import transaction

from contacts.models import ChatLimit
from helpline.foundation.audit import seals
from helpline.foundation.calendar import LONDON, add_months
from helpline.foundation.staff.models import Staff
from privacy import schedule
from privacy.models import Brake, Disposal, PurgeRun
from safeguarding.models import OnCall


def end_all(today: date) -> dict[str, int]:
    """Remove disposal records, runs, stops, shifts, the trail's events, who has left; count each.

    Each after the months of its class, from when the schedule says they start.
    """
    facts = _midnight(add_months(today, -schedule.FACTS.months))
    staff = _midnight(add_months(today, -schedule.STAFF.months))
    with transaction.atomic():
        ended = PurgeRun.objects.filter(finished_at__lt=facts)
        disposals, _ = Disposal.objects.filter(run__in=ended).delete()
        runs, _ = ended.delete()
        stops, _ = Brake.objects.filter(status=Brake.Status.SPENT, pulled_at__lt=facts).delete()
        shifts, _ = OnCall.objects.filter(ends__lt=facts).delete()
        ChatLimit.objects.filter(staff__left_at__lt=staff).delete()
        left = Staff.objects.forget_left(staff)
    events = seals.remove_ended(today)
    gone = {"disposals": disposals, "runs": runs, "stops": stops, "shifts": shifts}
    return gone | {"staff": left, "events": events}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON)

"""What says nothing of anybody's words ends too: facts after six years, as the schedule says."""

from datetime import date, datetime, time

from django.db import transaction

from helpline.foundation.audit import seals
from helpline.foundation.calendar import LONDON, add_months
from helpline.foundation.staff.models import Staff
from privacy import schedule
from privacy.models import Brake, Disposal, PurgeRun


def end_all(today: date) -> dict[str, int]:
    """Remove disposal records, runs and stops, events of the trail, and who has left; count each.

    Each after the months of its class, from when the schedule says they start.
    """
    facts = _midnight(add_months(today, -schedule.FACTS.months))
    staff = _midnight(add_months(today, -schedule.STAFF.months))
    with transaction.atomic():
        ended = PurgeRun.objects.filter(finished_at__lt=facts)
        disposals, _ = Disposal.objects.filter(run__in=ended).delete()
        runs, _ = ended.delete()
        stops, _ = Brake.objects.filter(status=Brake.Status.SPENT, pulled_at__lt=facts).delete()
        left = Staff.objects.forget_left(staff)
    events = seals.remove_ended(today)
    return {"disposals": disposals, "runs": runs, "stops": stops, "staff": left, "events": events}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON)

"""The demonstration’s on-call list: a fortnight with one night that nobody has taken."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from helpline.foundation.calendar import LONDON, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from safeguarding.models import OnCall, Post


def tell(supervisor: Staff, lead: Staff) -> None:
    """The supervisor has the evenings, the lead stands behind; the night after next is empty."""

    def put(service, post, who, begins, ends):
        if ends > timezone.now():
            OnCall.objects.put(service, post, who, begins, ends, by=lead)

    put(Service.HELPLINE, Post.LEAD, lead, at(0, 0), at(2, 20))
    put(Service.HELPLINE, Post.LEAD, lead, at(3, 8), at(14, 8))
    put(Service.IS_THIS_OK, Post.ON_CALL, lead, at(0, 0), at(14, 0))
    for day in range(10):
        for service in Service:
            put(service, Post.SUPERVISOR, supervisor, at(day, 16), at(day, 20))


def at(days: int, hour: int) -> datetime:
    """An hour of a day from today on, by the clock in London."""
    return datetime.combine(london_today() + timedelta(days=days), time(hour), LONDON)

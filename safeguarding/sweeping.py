"""Nobody’s life hangs on a process of ours: whoever is alive looks for overdue alerts.

Beat asks for a sweep every 15 seconds, and so does every web process by itself, with or without
Redis. All that a sweep goes by is in the database, its clock included.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q

from helpline.foundation.audit.models import Life
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Urgency
from safeguarding.models import Escalation, Presence, Sweep
from safeguarding.models.overdue import alert_owner_away, alert_unacknowledged
from safeguarding.models.presence import Attendance

logger = logging.getLogger(__name__)

EVERY = 15  # seconds
LATE_AFTER = timedelta(seconds=60)  # without a sweep /health turns red


@transaction.atomic
def sweep(now: datetime | None = None) -> int | None:
    """Tell every alert that is due; how many, or None while somebody else sweeps.

    One that fails keeps none from its turn. It is tried again by the next sweep, and until it
    succeeds the sweep does not count as done.
    """
    if not Sweep.objects.begin():
        return None
    now = now or database_now()
    attendance = Attendance(now)
    told = [alert(pk, now, attendance) for pk in overdue(now, attendance)]
    Presence.objects.forgotten(now).delete()
    if None not in told:
        Sweep.objects.done()
    return sum(each or 0 for each in told)


def overdue(now: datetime, attendance: Attendance) -> list:
    """The escalations of which an alert may be due."""
    at_limit = Q(urgency=Urgency.IMMEDIATE) | Q(acknowledge_by__lte=now)
    waiting = Escalation.objects.unacknowledged().filter(at_limit)
    owned = Escalation.objects.open().exclude(status=Status.RAISED).exclude(owner=None)
    lost = [
        pk
        for pk, owner, service, urgency in owned.values_list("pk", "owner", "service", "urgency")
        if attendance.misses(owner, service, urgency)
    ]
    return [*waiting.values_list("pk", flat=True), *lost]


def alert(pk, now: datetime, attendance: Attendance) -> int | None:
    """How many steps of one escalation were told; None when that failed.

    Whoever holds its row at the moment is doing something about it: the next sweep asks again.
    """
    rows = Escalation.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    try:
        with transaction.atomic():
            found = rows.select_related("owner").filter(pk=pk).first()
            if found is None:
                return 0
            told = alert_unacknowledged(found, now)
            return told + alert_owner_away(found, now, attendance)
    except Exception as problem:  # whatever it is, the others must not wait for it
        logger.error("An alert failed: %s", type(problem).__name__)
        return None


def is_late(now: datetime | None = None) -> bool:
    """No whole sweep for a minute: /health and the on-call page turn red."""
    now = now or database_now()
    last = Sweep.objects.values_list("swept_at", flat=True).first()
    begun = Life.objects.aggregate(first=Min("begun_at"))["first"]
    return (last or begun or now) < now - LATE_AFTER

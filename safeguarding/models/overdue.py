"""When an escalation’s next alert is due, and to whom it goes; every call may be repeated safely.

Shift supervisor, lead, deputy, on call, one after the other; then everybody who may look into it,
again and again, until somebody does. The caller holds the escalation's row.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from helpline.foundation.staff.models import Staff
from safeguarding.escalations import limits
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Urgency
from safeguarding.models.alert import Alert, Alerted, AlertQuerySet
from safeguarding.models.owning import able
from safeguarding.models.presence import Attendance
from safeguarding.models.rota import OnCall


def alert_unacknowledged(escalation, now: datetime) -> int:
    """Alert whoever is due because nobody has acknowledged; how many steps were told.

    An immediate one is told when it is raised or became so, any other when its limit is over; then
    the next after every interval.
    """
    if escalation.status != Status.RAISED:
        return 0
    told = escalation.alerts.of_wait()
    last = told.order_by("-due_at").first()
    immediate = escalation.urgency == Urgency.IMMEDIATE
    begun = (escalation.hastened_at or escalation.raised_at) if immediate else None
    if last and (begun is None or last.due_at >= begun):
        first = limits.acknowledge_by(escalation.urgency, last.due_at)
    else:
        first = begun or escalation.acknowledge_by
    return _tell(escalation, first, now, told=told)


def alert_owner_away(escalation, now: datetime, attendance: Attendance) -> int:
    """Alert the next on call because the owner has gone or may not look after it any more; how many
    steps were told. Each absence begins a chain of its own."""
    owner = escalation.owner
    if owner is None or not escalation.is_open() or escalation.status == Status.RAISED:
        return 0
    if not attendance.misses(owner.pk, escalation.service, escalation.urgency):
        return 0
    told = escalation.alerts.filter(owner_away=owner)
    seen = attendance.of(owner.pk).last_sign
    if seen and attendance.can(owner.pk, escalation.service):
        told = told.filter(alerted_at__gt=seen)
    last = told.order_by("-due_at").first()
    first = limits.acknowledge_by(escalation.urgency, last.due_at) if last else now
    return _tell(escalation, first, now, told=told, owner_away=owner)


def _tell(
    escalation,
    first: datetime,
    now: datetime,
    *,
    told: AlertQuerySet,
    owner_away: Staff | None = None,
) -> int:
    """Tell every step from `first` to `now`; after an outage nobody is told the same thing twice,
    so the steps that go are the last ones."""
    if first > now:
        return 0
    chain = _chain(escalation.service, now, but=owner_away)
    steps = _steps(escalation.service, chain, _people(told), but=owner_away)
    due = deque(_moments(escalation.urgency, first, now), maxlen=len(steps))
    for due_at, people in zip(due, steps, strict=False):
        Alert.objects.tell(
            escalation,
            people,
            due_at=due_at,
            now=now,
            owner_away=owner_away,
            nobody_on_call=not chain,
        )
    return len(due)


def _people(told: AlertQuerySet) -> set[UUID]:
    """Who was told by these alerts; a person with two accounts counts once."""
    return set(Alerted.objects.filter(alert__in=told).values_list("staff__person", flat=True))


def _chain(service: str, now: datetime, *, but: Staff | None) -> list[Staff]:
    chain = OnCall.objects.chain(service, now)
    return [each for each in chain if but is None or each.person != but.person]


def _steps(
    service: str, chain: list[Staff], told: set[UUID], *, but: Staff | None
) -> list[list[Staff]]:
    """Whom each of the next steps is for: those on call who have not been told, one by one, and
    then everybody else at once."""
    fresh = [each for each in chain if each.person not in told]
    everybody = able(service).exclude(pk__in=[each.pk for each in fresh])
    rest = list(everybody.exclude(person=but.person) if but else everybody)
    return [*([each] for each in fresh), *([rest] if rest or not fresh else [])]


def _moments(urgency: str, first: datetime, now: datetime) -> Iterator[datetime]:
    """Every moment up to `now` at which a step is due."""
    while first <= now:
        yield first
        first = limits.acknowledge_by(urgency, first)

"""By when somebody must have seen an escalation, and by when it must be decided.

The figures are settings, because no law fixes them: `ESCALATION_*` in the README’s settings.
"""

from datetime import datetime, timedelta

from django.conf import settings

from helpline.foundation.calendar import LONDON, is_working
from safeguarding.escalations.kinds import Urgency


def acknowledge_by(urgency: str, raised_at: datetime) -> datetime:
    """The moment after which the next on the on-call list is told (rules 2.8.2)."""
    if urgency == Urgency.PLANNED:
        return working_days_after(raised_at, 1)
    return raised_at + settings.ESCALATION_ACKNOWLEDGE[Urgency(urgency).value]


def decide_by(urgency: str, raised_at: datetime) -> datetime:
    """The moment by which it must be decided; for `PLANNED` in working days."""
    if urgency == Urgency.PLANNED:
        return working_days_after(raised_at, settings.ESCALATION_PLANNED_DAYS)
    return raised_at + settings.ESCALATION_DECIDE[Urgency(urgency).value]


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same time of day in London, `days` working days later."""
    local = moment.astimezone(LONDON)
    while days:
        local += timedelta(days=1)
        days -= is_working(local.date())
    return local

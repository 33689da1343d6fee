"""Alerts as ready strings."""

from typing import NamedTuple

from helpline.foundation.calendar import moment_words
from safeguarding.models import Alert, Escalation


class Told(NamedTuple):
    """One step: when, whom, and why."""

    at: str
    who: str
    why: str


def told_of(escalation: Escalation) -> list[Told]:
    """Who was alerted of one escalation, the first step first."""
    rows = escalation.alerts.select_related("owner_away").prefetch_related("told__staff")
    return [told(alert) for alert in rows.order_by("step")]


def told(alert: Alert) -> Told:
    """One step in words."""
    names = ", ".join(sorted(each.staff.alias for each in alert.told.all()))
    away = alert.owner_away
    why = f"{away.alias} is not there." if away else ""
    if alert.hastened_step:
        why = "It could wait no more."
    if alert.nobody_on_call:
        why = f"{why} Nobody was on call.".strip()
    return Told(moment_words(alert.alerted_at), names or "Nobody could be alerted", why)

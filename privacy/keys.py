"""Turning the keys, written down: what was destroyed dies in every backup with the epoch that
wrapped it."""

from datetime import date

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.vault import turning


def turn(today: date, *, again: bool = False) -> turning.Turned:
    """Turn the keys as `turning.turn` does, and record when anything was turned or destroyed."""
    done = turning.turn(today, again=again)
    if done.wrapped or done.destroyed:
        AuditEvent.objects.record(
            Action.KEYS_TURNED,
            on=None,
            by=None,
            epoch=done.epoch,
            wrapped=done.wrapped,
            destroyed=len(done.destroyed),
        )
    return done

"""May this installation start? Keys that open, a trail that is ours, a ledger nobody has
forgotten."""

import sys
import time

from django.db import Error

from contacts.suppliers import connected, using
from helpline.foundation.audit import lives
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, AuditSeal, Life
from helpline.foundation.calendar import london_today
from helpline.foundation.vault import ring
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen
from privacy import ledger, retention

REFUSED = 2
TRIES, AGAIN = 10, 0.2  # how often the purge's lock is asked for, and the seconds between
SOME = 20  # keys tried of each epoch: one that is damaged must not keep a helpline shut


class NotReady(Exception):
    """Why nothing may start, as a sentence that says what to do."""


def or_exit() -> None:
    """Exit with code 2 and one sentence when something is not ready.

    An adapter whose supplier may not be used stays shut and says so; everything else starts, so
    that the register can be mended (S2-60).
    """
    try:
        check()
    except NotReady as reason:
        print(reason, file=sys.stderr)  # noqa: T201 (the last words before the exit)
        raise SystemExit(REFUSED) from None
    for why in using.stopped(connected.in_use()):
        print(why, file=sys.stderr)  # noqa: T201


def check() -> None:
    """Raise `NotReady` unless keys, trail and ledger belong to this database (J04, C17).

    On an empty database it makes the first key ring; nothing is ever written in clear.
    """
    try:
        _keys_open()
        _trail_is_ours()
        _ledger_is_done()
    except Error as problem:
        raise NotReady("The database cannot be read. Is it migrated?") from problem
    if lives.is_new():
        number = lives.begin()
        AuditEvent.objects.record(Action.LIFE_BEGAN, on=None, by=None, life=number)


def _keys_open() -> None:
    if not ring.exists():
        if DataKey.objects.exists():
            raise NotReady(f"The key ring {ring.path()} is missing. Restore its copy.")
        ring.begin(london_today())
    try:
        known = ring.epochs()
    except ring.RingUnreadable as reason:
        raise NotReady(str(reason)) from None
    for epoch in DataKey.objects.order_by("epoch").values_list("epoch", flat=True).distinct():
        if epoch not in known:
            raise NotReady(f"The key ring lacks epoch {epoch}, which this database uses.")
        if not any(_opens(key) for key in DataKey.objects.filter(epoch=epoch)[:SOME]):
            raise NotReady(f"{ring.path()} does not open this database's keys.")


def _opens(key: DataKey) -> bool:
    try:
        return bool(key.unwrapped())
    except CannotOpen:
        return False


def _trail_is_ours() -> None:
    newest = (
        Life.objects.order_by("-number").first(),
        AuditSeal.objects.order_by("-number").first(),
    )
    if any(row and bytes(row.mac) != row.expected_mac() for row in newest):
        raise NotReady("TRAIL_KEY is not the key that sealed this database's trail.")


def _ledger_is_done() -> None:
    """Whoever holds the purge's lock for long is a purge, which has passed this check itself; for a
    moment it may be another process that starts too, and finds that nothing may."""
    try:
        for _try in range(TRIES):
            try:
                with retention.alone():
                    return ledger.be_level()
            except retention.Busy:
                time.sleep(AGAIN)
        ledger.must_be_remembered()
    except (ledger.LedgerBehind, ledger.DatabaseBehind) as reason:
        raise NotReady(str(reason)) from None

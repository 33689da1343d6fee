"""Turning the keys: every living key moves to a new epoch, and what was deleted dies with the old.

Resumable: a run that was killed is finished by the next. Honest claim: destroyed words are
unreadable
in every dead row, WAL file and backup within 35 days (7 between turnings, 21 retired, 7 of copies).
"""

from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from psycopg2.extras import execute_values

from helpline.foundation.vault import ring
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen

CHUNK = 1000
TURN_EVERY = timedelta(days=7)
LATE_AFTER = timedelta(days=28)  # the oldest living epoch may be 7 + 21 days old, not more


class Turned(NamedTuple):
    """What one turning did: the newest epoch, keys re-wrapped, keys that would not open, epochs
    gone."""

    epoch: int
    wrapped: int
    unopened: int
    destroyed: list[int]


def turn(today: date, *, again: bool = False) -> Turned:
    """Finish a turning that was killed; publish a new epoch each week; destroy epochs retired 21
    days.

    `again` publishes one now, unless there was a killed turning to finish.
    """
    if settings.ROOT_KEY_BEFORE:
        ring.wrap_again()
    newest = ring.newest()
    wrapped, unopened = _rewrap_all(newest.number)
    if newest.born + TURN_EVERY <= today or (again and not wrapped):
        newest = ring.publish(today, after=newest.number)
        more, unopened = _rewrap_all(newest.number)
        wrapped += more
    free = [n for n in ring.destroyable(today) if not DataKey.objects.filter(epoch=n).exists()]
    if free:
        ring.destroy(free)
    return Turned(newest.number, wrapped, unopened, free)


def is_late(today: date) -> bool:
    """Whether the oldest living epoch is older than the published 35 days allow."""
    return ring.oldest().born + LATE_AFTER + timedelta(days=1) < today


def _rewrap_all(epoch: int) -> tuple[int, int]:
    """Move every key to `epoch` in chunks; one that does not open is counted and left.

    Never waits for a lock, so it cannot come into a deadlock with a purge. A key that is passed
    over is being destroyed; if it lives on, its epoch does too, until the next turning takes it.
    """
    done = unopened = 0
    after = None
    while True:
        keys = DataKey.objects.filter(epoch__lt=epoch).order_by("pk")
        with transaction.atomic():
            rest = keys.filter(pk__gt=after) if after else keys
            chunk = list(rest.select_for_update(skip_locked=True, no_key=True)[:CHUNK])
            if not chunk:
                return done, unopened
            after = chunk[-1].pk
            moved = [row for row in (_moved(key, epoch) for key in chunk) if row]
            if moved:
                _store(moved)
        done += len(moved)
        unopened += len(chunk) - len(moved)


def _moved(key: DataKey, epoch: int) -> tuple | None:
    before = key.epoch
    try:
        key.wrap(key.unwrapped(), epoch)
    except CannotOpen:
        return None
    return str(key.pk), before, epoch, key.wrapped


def _store(rows: list[tuple]) -> None:
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            "UPDATE vault_datakey k SET epoch = v.epoch, wrapped = v.wrapped"
            " FROM (VALUES %s) AS v (id, before, epoch, wrapped)"
            " WHERE k.id = v.id::uuid AND k.epoch = v.before",
            rows,
            page_size=CHUNK,
        )

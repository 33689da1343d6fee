"""Which life of the database cluster this is: transaction numbers only compare within one."""

import functools

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

LOCK = 7_301_003


@functools.cache
def current() -> int:
    """The number of this life, read once a process: a restore restarts them all."""
    newest = apps.get_model("audit", "Life").objects.order_by("-number").first()
    return newest.number if newest else 1


def cluster_now() -> str:
    """What a restore changes: the cluster's own identifier and its timeline."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT system_identifier FROM pg_control_system())::text"
            " || ':' || (SELECT timeline_id FROM pg_control_checkpoint())"
        )
        return cursor.fetchone()[0]


def is_new() -> bool:
    """Whether this database woke up in another cluster than the one it last knew."""
    newest = apps.get_model("audit", "Life").objects.order_by("-number").first()
    return newest is None or newest.cluster != cluster_now()


@transaction.atomic
def begin(*, restored: bool = False) -> int:
    """Start the next life; of several processes that start at once, one does.

    `restored` declares one even where the cluster looks the same, as after a copy of its files.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if not (restored or is_new()):
        return current()
    model = apps.get_model("audit", "Life")
    seal = apps.get_model("audit", "AuditSeal").objects.order_by("-number").first()
    newest = model.objects.order_by("-number").first()
    life = model(
        number=newest.number + 1 if newest else 1,
        cluster=cluster_now(),
        after_seal=seal.number if seal else 0,
        begun_at=timezone.now(),
    )
    life.mac = life.expected_mac()
    life.save(force_insert=True)
    current.cache_clear()
    return life.number

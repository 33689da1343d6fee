"""What people asked about their own data ends too, three years after it was closed; so does what
is left of a deletion that somebody asked for with their own words."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import models, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_date, london_today
from helpline.foundation.vault.models import DataKey
from privacy import ledger, references, schedule
from privacy.models import Bundle, Disposal, Erasure, Evidence, PurgeRun, RightsRequest

BATCH = 200


def end_all(today: date, run: PurgeRun) -> int:
    """Destroy whatever is due; return how many went.

    The caller holds the purge's lock: the ledger gives its numbers out one at a time.
    """
    ended = 0
    for model in (RightsRequest, Erasure):
        while gone := _end_batch(model.objects.due_for_purge(today), run):
            ended += gone
    return ended


@transaction.atomic
def _end_batch(due: models.QuerySet, run: PurgeRun) -> int:
    rows = due.select_for_update(skip_locked=True, of=("self",))
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    if ids:
        destroy(ids, run)
        number = ledger.write(str(pk) for pk in ids)
        AuditEvent.objects.record(Action.PURGED, on=run, by=None, rights=len(ids), entry=number)
    return len(ids)


def destroy(ids: Iterable[uuid.UUID], run: PurgeRun) -> None:
    """Destroy these with all that belongs to them, and certify it; what the ledger names is found
    again after a restore, whatever it is."""
    ids = list(ids)
    for bundle in Bundle.objects.filter(pk__in=ids, key__isnull=False):
        bundle.destroy()
    _requests(RightsRequest.objects.filter(pk__in=ids), run)
    _gone(Erasure.objects.filter(pk__in=ids, request=None), "done_at", [], run)


def _requests(rows: models.QuerySet, run: PurgeRun) -> None:
    """Requests, with what was seen, weighed, written and made for them; a contact that is only
    there because one refers to it goes too."""
    keys = list(rows.values_list("key", flat=True))
    for part in (Evidence, Bundle):
        own = part.objects.filter(request__in=rows).exclude(key=None)
        keys += own.values_list("key", flat=True)
    about = set(rows.values_list("concerns__contact", flat=True))
    about |= set(rows.values_list("said_in", flat=True))
    _gone(rows, "closed_on", keys, run)
    references.sweep(about - {None})


def _gone(rows: models.QuerySet, began: str, keys: list, run: PurgeRun) -> None:
    gone, oldest = rows.count(), rows.aggregate(oldest=models.Min(began))["oldest"]
    if not gone:
        return
    rows.delete()
    destroyed = DataKey.objects.destroy(keys)
    oldest = london_date(oldest) if isinstance(oldest, datetime) else oldest or london_today()
    counts = {"gone": gone, "keys": destroyed}
    Disposal.objects.certify(run, schedule.RIGHTS.name, oldest=oldest, **counts)

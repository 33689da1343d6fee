"""What authorities asked ends too, six years after it was answered; where somebody was found ends
after 30 days (C23), and only the fact that it was asked for stays."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import models, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_date
from helpline.foundation.vault.models import DataKey
from privacy import ledger, references, schedule
from privacy.models import Disposal, PurgeRun
from safeguarding.models import (
    AuthorityContact,
    AuthorityRequest,
    AuthorityStep,
    LocationFound,
    LocationRequest,
    LocationStep,
)

BATCH = 500
GOES_WITH = {AuthorityRequest: [AuthorityStep, AuthorityContact], LocationRequest: [LocationStep]}


def end_all(today: date, run: PurgeRun) -> int:
    """Destroy whatever is due; return how many went.

    The caller holds the purge's lock: the ledger gives its numbers out one at a time.
    """
    ended = 0
    for model in (LocationFound, AuthorityRequest, LocationRequest):
        while gone := _end_batch(model.objects.due(today), run):
            ended += gone
    return ended


@transaction.atomic
def _end_batch(due: models.QuerySet, run: PurgeRun) -> int:
    rows = due.select_for_update(skip_locked=True, of=("self",))
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    if ids:
        destroy(ids, run, [due.model])
        number = ledger.write(str(pk) for pk in ids)
        AuditEvent.objects.record(Action.PURGED, on=run, by=None, enquiries=len(ids), entry=number)
    return len(ids)


def destroy(
    ids: Iterable[uuid.UUID],
    run: PurgeRun,
    models_of: Iterable[type[models.Model]] = (LocationFound, AuthorityRequest, LocationRequest),
) -> None:
    """Destroy the keys, words and rows of these, and certify it by class; what the ledger names is
    found again after a restore, whatever it is."""
    ids = list(ids)
    for model in models_of:
        _gone(model.objects.filter(pk__in=ids), run)


def let_go_of(worries: models.QuerySet, run: PurgeRun) -> None:
    """Before these escalations go: a request for a location goes with its own, and what an
    authority asked refers to it no more."""
    AuthorityContact.objects.filter(escalation__in=worries).update(escalation=None)
    AuthorityRequest.objects.filter(pressed__in=worries).update(pressed=None)
    _gone(LocationFound.objects.filter(request__escalation__in=worries), run)
    _gone(LocationRequest.objects.filter(escalation__in=worries), run)


BEGAN = {
    LocationFound: ("received_on", schedule.FOUND),
    AuthorityRequest: ("received_at", schedule.AUTHORITIES),
    LocationRequest: ("requested_at", schedule.LOCATIONS),
}


def _gone(rows: models.QuerySet, run: PurgeRun) -> None:
    began, kept = BEGAN[rows.model]
    keys = list(rows.values_list("key", flat=True))
    if not keys:
        return
    oldest = rows.aggregate(oldest=models.Min(began))["oldest"]
    named = AuthorityContact.objects.filter(request__key__in=keys)
    about = set(named.values_list("contact", flat=True))
    for part in GOES_WITH.get(rows.model, []):
        part.objects.filter(request__in=rows)._raw_delete("default")
    gone = rows._raw_delete("default")
    destroyed = DataKey.objects.destroy(keys)
    references.sweep(about)
    oldest = london_date(oldest) if isinstance(oldest, datetime) else oldest
    Disposal.objects.certify(run, kept.name, oldest=oldest, gone=gone, keys=destroyed)

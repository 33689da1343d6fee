"""Records of people who chose to be known end too: six years after their last contact, or as soon
as nothing is left to keep them on. So do copies of chats that were handed over."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import models, transaction

from contacts.models import CopiedLine, Entry, HandOver, Link, RecordBasis, ServiceUser, SupportPlan
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.vault.models import DataKey
from privacy import ledger
from privacy.models import PurgeRun

BATCH = 500
GOES_WITH_A_RECORD = [SupportPlan, Entry, Link, RecordBasis]


def end_all(today: date, run: PurgeRun) -> int:
    """Destroy every record that is due; return how many went.

    The caller holds the purge's lock: the ledger gives its numbers out one at a time.
    """
    ended = 0
    for due in (ServiceUser.objects.due(today), HandOver.objects.due(today)):
        while gone := _end_batch(due, run):
            ended += gone
    return ended


@transaction.atomic
def _end_batch(due: models.QuerySet, run: PurgeRun) -> int:
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    if ids:
        destroy(ids)
        number = ledger.write(str(pk) for pk in ids)
        AuditEvent.objects.record(Action.PURGED, on=run, by=None, records=len(ids), entry=number)
    return len(ids)


def destroy(ids: Iterable[uuid.UUID]) -> int:
    """Destroy these records and copies with all that stands in them; contacts stay as they were."""
    rows = ServiceUser.objects.filter(pk__in=list(ids))
    keys = list(rows.values_list("key", flat=True))
    for link in ServiceUser._meta.related_objects:
        if link.on_delete is models.SET_NULL:
            link.related_model.objects.filter(**{f"{link.field.name}__in": rows}).update(
                **{link.field.name: None}
            )
    for model in GOES_WITH_A_RECORD:
        model.objects.filter(service_user__in=rows)._raw_delete("default")
    copies = HandOver.objects.filter(pk__in=list(ids))
    keys += copies.values_list("key", flat=True)
    CopiedLine.objects.filter(hand_over__in=copies)._raw_delete("default")
    gone = rows._raw_delete("default") + copies._raw_delete("default")
    DataKey.objects.destroy(keys)
    return gone

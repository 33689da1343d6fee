"""What was written down of proof of who asks is destroyed after 30 days (rules 2.6)."""

from datetime import date

from django.db import transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.vault.models import DataKey
from privacy.models import Evidence

BATCH = 200


@transaction.atomic
def forget_evidence(today: date) -> int:
    """Destroy the details of up to `BATCH` proofs seen 30 days ago; of how many.

    That somebody saw one, of which kind, who and when, stays with the request.
    """
    due = Evidence.objects.filter(forget_on__lte=today, key__isnull=False)
    rows = dict(due.select_for_update(skip_locked=True).values_list("pk", "key")[:BATCH])
    Evidence.objects.filter(pk__in=rows).update(key=None, details=None)
    DataKey.objects.destroy(rows.values())
    if rows:
        AuditEvent.objects.record(Action.RIGHTS_EVIDENCE_GONE, on=None, by=None, count=len(rows))
    return len(rows)

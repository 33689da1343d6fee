"""Nobody waits unseen: whoever owns what is due hears of it, once a day, without a word of it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from contacts.models import ActionRequest
from helpline.foundation.outbox.models import Message

AGAIN_AFTER = timedelta(hours=24)
AT_ONCE = 100


@transaction.atomic
def remind(now: datetime) -> int:
    """Write to the owners of late requests who have not been written to for a day; count them."""
    since = Q(reminded_at=None) | Q(reminded_at__lt=now - AGAIN_AFTER)
    late = ActionRequest.objects.unexpired().late(now).filter(since, owner__is_active=True)
    rows = late.select_for_update(skip_locked=True, of=("self",)).select_related("owner")
    found = list(rows.order_by("due_at")[:AT_ONCE])
    for owner in {action.owner for action in found}:
        Message.objects.put(
            to=owner.email, subject="Something is due", template="emails/due.txt", context={}
        )
    ActionRequest.objects.filter(pk__in=[action.pk for action in found]).update(reminded_at=now)
    return len(found)

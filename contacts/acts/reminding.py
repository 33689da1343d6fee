"""Nobody waits unseen: whoever owns what is due hears of it, once a day, without a word of it.

Where nobody owns it, or whoever does has left, the supervisors of its team hear of it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from contacts.models import ActionRequest
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

AGAIN_AFTER = timedelta(hours=24)
AT_ONCE = 100


@transaction.atomic
def remind(now: datetime) -> int:
    """Write about late requests of which nobody has been written to for a day; count them.

    Each person gets one note, however many requests it is about.
    """
    since = Q(reminded_at=None) | Q(reminded_at__lt=now - AGAIN_AFTER)
    late = ActionRequest.objects.unexpired().late(now).filter(since)
    rows = late.select_for_update(skip_locked=True, of=("self",)).select_related("owner")
    found = list(rows.order_by("due_at")[:AT_ONCE])
    for person in {each for action in found for each in whom(action)}:
        Message.objects.put(
            to=person.email, subject="Something is due", template="emails/due.txt", context={}
        )
    ActionRequest.objects.filter(pk__in=[action.pk for action in found]).update(reminded_at=now)
    return len(found)


def whom(action: ActionRequest) -> Iterable[Staff]:
    """Who has to hear that it is late: its owner, or else the supervisors of its team.

    A team without a supervisor is looked after by all of the service.
    """
    if action.owner is not None and action.owner.is_active:
        return [action.owner]
    supervisors = Staff.objects.who_may(Permission.APPROVE_ACTIONS)
    supervisors = supervisors.filter(services__contains=[action.service])
    ours = supervisors.filter(teams=action.team_id) if action.team_id else supervisors
    return ours or supervisors

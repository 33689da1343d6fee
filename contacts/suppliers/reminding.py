"""What has to be done about a supplier is heard of: by who keeps the register, once a day, without
a word."""

from datetime import datetime

from django.db import transaction

from contacts.models import Supplier
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission


@transaction.atomic
def remind(now: datetime) -> int:
    """Write about suppliers in need of which nobody has been written to for a day; count them.

    Each person gets one note, however many suppliers it is about.
    """
    rows = Supplier.objects.to_remind_of(now).select_for_update(skip_locked=True)
    found = [supplier.pk for supplier in rows]
    for person in Staff.objects.who_may(Permission.KEEP_SUPPLIERS) if found else []:
        Message.objects.put(
            to=person.email, subject="Something is due", template="emails/due.txt", context={}
        )
    Supplier.objects.filter(pk__in=found).update(reminded_at=now)
    return len(found)

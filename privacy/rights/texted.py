"""Whoever texts or mails DELETE has asked for deletion; that opens a request, and proves nothing.

The wish is written down by contacts, which know of no request; here it becomes one, once.
"""

from django.db import transaction
from django.utils import timezone

from contacts.models import AskedToDelete
from helpline.foundation.calendar import london_date
from privacy.models import RightsRequest
from privacy.rights.kinds import Kind, Route

WORDS = "DELETE"
ROUTES = {"text": Route.TEXT, "email": Route.EMAIL}


def open_all() -> int:
    """Open a request for every such wish; how many."""
    opened = 0
    while open_next():
        opened += 1
    return opened


@transaction.atomic
def open_next() -> bool:
    """Open one, received on the day on which it was sent; False when there is none.

    Sent again while the first is not answered, it is the same wish.
    """
    waits = AskedToDelete.objects.open().select_related("contact")
    asked = waits.select_for_update(skip_locked=True, of=("self",)).first()
    if asked is None:
        return False
    waiting = RightsRequest.objects.to_answer().filter(kind=Kind.ERASE, said_in=asked.contact)
    if not waiting.exists():
        RightsRequest.objects.take_in(
            Kind.ERASE,
            by=None,
            route=ROUTES.get(asked.contact.channel, Route.TEXT),
            words=WORDS,
            received_on=london_date(asked.asked_at),
            said_in=asked.contact,
            late_because="The wish was sent by text and was written down by the system.",
        )
    AskedToDelete.objects.filter(pk=asked.pk).update(taken_up_at=timezone.now())
    return True

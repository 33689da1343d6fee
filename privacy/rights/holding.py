"""What a request is about stays as it is until the decision that ends it (DPA 2018 s.173).

The hold is set by the request itself, over every contact in its scope. It is released with it: what
is past its 18 months goes with the next purge then (C19).
"""

import uuid

from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from safeguarding.models import SPARED_FOR, Hold

LOOKED_AT_AFTER = 3  # months, as any hold
BECAUSE = "Somebody asks about these words, and is not answered yet."
ANSWERED = "The request about these words has been answered and closed."


def hold(contact: Contact, *, by: Staff | None) -> uuid.UUID:
    """Hold a contact for a request; the id of the hold. `WrongState` when it has gone already."""
    placed = Hold.objects.place(
        contact,
        by=by,
        kind=Hold.Kind.RIGHTS,
        ground=Hold.Ground.REQUEST_OPEN,
        reason=BECAUSE,
        review_on=add_months(london_today(), LOOKED_AT_AFTER),
        for_request=True,
    )
    return placed.pk


def hold_again(concern, *, by: Staff) -> None:
    """Hold a contact for its request anew if somebody has released that hold meanwhile."""
    if not Hold.objects.in_force().filter(pk=concern.hold_id).exists():
        concern.hold_id = hold(concern.contact, by=by)
        concern.save(update_fields=["hold_id"])


def let_go(hold_id: uuid.UUID, contact: Contact, *, by: Staff) -> None:
    """End the hold of a request; one that somebody has released before is left alone.

    What other requests restrict stays: each has a hold of its own. The seven days in which another
    hold can be placed again stay as they are (C03).
    """
    found = Hold.objects.in_force().filter(pk=hold_id).first()
    if found is not None:
        found.end(by=by, reason=ANSWERED)
    week = timezone.now() - SPARED_FOR
    others = contact.holds.exclude(pk=hold_id).exclude(kind=Hold.Kind.RIGHTS)
    if not others.filter(released_at__gt=week).exists():
        Contact.objects.filter(pk=contact.pk, held=False).update(spared_until=None)

"""Draws up the list of everything in the scope of a request, so that nothing is left undecided."""

from django.db import transaction
from django.db.models import Max

from helpline.foundation.staff.models import Staff
from helpline.foundation.states import WrongState
from privacy.models.review import ReviewItem
from privacy.models.rights import RightsRequest
from privacy.review import sources
from privacy.rights.kinds import Status

AT_ONCE = 1000


@transaction.atomic
def gather(request: RightsRequest, *, by: Staff) -> int:
    """Add every item that is not on the list yet; how many came to it.

    While it is collected or reviewed. What was said after a first gathering comes with the next.
    """
    locked = request.locked()
    if locked.status not in {Status.COLLECTING, Status.REVIEW}:
        raise WrongState("The items of a request are gathered before it is reviewed.")
    there = set(locked.items.values_list("kind", "contact", "record", "line"))
    number = locked.items.aggregate(last=Max("number"))["last"] or 0
    fresh = []
    for ref in sources.refs(locked):
        if (ref.kind, ref.contact, ref.record, ref.line) in there:
            continue
        number += 1
        item = ReviewItem(request=locked, number=number, kind=ref.kind, record=ref.record)
        item.contact_id, item.line, item.own = ref.contact, ref.line, ref.own
        fresh.append(item)
    ReviewItem.objects.bulk_create(fresh, batch_size=AT_ONCE)
    return len(fresh)

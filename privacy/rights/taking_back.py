"""Consent taken back by a request: it acts at once, and shows what loses its basis (Art 7(3), D14).

One person is enough, because taking back is as easy as agreeing was. What loses its basis is queued
by the consents themselves; two people remove words (`contacts.models.losing`).
"""

from contextlib import suppress

from django.db import transaction

from contacts.acts import showing, taking_back
from contacts.models import Consent, LostBasis
from contacts.wordings import How, Purpose
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from privacy.models import RightsRequest
from privacy.rights.kinds import Kind, Route, Status

WHILE = (Status.LOCATING, Status.COLLECTING, Status.REVIEW)
BY_ROUTE = {
    Route.FORM: How.FORM,
    Route.CODE: How.CHAT,
    Route.EMAIL: How.EMAIL,
    Route.POST: How.POST,
    Route.PHONE: How.VOICE,
    Route.TEXT: How.TEXT,
    Route.CHAT: How.CHAT,
    Route.SPOKEN: How.VOICE,
}


@transaction.atomic
def take_back(request: RightsRequest, purpose: str, *, by: Staff) -> None:
    """Take one agreement back in everything that a request is about, at once.

    Raises `Refused` before it is known that it is theirs, or when they never agreed to that;
    `WrongState` from any other state.
    """
    request.lock(by)
    if request.kind != Kind.WITHDRAW or request.status not in WHILE:
        raise WrongState("Find what it is about first. After the answer nothing is taken back.")
    if not request.is_proved():
        raise Refused("It is not proved who asks.")
    found, how = 0, BY_ROUTE[Route(request.route)]
    for contact in request.scope().with_key().order_by("started_at", "pk"):
        with suppress(WrongState):
            Consent.objects.withdraw(contact, purpose, by=by, how=how)
            found += 1
    record = request.service_user
    if purpose == Purpose.RECORD and record and record.bases.by_consent().exists():
        taking_back.take_back(record, by=by)
        found += 1
    if not found:
        raise Refused("They have not agreed to this, or have taken it back already.")
    request.noted(f"took-back-{purpose}", by=by)


def lost(request: RightsRequest) -> list[dict]:
    """What lost its basis in the contacts of a request, and on what it stands if on anything; with
    whether that was written down late (D14, D15)."""
    if request.kind != Kind.WITHDRAW:
        return []
    rows = LostBasis.objects.filter(contact__in=request.scope()).select_related("contact")
    return [showing.lost(row) for row in rows.order_by("taken_back_at", "pk")]

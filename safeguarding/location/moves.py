"""The verbs of a request for a location as its page offers them."""

from collections.abc import Callable
from typing import NamedTuple

from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.location import forms
from safeguarding.location.drawn import Status
from safeguarding.models import LocationRequest


class Move(NamedTuple):
    """One verb: its form (None for a bare button), what it calls, what the page says then, and
    from which states and to whom it is offered."""

    form: type | None
    act: Callable
    said: str
    states: frozenset
    permission: Permission = Permission.ASK_FOR_LOCATION


TO_TELL = frozenset({Status.FOUND, Status.NOTHING})
MOVES = {
    "approve": Move(
        None,
        lambda request, by, said: request.approve(by=by),
        "It is approved. Ring the provider now.",
        frozenset({Status.REQUESTED}),
        Permission.APPROVE_LOCATION,
    ),
    "send": Move(
        None,
        lambda request, by, said: request.send(by=by),
        "It is written down that the provider was asked.",
        frozenset({Status.APPROVED}),
    ),
    "find": Move(
        forms.WhereForm,
        lambda request, by, said: request.find(by=by, where=said["where"]),
        "It is sealed. Tell the emergency services, and then the person.",
        frozenset({Status.SENT}),
    ),
    "find-nothing": Move(
        forms.NothingForm,
        lambda request, by, said: request.find_nothing(by=by, why=said["why"]),
        "It is written down. Now tell the person that it was asked for.",
        frozenset({Status.SENT}),
    ),
    "tell": Move(
        forms.TellForm,
        lambda request, by, said: request.tell(by=by, why=said["why"]),
        "They know.",
        TO_TELL,
    ),
    "could-not-tell": Move(
        forms.NotToldForm,
        lambda request, by, said: request.could_not_tell(by=by, why=said["why"]),
        "It is written down why they do not know.",
        TO_TELL,
    ),
    "stop": Move(
        forms.WhyForm,
        lambda request, by, said: request.stop(by=by, why=said["why"]),
        "It is stopped.",
        frozenset({Status.REQUESTED, Status.APPROVED}),
    ),
}


def form_of(name: str, data=None):
    """The form of one verb, if it has one; several stand on one page, so its ids carry the name."""
    kind = MOVES[name].form
    return kind(data, auto_id=f"{name}-%s") if kind else None


def offered(request: LocationRequest, staff: Staff) -> set[str]:
    """The verbs that this person can use on it now; nobody approves what they asked for."""
    found = {
        name
        for name, move in MOVES.items()
        if request.status in move.states and staff.may(move.permission)
    }
    if request.requested_by.person == staff.person:
        found -= {"approve"}
    return found


def blank(names: set[str]) -> dict:
    """The empty form of every verb that is offered, by its name with underscores."""
    return {name.replace("-", "_"): form_of(name) for name in names}

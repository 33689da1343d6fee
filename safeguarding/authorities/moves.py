"""The verbs of a request of an authority as its page offers them."""

from collections.abc import Callable
from typing import NamedTuple

from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.authorities import forms
from safeguarding.authorities.drawn import Status
from safeguarding.authorities.kinds import OPENS_THE_GATE, Kind
from safeguarding.models import AuthorityRequest

BEFORE = frozenset({Status.UNVERIFIED, Status.VERIFIED})
NEEDS_ITS_REQUEST = (forms.TickForm, forms.VictimForm, forms.DecideForm)


class Move(NamedTuple):
    """One verb: its form (None for a bare button), what it calls, what the page says then, and
    from which states and to whom it is offered."""

    form: type | None
    act: Callable
    said: str
    states: frozenset = BEFORE
    permission: Permission = Permission.PREPARE_AUTHORITY_REQUESTS


MOVES = {
    "acknowledge": Move(
        None,
        lambda request, by, said: request.acknowledge(by=by),
        "It is acknowledged.",
        BEFORE | {Status.DECIDED, Status.SIGNED},
    ),
    "press": Move(
        None,
        lambda request, by, said: request.press(by=by),
        "The safeguarding lead is called. Say nothing to whoever rings.",
    ),
    "tick": Move(
        forms.TickForm,
        lambda request, by, said: request.tick(said["met"], by=by),
        "It is written down.",
    ),
    "victim": Move(
        forms.VictimForm,
        lambda request, by, said: request.note_victim(
            said["victim"], by=by, counselling=said["counselling"]
        ),
        "It is written down.",
    ),
    "verify": Move(
        forms.CallBackForm,
        lambda request, by, said: request.verify(by=by, **said),
        "They are verified.",
        frozenset({Status.UNVERIFIED}),
    ),
    "doubt": Move(
        forms.DoubtForm,
        lambda request, by, said: request.doubt(by=by, why=said["words"]),
        "They are not verified any more.",
        frozenset({Status.VERIFIED}),
    ),
    "name": Move(
        forms.HandleForm,
        lambda request, by, said: request.name_contact(said["handle"], by=by),
        "The contact is named.",
    ),
    "consider": Move(
        forms.ConsiderForm,
        lambda request, by, said: request.consider(by=by, words=said["words"]),
        "It is written down.",
    ),
    "advise": Move(
        forms.AdviseForm,
        lambda request, by, said: request.advise(by=by, words=said["words"]),
        "Your advice is written down.",
        BEFORE,
        Permission.ADVISE_ON_AUTHORITY_REQUESTS,
    ),
    "director": Move(
        forms.DirectorForm,
        lambda request, by, said: request.director_agrees(by=by, **said),
        "It is written down that a director agreed.",
        BEFORE,
        Permission.DECIDE_AUTHORITY_REQUESTS,
    ),
    "decide": Move(
        forms.DecideForm,
        lambda request, by, said: request.decide(said["decision"], by=by, why=said["why"]),
        "It is decided. A second person reads and signs it.",
        BEFORE,
        Permission.DECIDE_AUTHORITY_REQUESTS,
    ),
    "sign": Move(
        forms.SignForm,
        lambda request, by, said: request.sign(by=by, read=said["read"]),
        "It is signed. Now it is answered.",
        frozenset({Status.DECIDED}),
    ),
    "send-back": Move(
        forms.BackForm,
        lambda request, by, said: request.send_back(by=by, why=said["words"]),
        "It is sent back.",
        frozenset({Status.DECIDED}),
    ),
    "reconsider": Move(
        forms.AgainForm,
        lambda request, by, said: request.reconsider(by=by, why=said["words"]),
        "It is decided again.",
        frozenset({Status.SIGNED}),
        Permission.DECIDE_AUTHORITY_REQUESTS,
    ),
    "answer": Move(
        forms.AnswerForm,
        lambda request, by, said: request.answer(by=by, how=said["how"]),
        "It is answered.",
        frozenset({Status.SIGNED}),
    ),
    "withdraw": Move(
        forms.WithdrawForm,
        lambda request, by, said: request.withdraw(by=by, why=said["words"]),
        "It is over.",
    ),
}
NEVER_ABOUT_THE_MISSING = {"verify", "doubt", "name", "consider", "advise", "director"}


def form_of(name: str, request: AuthorityRequest, data=None):
    """The form of one verb, if it has one; several stand on one page, so its ids carry the name."""
    kind = MOVES[name].form
    if kind is None:
        return None
    about = {"request": request} if kind in NEEDS_ITS_REQUEST else {}
    initial = {"initial": {"read": request.last_step()}} if kind is forms.SignForm else {}
    return kind(data, auto_id=f"{name}-%s", **initial, **about)


def offered(request: AuthorityRequest, staff: Staff) -> set[str]:
    """The verbs that this person can use on it now."""
    found = {
        name
        for name, move in MOVES.items()
        if request.status in move.states and staff.may(move.permission)
    }
    if request.kind == Kind.MISSING:
        found -= NEVER_ABOUT_THE_MISSING
    if request.kind != Kind.VICTIM:
        found -= {"victim"}
    if request.acknowledged_at:
        found -= {"acknowledge"}
    if request.pressed_id:
        found -= {"press"}
    decided_by = request.decided_by
    if decided_by is not None and decided_by.person == staff.person:
        found -= {"sign", "send-back"}
    if request.decision in OPENS_THE_GATE and not request.a_ground_was_found():
        found -= {"answer"}
    return found


def blank(request: AuthorityRequest, names: set[str]) -> dict:
    """The empty form of every verb that is offered, by its name with underscores."""
    return {name.replace("-", "_"): form_of(name, request) for name in names}

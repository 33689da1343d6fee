"""The verbs of a request as its page offers them: the form of each, and what it calls."""

from collections.abc import Callable
from typing import NamedTuple

from contacts.acts import forms
from contacts.acts.kinds import Kind
from contacts.models import ActionRequest
from contacts.models.acting import GIVEN, PLAIN
from contacts.showing import opened_or
from helpline.foundation.staff.models import Staff


class Move(NamedTuple):
    """One verb: its form (None for a bare button), what it does, and what the page says then."""

    form: type | None
    act: Callable
    said: str
    stays: bool = True


MOVES = {
    "check": Move(
        forms.CheckForm,
        lambda action, by, said: action.check_recipient(said["checked"], by=by, mark=said["mark"]),
        "The recipient is checked.",
    ),
    "agree": Move(
        forms.MarkForm,
        lambda action, by, said: action.agree(by=by, mark=said["mark"]),
        "It is agreed with them, word for word.",
    ),
    "reopen": Move(
        None,
        lambda action, by, said: action.reopen(by=by),
        "It can be changed. It has to be agreed with them again.",
    ),
    "send": Move(
        None,
        lambda action, by, said: action.send(by=by),
        "It leaves within seconds, exactly as it was approved.",
    ),
    "tried": Move(
        forms.TriedForm,
        lambda action, by, said: action.tried(said["came"], by=by, words=said["words"]),
        "The try is written down.",
    ),
    "finish": Move(
        forms.FinishForm,
        lambda action, by, said: action.finish(said["result"], by=by, words=said["words"]),
        "What came of it is written down. Now they are told.",
    ),
    "answered": Move(
        forms.ReplyForm,
        lambda action, by, said: action.answered(said["words"], by=by),
        "The answer is kept for them.",
    ),
    "tell": Move(
        forms.TellForm,
        lambda action, by, said: action.tell(said["how"], by=by, read=said["read"]),
        "They know what came of it.",
    ),
    "keep": Move(
        None,
        lambda action, by, said: action.keep(by=by),
        "It is kept and shows on their next contact.",
    ),
    "hand-over": Move(
        forms.HandOverForm,
        lambda action, by, said: action.hand_over(by=by, to=said["to"], words=said["words"]),
        "It is handed over.",
        stays=False,
    ),
    "take": Move(
        None,
        lambda action, by, said: action.take_on(by=by),
        "You go on with it.",
    ),
    "stop": Move(
        forms.StopForm,
        lambda action, by, said: action.stop(by=by, words=said["words"]),
        "It is stopped.",
    ),
}


def form_of(name: str, action: ActionRequest, by: Staff, data=None):
    """The form of one verb, if it has one; several stand on one page, so its ids carry the name."""
    kind = MOVES[name].form
    if kind is None:
        return None
    people = {"action": action, "by": by} if kind is forms.HandOverForm else {}
    return kind(data, auto_id=f"{name}-%s", initial=seen(name, action), **people)


def seen(name: str, action: ActionRequest) -> dict:
    """What whoever presses the button has before them, where another may change it meanwhile."""
    if name == "check":
        return {"mark": action.recipient_mark()}
    return {"read": action.last_step()} if name == "tell" else {}


def blank(action: ActionRequest, by: Staff) -> dict:
    """The empty form of every verb that has one, by its name with underscores, and of showing."""
    found = {name.replace("-", "_"): form_of(name, action, by) for name in MOVES}
    return found | {"show": forms.ShowForm(auto_id="show-%s")}


def given(action: ActionRequest) -> dict:
    """What has been written down so far, for the form that changes it."""
    words = {name: opened_or(action, name, "") for name in GIVEN}
    return words | {name: getattr(action, name) for name in PLAIN if name != "side"}


def waits_for_approval(action: ActionRequest) -> bool:
    """Whether a second person is next."""
    return action.status == ActionRequest.Status.AGREED and action.kind != Kind.CALL_BACK

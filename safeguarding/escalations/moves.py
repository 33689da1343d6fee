"""The verbs of an escalation as its page offers them: the form of each, and what it calls."""

from collections.abc import Callable
from typing import NamedTuple

from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.escalations import forms
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision, Kind, more_urgent
from safeguarding.models import Escalation


class Move(NamedTuple):
    """One verb: its form (None for a bare button), what it does, its button, and what is said
    then."""

    form: type | None
    act: Callable
    label: str
    said: str
    hint: str = ""


def with_reason(verb: str) -> Callable:
    """Call a verb whose only word is why."""
    return lambda escalation, by, form: getattr(escalation, verb)(
        by=by, why=form.cleaned_data["why"]
    )


MOVES = {
    "acknowledge": Move(
        None,
        lambda escalation, by, form: escalation.acknowledge(by=by),
        "I am looking at it",
        "It is yours. Now look closer, with whoever raised it.",
        "Whoever raised it sees that somebody is there. It is yours until you hand it over.",
    ),
    "assess": Move(
        forms.AssessForm,
        lambda escalation, by, form: escalation.assess(by=by, **form.known()),
        "Write down what you judge",
        "Your judgement is written down.",
        "In words, with whoever is in touch with the person. Each look is dated and stays.",
    ),
    "decide": Move(
        forms.DecideForm,
        lambda escalation, by, form: escalation.decide(
            form.cleaned_data["decision"], by=by, why=form.cleaned_data["why"]
        ),
        "Decide",
        "It is decided.",
        "Try to work with the person first, where that is safe.",
    ),
    "act": Move(
        forms.ActForm,
        with_reason("act"),
        "It is being done",
        "It is being done. Tell the person, if that is safe.",
    ),
    "inform": Move(
        forms.InformForm,
        with_reason("inform"),
        "They have been told",
        "It is written down what they were told.",
        "What was done, why, and who knows of it now.",
    ),
    "could-not-inform": Move(
        forms.CouldNotInformForm,
        with_reason("could_not_inform"),
        "They could not be told",
        "It is written down why they could not be told.",
    ),
    "look-back": Move(
        forms.LookBackForm,
        with_reason("look_back"),
        "Look back on it",
        "It has been looked back on. It can be closed.",
    ),
    "close": Move(
        forms.CloseForm,
        with_reason("close"),
        "Close it",
        "It is closed.",
    ),
    "reopen": Move(
        forms.ReopenForm,
        with_reason("reopen"),
        "Open it again",
        "It is open again, and yours.",
    ),
    "take-on": Move(
        None,
        lambda escalation, by, form: escalation.take_on(by=by),
        "I go on with it",
        "It is yours.",
        "Whoever owned it has left, is not there or may not look into it any more.",
    ),
    "hand-over": Move(
        forms.HandOverForm,
        lambda escalation, by, form: escalation.hand_over(by=by, **form.cleaned_data),
        "Hand it over",
        "It is handed over. It shows on the board, and on this page.",
        "To one person by name, who may look into it and is still here.",
    ),
    "police-level": Move(
        forms.PoliceLevelForm,
        lambda escalation, by, form: escalation.note_police_level(
            form.cleaned_data["level"], by=by
        ),
        "Note the police’s own level",
        "It is noted as told by police.",
    ),
    "hasten": Move(
        forms.HastenForm,
        lambda escalation, by, form: escalation.hasten(**form.cleaned_data, by=by),
        "It can wait no more",
        "It is more urgent now. Whoever must know is being told.",
        "It only ever becomes more urgent. Its limits come forward, and alerts go out at once.",
    ),
    "add": Move(
        forms.WordsForm,
        lambda escalation, by, form: escalation.add(by=by, **form.known()),
        "Add what you know",
        "It is added. Whoever looks into it sees it at once.",
        "One sentence is enough. None of these has to be filled in.",
    ),
}

AFTER = {
    Status.RAISED: ["acknowledge"],
    Status.ACKNOWLEDGED: ["assess"],
    Status.ASSESSING: ["decide", "assess"],
    Status.DECIDED: ["act", "assess"],
    Status.ACTING: ["inform", "could-not-inform", "assess"],
    Status.INFORMED: ["look-back", "assess"],
    Status.NOT_INFORMED: ["look-back", "assess"],
    Status.REVIEW: ["close", "assess"],
    Status.CLOSED: ["reopen"],
}


def open_to(escalation: Escalation, staff: Staff, *, ownerless: bool = False) -> list[str]:
    """The verbs this person has before them now, the next step first."""
    hasten = ["hasten"] if escalation.is_open() and more_urgent(escalation.urgency) else []
    if not staff.may(Permission.LOOK_INTO_ESCALATIONS):
        return ["add", *hasten] if escalation.is_open() else []
    names = list(AFTER[Status(escalation.status)])
    if escalation.status == Status.DECIDED and escalation.decision == Decision.NO_ACTION:
        names = ["look-back", "assess"]
    if escalation.must_be_decided_again():
        names = ["assess", *(name for name in names if name != "assess")]
    names = [*(["take-on"] if ownerless else []), *names]
    if escalation.status in UNSEEN:
        names.append("add")
    names += hasten
    if escalation.status not in (Status.RAISED, Status.CLOSED):
        missing = escalation.kind == Kind.MISSING_NOW
        names += ["hand-over", *(["police-level"] if missing else [])]
    return names


UNSEEN = (Status.RAISED, Status.ACKNOWLEDGED)  # nobody has written down a judgement of their own


def form_of(name: str, escalation: Escalation, by: Staff, data=None):
    """The form of one verb, if it has one; several stand on one page, so its ids carry the name."""
    kind = MOVES[name].form
    if kind is None:
        return None
    more = {forms.DecideForm: {"by": by, "urgency": escalation.urgency}}
    more[forms.HandOverForm] = {"escalation": escalation}
    more[forms.HastenForm] = {"urgency": escalation.urgency}
    return kind(data, auto_id=f"{name}-%s", **more.get(kind, {}))

"""Worries for tests: an escalation in whatever state a test begins with."""

from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision, Kind, Urgency
from safeguarding.models import Escalation

WHY = "Because of what they said in this contact."
CONCERN = "I think they may not be safe tonight."


def raised(contact, by, *, kind=Kind.SUICIDE, urgency=Urgency.IMMEDIATE, **words):
    """An escalation as a worker raises it."""
    return Escalation.objects.escalate(contact, by=by, kind=kind, urgency=urgency, **words)


def brought_to(escalation, status, *, by, decision=Decision.SUPPORT_PLAN):
    """The escalation moved on to `status`, verb by verb, all of them by one person."""
    ways = {
        Status.RAISED: [],
        Status.ACKNOWLEDGED: ["acknowledge"],
        Status.ASSESSING: ["acknowledge", "assess"],
        Status.DECIDED: ["acknowledge", "assess", "decide"],
        Status.ACTING: ["acknowledge", "assess", "decide", "act"],
        Status.INFORMED: ["acknowledge", "assess", "decide", "act", "inform"],
        Status.NOT_INFORMED: ["acknowledge", "assess", "decide", "act", "could_not_inform"],
        Status.REVIEW: ["acknowledge", "assess", "decide", "act", "inform", "look_back"],
        Status.CLOSED: ["acknowledge", "assess", "decide", "act", "inform", "look_back", "close"],
    }
    for verb in ways[status]:
        do(escalation, verb, by=by, decision=decision)
    return escalation


def do(escalation, verb, *, by, decision=Decision.SUPPORT_PLAN):
    """One verb with what it needs to be said."""
    said = {
        "acknowledge": {},
        "assess": {"concern": CONCERN},
        "act": {},
        "decide": {"why": WHY},
    }.get(verb, {"why": WHY})
    before = [decision] if verb == "decide" else []
    getattr(escalation, verb)(*before, by=by, **said)

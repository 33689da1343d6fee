"""Sharings for tests: one that is ready but for what a test leaves out or takes away."""

from django.utils import timezone

from safeguarding.circumstances import Circumstance
from safeguarding.escalations.drawn import Status as Worry
from safeguarding.escalations.kinds import Decision, Urgency
from safeguarding.models import Disclosure, Recipient, Task
from safeguarding.sharing.kinds import RecipientKind, Status, TalkFirst, Way
from tests.worries import CONCERN, brought_to, raised

WHY = "They said they have taken the tablets and are alone."
FACT = "Somebody in flat 3 has taken tablets and is alone."
RECEIPT = "Taken by the control room, log 4471"
ENOUGH = {
    "ground": Circumstance.LIFE_IN_DANGER,
    "harm": "serious",
    "harm_to": "person",
    "harm_why": WHY,
    "basis": "recognised",
    "condition": "safeguarding",
    "no_consent": "cannot",
    "under_18": True,
}
NOT_ASKED = {
    "talk": TalkFirst.NOT_POSSIBLE,
    "talk_why_not": "The line went quiet and they do not answer any more.",
}
GROUNDS = {
    Circumstance.ASKED: {"wish": "Please ring my aunt and say I am fine"},
    Circumstance.LIFE_IN_DANGER: {},
    Circumstance.POSITION_OF_TRUST: {
        "trusted": "teacher",
        "harms_person": True,
        "near_children": True,
    },
    Circumstance.HARMING_ANOTHER: {"harm_to": "other"},
    Circumstance.LEGAL_COMPULSION: {
        "instrument": "Production order",
        "power": "PACE 1984, Schedule 1",
        "authority": "Leeds Crown Court",
    },
    Circumstance.LEGAL_RIGHTS: {},
}
BY_DIRECTOR = {Circumstance.LEGAL_COMPULSION, Circumstance.LEGAL_RIGHTS}
DIRECTOR = "Approved by the director on the telephone today."


def verified(by, second, *, kind=RecipientKind.POLICE, body="Kent Police, control room", **said):
    """Somebody on the list, found published by `by` and approved by `second`."""
    ways = {"mails_to": "control@kent.police.uk", "rings_at": "01622 690690"} | said
    ways |= {"found_at": "kent.police.uk, Contact us", "spoke_to": "the duty sergeant"}
    added = Recipient.objects.add(kind, by=by, body=body, secure=True, **ways)
    added.approve(by=second)
    return Recipient.objects.with_key().get(pk=added.pk)


def worry(contact, worker, by, *, urgency=Urgency.TODAY, decision=Decision.DISCLOSE):
    """An escalation about which it was decided to share."""
    escalation = raised(contact, worker, urgency=urgency, concern=CONCERN)
    return brought_to(escalation, Worry.DECIDED, by=by, decision=decision)


def considered(escalation, by) -> Disclosure:
    """A sharing at its beginning."""
    made = Disclosure.objects.consider(escalation, by=by)
    return fetched(made)


def fetched(disclosure) -> Disclosure:
    """The same, read again with its keys."""
    return Disclosure.objects.with_keys().get(pk=disclosure.pk)


def filled(disclosure, by, recipient, *, way=Way.EMAIL, ground=None, **changes) -> Disclosure:
    """Everything that its author writes down; `changes` are of why."""
    ground = Circumstance(ground or ENOUGH["ground"])
    disclosure.say_why(by=by, **ENOUGH | {"ground": ground} | GROUNDS[ground] | changes)
    disclosure.talk_first(by=by, tell_by=timezone.now(), **NOT_ASKED)
    disclosure.address(by=by, recipient=recipient, way=way, purpose="To go there now.")
    disclosure.tick(by=by, ticked={}, fact=FACT, fact_why="They must know where to go.")
    if ground in BY_DIRECTOR:
        disclosure.note_director(DIRECTOR, by=by)
    return disclosure


def brought(disclosure, status, *, by, second, recipient, way=Way.EMAIL) -> Disclosure:
    """The sharing moved on to `status`, verb by verb."""
    if status == Status.PREPARING:
        return disclosure
    filled(disclosure, by, recipient, way=way)
    if status == Status.NOT_SHARED:
        disclosure.keep_back(WHY, by=by)
        return disclosure
    disclosure.hand_on(by=by)
    if status == Status.PREPARED:
        return disclosure
    disclosure.approve(by=second, mark=disclosure.mark())
    if status == Status.APPROVED:
        return disclosure
    disclosure.disclose(by=by)
    if status == Status.SHARED:
        left(disclosure, by)
        disclosure.received(RECEIPT, by=by)
    return disclosure


def left(disclosure, by) -> None:
    """Its time has come, and it went out."""
    from helpline.foundation.outbox.models import Message

    past = timezone.now() - timezone.timedelta(seconds=1)
    Disclosure.objects.filter(pk=disclosure.pk).update(leaves_at=past)
    Message.objects.filter(pk=disclosure.letter_id).update(not_before=past)
    if disclosure.way == Way.EMAIL:
        Message.objects.send_next()
    else:
        disclosure.read_out(by=by)


def shared_of_the_table(cast, worries) -> dict:
    """These worries, and what is shared and owed because of them."""
    going = ("own", "other", "other team", "elsewhere")
    consider, owe = Disclosure.objects.consider, Task.objects.owe
    own, other = worries["own"], worries["other team"]
    said = {"body": "x", "found_at": "x", "spoke_to": "x", "rings_at": "101", "by": cast["s"]}
    add = Recipient.objects.add
    return {
        "escalation": worries,
        "share": {name: consider(worries[name], by=cast["l"]) for name in going},
        "task": {
            "own": owe("tell-person", own, by=None),
            "breach": owe("breach", own, by=None),
            "breach elsewhere": owe("breach", other, by=None),
            "another service": owe("breach", worries["elsewhere"], by=None),
        },
        "recipient": {
            "listed": add("police", **said),
            "named": add("named", escalation=own, **said),
            "named elsewhere": add("named", escalation=other, **said),
        },
    }

"""Requests of authorities and for a location, in whatever state a test begins with."""

from django.utils import timezone

from contacts.channels import Channel
from safeguarding.authorities.drawn import Status
from safeguarding.authorities.kinds import Came, Decision, How, Kind
from safeguarding.circumstances import Circumstance
from safeguarding.escalations import kinds as worries
from safeguarding.location import drawn as location_drawn
from safeguarding.models import AuthorityRequest, Escalation, LocationRequest

WHY = "Because of what stands in the request."
SAID = {
    "body": "Northshire Police",
    "person": "Sergeant Imogen Halloway",
    "number": "4471",
    "given": "+44 7700 900444",
    "their_reference": "NS/2291/26",
    "subject": "Quillon Fairweather",
    "wanted": "Everything that was said in any chat",
    "purpose": "A burglary in March",
}
PUBLISHED = {"published": "101", "published_in": "northshire.example, contact page"}
WHERE = "Last seen by the mast at Harrowgate Moor"


def logged(by, kind=Kind.VOLUNTARY, *, came=Came.WRITTEN, service="helpline", **changes):
    """A request as a supervisor writes it down."""
    said = SAID | changes
    return AuthorityRequest.objects.log(kind, by=by, service=service, came=came, **said)


def verified(request, by):
    """The request verified by ringing back."""
    request.verify(by=by, rang_at=timezone.now(), **PUBLISHED)
    return request


def prepared(request, *, by, lead, dpo, contact=None):
    """Verified, considered, advised, with all that its kind requires, and a contact named."""
    if request.kind != Kind.MISSING:
        verified(request, by)
        request.consider(by=by, words=WHY)
        request.advise(by=dpo, words=WHY)
    request.tick([each.code for each in request.needs.requirements], by=by)
    if request.kind == Kind.VICTIM:
        request.note_victim("told", by=by, counselling=False)
    if request.needs.director:
        request.director_agrees(by=lead, director="Rosalind Pryce", reasons=WHY)
    if contact is not None:
        request.name_contact(contact.handle, by=by)
    return request


def brought_to(request, status, *, by, lead):
    """The request moved on to `status` by the shortest way, refused once it is decided."""
    if status == Status.UNVERIFIED:
        return request
    if status == Status.WITHDRAWN:
        request.withdraw(by=by, why=WHY)
        return request
    verified(request, by)
    request.consider(by=by, words=WHY)
    ways = [Status.VERIFIED, Status.DECIDED, Status.SIGNED, Status.ANSWERED]
    for step in ways[1 : ways.index(status) + 1]:
        if step == Status.DECIDED:
            request.decide(Decision.DISAGREE, by=lead, why=WHY)
        elif step == Status.SIGNED:
            request.sign(by=by, read=request.last_step())
        else:
            request.answer(by=by, how=How.POST)
    return request


def worry(contact, by, *, urgency=worries.Urgency.IMMEDIATE):
    """An escalation of a life in danger."""
    kind = worries.Kind.SUICIDE
    return Escalation.objects.escalate(
        contact, by=by, kind=kind, urgency=urgency, concern="They may die tonight."
    )


def call(make_contact, by, **place):
    """A telephone call that is going on."""
    return make_contact("I am on the moor", worker=by, channel=Channel.PHONE, **place)


ASKED = {
    "ground": Circumstance.LIFE_IN_DANGER,
    "answered": "I do not know where I am",
    "wanted": "Which number rang at 9:40",
}


def asked(escalation, by, **changes):
    """A location asked for by one person."""
    said = ASKED | {"asked_by": by, "asked_at": timezone.now()} | changes
    return LocationRequest.objects.ask(escalation, by=by, **said)


def located(request, status, *, by, lead):
    """The request for a location moved on to `status`, verb by verb."""
    each = location_drawn.Status
    ways = {
        each.REQUESTED: [],
        each.STOPPED: ["stop"],
        each.APPROVED: ["approve"],
        each.SENT: ["approve", "send"],
        each.FOUND: ["approve", "send", "find"],
        each.NOTHING: ["approve", "send", "find_nothing"],
        each.TOLD: ["approve", "send", "find", "tell"],
        each.NOT_TOLD: ["approve", "send", "find", "could_not_tell"],
    }
    for verb in ways[status]:
        step(request, verb, by=lead if verb == "approve" else by)
    return request


def step(request, verb, *, by):
    """One verb of a request for a location, with what it needs to be said."""
    said = {"approve": {}, "send": {}, "find": {"where": WHERE}}.get(verb, {"why": WHY})
    getattr(request, verb)(by=by, **said)


def asked_for_by_others(make_contact, cast, team, night) -> dict:
    """For the table of access: what authorities ask, and locations asked for, by name."""
    requests = {"ours": logged(cast["s"]), "elsewhere": logged(cast["s"])}
    AuthorityRequest.objects.filter(pk=requests["elsewhere"].pk).update(service="is-this-ok")
    calls = {
        "ours": call(make_contact, cast["w"], team=team),
        "found": call(make_contact, cast["w"], team=team),
        "other team": call(make_contact, cast["w"], team=night),
        "elsewhere": call(make_contact, cast["w"], team=team),
    }
    worries_ = {name: worry(contact, cast["l"]) for name, contact in calls.items()}
    places = {
        name: asked(each, cast["s"]) for name, each in worries_.items() if name != "other team"
    }
    places["other team"] = asked(worries_["other team"], cast["l"])
    located(places["found"], location_drawn.Status.FOUND, by=cast["s"], lead=cast["l"])
    LocationRequest.objects.filter(pk=places["elsewhere"].pk).update(service="is-this-ok")
    Escalation.objects.filter(pk=worries_["elsewhere"].pk).update(service="is-this-ok")
    return {"authority": requests, "location": places, "worry": worries_}

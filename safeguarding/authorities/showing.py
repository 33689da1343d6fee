"""Requests of authorities as ready strings."""

from typing import NamedTuple

from django.db.models import Q

from contacts.models import Contact
from contacts.showing import opened_or
from helpline.foundation.calendar import day_words, london_today, moment_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.authorities import moves
from safeguarding.authorities.duties import DUTIES, Duty
from safeguarding.authorities.kinds import CALL_BACK_SCRIPT, Kind, VictimTold
from safeguarding.models import AuthorityRequest, Escalation
from safeguarding.models.authority_request import SAID

SHUT = "It cannot be opened."
TONES = {
    "unverified": "waiting",
    "verified": "info",
    "decided": "warn",
    "signed": "warn",
    "answered": "good",
    "withdrawn": "quiet",
}
LABELS = {
    "body": "Which body",
    "person": "Who asks",
    "number": "Collar or case number",
    "given": "The number or address they gave: never ring it",
    "their_reference": "Their reference",
    "subject": "Whom they ask about",
    "wanted": "What they ask for",
    "purpose": "What for",
}


class Row(NamedTuple):
    """One request in a list: what and where it stands, and nothing of what it says."""

    pk: object
    url: str
    name_words: str
    kind_label: str
    status_label: str
    status_tone: str
    decision_label: str
    decided_label: str
    waits_to_be_signed: bool
    received: str
    acknowledge_by: str
    late: bool
    acknowledged: bool


def row(request: AuthorityRequest) -> Row:
    """One request as the list shows it."""
    return Row(
        pk=request.pk,
        url=request.get_absolute_url(),
        name_words=request.name_words,
        kind_label=request.get_kind_display(),
        status_label=request.get_status_display(),
        status_tone=TONES[request.status],
        decision_label=request.get_decision_display() if request.signed_by_id else "",
        decided_label=request.get_decision_display(),
        waits_to_be_signed=request.status == "decided",
        received=moment_words(request.received_at),
        acknowledge_by=moment_words(request.acknowledge_by),
        late=request.is_late(),
        acknowledged=request.acknowledged_at is not None,
    )


def steps(request: AuthorityRequest) -> list[dict]:
    """What was done with it, oldest first."""
    found = []
    for step in request.steps.select_related("by").order_by("number"):
        step.request = request
        found.append(
            {
                "label": step.get_kind_display(),
                "at": moment_words(step.at),
                "by": step.by.alias,
                "words": opened_or(step, "words", SHUT),
            }
        )
    return found


def named(request: AuthorityRequest, staff: Staff) -> dict:
    """The contacts it names: by handle for whoever may read them, as a number for everyone else."""
    mine = Contact.objects.visible_to(staff).filter(pk__in=request.contacts.values("contact"))
    shown = [{"words": each.handle_words, "url": each.get_absolute_url()} for each in mine]
    return {"shown": shown, "others": request.contacts.count() - len(shown)}


def opened(request: AuthorityRequest, staff: Staff) -> list[dict]:
    """The escalations it opened, for whoever may open them: the call to the lead, and one about
    each contact named."""
    if request.kind == Kind.MISSING and not request.pressed_id:
        return []
    theirs = request.contacts.exclude(escalation=None).values("escalation")
    about = Q(pk=request.pressed_id) | Q(pk__in=theirs)
    found = Escalation.objects.visible_to(staff).filter(about).order_by("raised_at")
    return [
        {
            "words": each.name_words,
            "url": each.get_absolute_url(),
            "status": each.get_status_display(),
        }
        for each in found
    ]


def facts(request: AuthorityRequest) -> list[tuple[str, str]]:
    """Who did what to it and when, as pairs."""
    found = [
        ("Came", request.get_came_display()),
        ("Received", f"{moment_words(request.received_at)}, by {request.logged_by.alias}"),
    ]
    if request.acknowledged_at:
        who = f"{moment_words(request.acknowledged_at)}, by {request.acknowledged_by.alias}"
        found.append(("Acknowledged", who))
    else:
        found.append(("Acknowledge by", moment_words(request.acknowledge_by)))
    if request.verified_at:
        who = f"{moment_words(request.verified_at)}, by {request.verified_by.alias}"
        published = opened_or(request, "published", SHUT)
        found.append(("Rang back", f"{who}, on {published}"))
        found.append(("Published in", opened_or(request, "published_in", SHUT)))
    if request.kind == Kind.VICTIM:
        found.append(("The victim knows", VictimTold(request.victim).label))
        found.append(("Counselling notes", "Asked for" if request.counselling else "Not asked for"))
    if request.director_at:
        found.append(("Director", opened_or(request, "director", SHUT)))
        found.append(("Their reasons", opened_or(request, "director_reasons", SHUT)))
    if request.keep_until:
        found.append(("Kept until", day_words(request.keep_until)))
    return found


def decided(request: AuthorityRequest) -> list[tuple[str, str]]:
    """What was decided, by whom, and who signed it."""
    if not request.decided_at:
        return []
    found = [
        ("Answer", request.get_decision_display()),
        ("Decided", f"{moment_words(request.decided_at)}, by {request.decided_by.alias}"),
    ]
    if request.signed_at:
        found.append(("Signed", f"{moment_words(request.signed_at)}, by {request.signed_by.alias}"))
    if request.answered_how:
        found.append(("Left", request.get_answered_how_display()))
    return found


def requirements(request: AuthorityRequest) -> list[tuple[str, bool]]:
    """Each requirement of its kind, and whether it is there."""
    return [(each.words, each.code in request.met) for each in request.needs.requirements]


def shown(request: AuthorityRequest, staff: Staff) -> dict:
    """The page of one request. The DPO sees no contact; about a missing person nobody does."""
    offered = moves.offered(request, staff)
    sees_contacts = request.kind != Kind.MISSING and staff.may(Permission.READ_TRANSCRIPTS)
    return {
        "request_row": row(request),
        "said": [(LABELS[name], opened_or(request, name, SHUT)) for name in SAID],
        "explained": request.needs.explained,
        "requirements": requirements(request),
        "consideration": opened_or(request, "consideration", SHUT),
        "facts": facts(request),
        "decided": decided(request),
        "steps": steps(request),
        "opened": opened(request, staff),
        "named": named(request, staff) if sees_contacts else None,
        "pressed": request.pressed_id is not None,
        "script": CALL_BACK_SCRIPT,
        "about_missing": request.kind == Kind.MISSING,
        "unverified": request.status == "unverified" and request.kind != Kind.MISSING,
        "open": request.is_open(),
        "signed": request.signed_by_id is not None,
        "waits_for_a_ground": request.status == "signed" and "answer" not in offered,
        "offered": offered,
        "forms": moves.blank(request, offered),
    }


class ShownDuty(NamedTuple):
    """One duty to report, for whoever decides."""

    duty: Duty
    since: str
    state: str
    tone: str


def duties() -> list[ShownDuty]:
    """The register, with what is in force today."""
    found = []
    for duty in DUTIES:
        forced = duty.in_force(london_today())
        since = day_words(duty.since) if duty.since else "not known to be in force"
        state = "In force" if forced else "Ask counsel"
        found.append(ShownDuty(duty, since, state, "info" if forced else "warn"))
    return found

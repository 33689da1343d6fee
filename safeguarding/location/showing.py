"""Requests for a location as ready strings; where somebody is stays shut until a button is used."""

from typing import NamedTuple

from contacts.showing import opened_or
from helpline.foundation.calendar import day_words, moment_words
from helpline.foundation.staff.models import Staff
from safeguarding.location import moves
from safeguarding.location.drawn import OVER
from safeguarding.location.held import HELD
from safeguarding.models import Escalation, LocationFound, LocationRequest
from safeguarding.models.location_request import KEPT_FOR

SHUT = "It cannot be opened."
TONES = {
    "requested": "waiting",
    "approved": "warn",
    "sent": "info",
    "found": "warn",
    "nothing": "warn",
    "told": "good",
    "not-told": "quiet",
    "stopped": "quiet",
}


class Row(NamedTuple):
    """One request in a list."""

    pk: object
    url: str
    name_words: str
    status_label: str
    status_tone: str
    provider_label: str
    requested: str
    requested_by: str
    open: bool


def row(request: LocationRequest) -> Row:
    """One request as the list shows it, by the name of its escalation."""
    return Row(
        pk=request.pk,
        url=request.get_absolute_url(),
        name_words=request.escalation.name_words,
        status_label=request.get_status_display(),
        status_tone=TONES[request.status],
        provider_label=request.get_provider_display(),
        requested=moment_words(request.requested_at),
        requested_by=request.requested_by.alias,
        open=request.status not in OVER,
    )


class Worry(NamedTuple):
    """An escalation from which a location can be asked for."""

    pk: object
    name_words: str
    kind_label: str
    raised: str


def worry(escalation: Escalation) -> Worry:
    """One escalation, without what is said in it."""
    return Worry(
        pk=escalation.pk,
        name_words=escalation.name_words,
        kind_label=escalation.get_kind_display(),
        raised=moment_words(escalation.raised_at),
    )


def held(escalation: Escalation) -> dict | None:
    """What we hold and what a provider may hold, said before anybody is asked."""
    contact = escalation.contact
    if contact is None or contact.purged_on:
        return None
    each = HELD[contact.channel]
    return {
        "channel": contact.get_channel_display(),
        "ours": each.ours,
        "theirs": each.theirs,
        "provider": each.provider.label if each.provider else "",
    }


def facts(request: LocationRequest) -> list[tuple[str, str]]:
    """Who did what and when, as pairs."""
    found = [
        ("Provider", request.get_provider_display()),
        ("Why", request.get_ground_display()),
        ("For", request.get_purpose_display()),
        ("Person asked", f"{moment_words(request.asked_at)}, by {request.asked_by.alias}"),
        ("They answered", opened_or(request, "answered", SHUT)),
        ("To be asked", opened_or(request, "wanted", SHUT)),
        ("Asked for", f"{moment_words(request.requested_at)}, by {request.requested_by.alias}"),
    ]
    if request.approved_at:
        who = f"{moment_words(request.approved_at)}, by {request.approved_by.alias}"
        found.append(("Approved", who))
    if request.keep_until:
        found.append(("Kept until", day_words(request.keep_until)))
    return found


def steps(request: LocationRequest) -> list[dict]:
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


def shown(request: LocationRequest, staff: Staff) -> dict:
    """The page of one request, with what came back still shut."""
    offered = moves.offered(request, staff)
    answer = LocationFound.objects.visible_to(staff).filter(request=request).first()
    return {
        "location_row": row(request),
        "escalation_pk": request.escalation_id,
        "held": held(request.escalation),
        "facts": facts(request),
        "steps": steps(request),
        "offered": offered,
        "forms": moves.blank(offered),
        "own_half": request.requested_by.person == staff.person,
        "answer_until": day_words(answer.received_on + KEPT_FOR) if answer else "",
        "status": request.status,
        "where": None,
    }

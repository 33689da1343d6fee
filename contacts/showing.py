"""One contact as ready strings for its page and its fragments."""

import functools
import re
from typing import NamedTuple

from contacts.lists import TONES
from contacts.models import Contact, Line, Speaker
from contacts.patterns import all_filled, filled, pattern
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import day_words, moment_words, time_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service
from helpline.foundation.vault.sealed import CannotOpen

READERS_SHOWN = 50
LABELS = dict(Speaker.choices)
SAID = ("number", "side", "speaker_label", "time", "text")


# Characters that nobody sees but that turn or hide what stands beside them (H06). The joiners that
# emoji and some scripts need stay what they are.
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
HIDES = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+")


def marked(words: str) -> str:
    """Words with a visible mark where invisible characters would turn or hide them."""
    return HIDES.sub("⟦hidden⟧", TURNS.sub("⟦turned⟧", words))


class Record(NamedTuple):
    """What the page says about the contact itself."""

    pk: object
    handle_words: str
    channel_label: str
    service_label: str
    status_label: str
    status_tone: str
    started: str
    since: str
    ended: str
    worker_alias: str
    nickname: str
    held: bool
    is_open: bool


class Answered(NamedTuple):
    """One survey answer."""

    question: str
    text: str


def shown(contact: Contact, staff: Staff) -> dict:
    """What the contact's page shows besides its desk; its key has been fetched with it."""
    takes = staff.may(Permission.TAKE_CONTACTS) and not contact.is_earlier
    live = takes and contact.status == Contact.Status.OPEN and hasattr(contact, "visit")
    mine = contact.worker_id == staff.pk and contact.status == Contact.Status.OPEN
    lines = Line.objects.opened(contact)
    return {
        "contact": record(contact),
        "lines": all_filled(map(as_said, lines)),
        "last_line": lines[-1].number if lines else 0,
        "survey": survey_of(contact),
        "keep_until": day_words(contact.purge_on),
        "readers": readers_of(contact) if staff.may(Permission.SEE_READERS) else None,
        "is_earlier": contact.is_earlier,
        "may": {
            "note": takes,
            "go_live": live,
            "take": takes and contact.status == Contact.Status.WAITING,
            "ask": staff.may(Permission.TAKE_CONTACTS) and not contact.is_earlier,
            "escalate": staff.may(Permission.RAISE_ESCALATIONS) and not contact.is_earlier,
            "known": mine and staff.may(Permission.FIND_PEOPLE),
            "hand_over": mine and contact.service == Service.IS_THIS_OK,
            "raise": staff.may(Permission.RAISE_ESCALATIONS) and not contact.is_earlier,
            "place_hold": staff.may(Permission.PLACE_HOLDS),
            "approve_hold": staff.may(Permission.APPROVE_HOLDS),
            "release_hold": staff.may(Permission.RELEASE_HOLDS),
        },
    }


def record(contact: Contact) -> Record:
    """The contact's own facts; a nickname that does not open is left out."""
    return Record(
        pk=contact.pk,
        handle_words=contact.handle_words,
        channel_label=contact.get_channel_display(),
        service_label=contact.get_service_display(),
        status_label=contact.get_status_display(),
        status_tone=TONES[contact.status],
        started=moment_words(contact.started_at),
        since=contact.started_at.isoformat(),
        ended=moment_words(contact.ended_at) if contact.ended_at else "",
        worker_alias=contact.worker.alias if contact.worker_id else "",
        nickname=opened_or(contact, "nickname", ""),
        held=contact.held,
        is_open=contact.status == Contact.Status.OPEN,
    )


def said(line: Line) -> str:
    """One opened line as the page and its stream show it."""
    drawn, values = as_said(line)
    return filled(drawn, **values)


def as_said(line: Line) -> tuple[str, dict]:
    """The pattern of one opened line, and what it says."""
    values = {
        "number": line.number,
        "side": line.speaker,
        "speaker_label": LABELS[line.speaker],
        "time": time_words(line.said_at),
        "text": line.words and marked(line.words),
    }
    return line_pattern(cannot_open=line.words is None), values


@functools.cache
def line_pattern(*, cannot_open: bool) -> str:
    """How a line is drawn."""
    return pattern("contacts/_line.html", SAID, ("cannot_open", cannot_open))


def opened_or(row, column: str, otherwise, *, as_typed: bool = False):
    """The words of one sealed column as staff see them, or `otherwise` when they cannot be
    opened."""
    try:
        words = getattr(row, column) or ""
        return words if as_typed else marked(words)
    except CannotOpen:
        return otherwise


def survey_of(contact: Contact) -> list[Answered]:
    """What the person answered afterwards."""
    found = []
    for answer in contact.survey.order_by("number"):
        answer.contact = contact
        lost = "This answer cannot be opened."
        question = opened_or(answer, "question", lost)
        found.append(Answered(question, opened_or(answer, "answer", lost)))
    return found


class Reading(NamedTuple):
    """That somebody read it."""

    alias: str
    at: str


def readers_of(contact: Contact) -> list[Reading]:
    """The last readings, newest first, by alias."""
    events = AuditEvent.objects.about(contact).readings().order_by("-at")[:READERS_SHOWN]
    found = list(events.values_list("actor", "at"))
    people = {actor for actor, _ in found if actor != "system"}
    aliases = {
        str(pk): alias
        for pk, alias in Staff.objects.filter(pk__in=people).values_list("pk", "alias")
    }
    return [
        Reading(aliases.get(actor, "Somebody who has left"), moment_words(at))
        for actor, at in found
    ]

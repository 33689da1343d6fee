"""A record as ready strings: never who somebody is, unless that was asked for with a reason."""

from typing import NamedTuple

from contacts.models import Contact, Entry, ServiceUser
from contacts.showing import opened_or
from contacts.vocabulary import Asked, Basis, NoConsent
from helpline.foundation.calendar import (
    add_months,
    day_words,
    london_date,
    london_today,
    moment_words,
)
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

MOST_SHOWN = 200
LOST = "It cannot be opened."
TONES = {"helped": "plain", "promised": "waiting", "kept": "good", "taken-back": "bad"}
IDENTITY = [
    ("names", "Name"),
    ("born", "Date of birth"),
    ("phone", "Telephone"),
    ("email", "E-mail"),
    ("address", "Address"),
]


class Happened(NamedTuple):
    """One line of the time line."""

    pk: object
    on: str
    channel: str
    words: str
    by: str
    status_label: str
    status_tone: str
    due: str
    is_promise: bool
    is_open: bool
    is_late: bool


def shown(record: ServiceUser, staff: Staff) -> dict:
    """The record's page; its key has been fetched with it."""
    entries = [happened(entry, record) for entry in timeline(record)]
    plan = getattr(record, "plan", None)
    return {
        "record": record,
        "known_as": known_as(record),
        "safe": record.safe_contact(),
        "access_needs": opened_or(record, "access_needs", LOST),
        "timeline": entries,
        "contacts": contacts_of(record, staff),
        "promises": [entry for entry in entries if entry.is_open],
        "plan": plan and plan_of(plan, record),
        "bases": [basis(row, record) for row in record.bases.select_related("recorded_by")],
        "by_consent": record.bases.by_consent().exists(),
        "held": [label for name, label in IDENTITY if getattr(record, name)],
        "last_contact": day_words(record.last_contact_on),
        "keep_until": day_words(add_months(record.last_contact_on, 72)),
        "may": {"keep": staff.may(Permission.KEEP_RECORDS)},
    }


def known_as(record: ServiceUser) -> str:
    """What staff call a record: a few signs of its random id, which say nothing about anybody."""
    return f"Record {record.pk.hex[:4]} {record.pk.hex[4:8]}"


def timeline(record: ServiceUser):
    """How they were helped and what was promised, newest first."""
    return record.entries.select_related("written_by")[:MOST_SHOWN]


def contacts_of(record: ServiceUser, staff: Staff) -> list[dict]:
    """The contacts linked to it, each with a way there for whoever may read it."""
    rows = list(record.contacts()[:MOST_SHOWN])
    ours = Contact.objects.visible_to(staff).filter(pk__in=[row.pk for row in rows])
    readable = set(ours.values_list("pk", flat=True))
    return [
        {
            "on": day_words(london_date(row.started_at)),
            "channel": row.get_channel_display(),
            "handle_words": row.handle_words,
            "url": row.get_absolute_url() if row.pk in readable else "",
        }
        for row in rows
    ]


def happened(entry: Entry, record: ServiceUser) -> Happened:
    """One entry opened with its record's key."""
    entry.service_user = record
    is_open = entry.status == Entry.Status.PROMISED
    return Happened(
        pk=entry.pk,
        on=day_words(entry.happened_on),
        channel=entry.get_channel_display() if entry.channel else "",
        words=opened_or(entry, "words", LOST),
        by=entry.written_by.alias,
        status_label=entry.get_status_display(),
        status_tone=TONES[entry.status],
        due=day_words(entry.due_on) if entry.due_on else "",
        is_promise=entry.status != Entry.Status.HELPED,
        is_open=is_open,
        is_late=bool(is_open and entry.due_on and entry.due_on < london_today()),
    )


def plan_of(plan, record: ServiceUser) -> dict:
    """Who is there, when, and what helps."""
    plan.service_user = record
    return {
        "worker": plan.worker.alias if plan.worker_id else "Anybody",
        "times": opened_or(plan, "times", LOST),
        "helps": opened_or(plan, "helps", LOST),
        "at": moment_words(plan.agreed_at),
    }


def basis(row, record: ServiceUser) -> dict:
    """On what the record is kept, in words."""
    row.service_user = record
    return {
        "label": Basis(row.basis).label,
        "wording": row.wording,
        "why_not": NoConsent(row.no_consent).label if row.no_consent else "",
        "reason": opened_or(row, "reason", LOST),
        "by": row.recorded_by.alias,
        "at": moment_words(row.recorded_at),
        "lost": moment_words(row.lost_at) if row.lost_at else "",
    }


def identity(record: ServiceUser) -> list[tuple[str, str]]:
    """Who somebody is, for the one page that was asked for with a reason."""
    return [
        (label, opened_or(record, name, LOST)) for name, label in IDENTITY if getattr(record, name)
    ]


def possibility(record: ServiceUser) -> dict:
    """One record that may be theirs: enough to ask the person, too little to say who it is."""
    latest = record.entries.first()
    return {
        "record": record,
        "known_as": known_as(record),
        "last_contact": day_words(record.last_contact_on),
        "helped": happened(latest, record).on if latest else "",
        "has_word": bool(record.recognition_word),
        "holds": ", ".join(label.lower() for name, label in IDENTITY if getattr(record, name)),
    }


def link_of(link) -> dict:
    """How a contact came to belong to a record."""
    return {
        "record": link.service_user,
        "known_as": known_as(link.service_user),
        "asked": Asked(link.asked).label,
        "by": link.recorded_by.alias,
        "at": moment_words(link.recorded_at),
        "whole_thread": link.thread_id is not None,
    }

"""A record as ready strings: never who somebody is, unless that was asked for with a reason."""

from datetime import date
from typing import NamedTuple

from contacts.acts.showing import TONES as STATUS_TONES
from contacts.models import ActionRequest, Contact, Entry, ServiceUser
from contacts.showing import opened_or
from contacts.vocabulary import Basis, NoConsent
from contacts.wordings import How
from helpline.foundation.calendar import (
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
    """One line of the time line: of what we did, a promise, a contact, or what they asked for."""

    pk: object
    at: date
    on: str
    channel: str = ""
    words: str = ""
    by: str = ""
    status_label: str = ""
    status_tone: str = ""
    due: str = ""
    is_open: bool = False
    is_late: bool = False
    handle: str = ""
    url: str = ""


def shown(record: ServiceUser, staff: Staff) -> dict:
    """The record's page; its key has been fetched with it."""
    entries = [happened(entry, record) for entry in entries_of(record)]
    all_of_it = [*entries, *contacts_of(record, staff), *requests_of(record, staff)]
    plan = getattr(record, "plan", None)
    return {
        "record": record,
        "known_as": known_as(record),
        "safe": record.safe_contact(),
        "access_needs": opened_or(record, "access_needs", LOST),
        "timeline": sorted(all_of_it, key=lambda each: each.at, reverse=True)[:MOST_SHOWN],
        "promises": [entry for entry in entries if entry.is_open],
        "plan": plan and plan_of(plan, record),
        "bases": [basis(row, record) for row in record.bases.select_related("recorded_by")],
        "by_consent": record.bases.by_consent().exists(),
        "held": [label for name, label in IDENTITY if getattr(record, name)],
        "last_contact": day_words(record.last_contact_on),
        "keep_until": day_words(record.ends_on()),
        "may": {"keep": staff.may(Permission.KEEP_RECORDS)},
    }


def known_as(record: ServiceUser) -> str:
    """What staff call a record: a few signs of its random id, which say nothing about anybody."""
    return f"Record {record.pk.hex[:4]} {record.pk.hex[4:8]}"


def entries_of(record: ServiceUser):
    """How they were helped and what was promised, newest first."""
    return record.entries.select_related("written_by")[:MOST_SHOWN]


def contacts_of(record: ServiceUser, staff: Staff) -> list[Happened]:
    """The contacts linked to it, each with a way there for whoever may read it."""
    rows = list(record.contacts()[:MOST_SHOWN])
    ours = Contact.objects.visible_to(staff).filter(pk__in=[row.pk for row in rows])
    readable = set(ours.values_list("pk", flat=True))
    return [
        Happened(
            pk=row.pk,
            at=london_date(row.started_at),
            on=day_words(london_date(row.started_at)),
            channel=row.get_channel_display(),
            handle=row.handle_words,
            url=row.get_absolute_url() if row.pk in readable else "",
        )
        for row in rows
    ]


def requests_of(record: ServiceUser, staff: Staff) -> list[Happened]:
    """What they asked us to do, without a word of it; what they know of stands as an entry."""
    rows = ActionRequest.objects.unexpired().filter(contact__in=record.contacts(), entry=None)
    found = list(rows.select_related("owner").order_by("-asked_at", "id")[:MOST_SHOWN])
    ours = ActionRequest.objects.visible_to(staff).filter(pk__in=[row.pk for row in found])
    openable = set(ours.values_list("pk", flat=True))
    return [
        Happened(
            pk=row.pk,
            at=london_date(row.asked_at),
            on=day_words(london_date(row.asked_at)),
            words=f"They asked us: {row.get_kind_display().lower()}.",
            by=row.owner.alias if row.owner_id else "nobody yet",
            status_label=row.get_status_display(),
            status_tone="bad" if row.is_late() else STATUS_TONES[row.status],
            url=row.get_absolute_url() if row.pk in openable else "",
        )
        for row in found
    ]


def happened(entry: Entry, record: ServiceUser) -> Happened:
    """One entry opened with its record's key."""
    entry.service_user = record
    is_open = entry.status == Entry.Status.PROMISED
    return Happened(
        pk=entry.pk,
        at=entry.happened_on,
        on=day_words(entry.happened_on),
        channel=entry.get_channel_display() if entry.channel else "",
        words=opened_or(entry, "told", LOST),
        by=entry.written_by.alias,
        status_label="" if entry.status == Entry.Status.HELPED else entry.get_status_display(),
        status_tone=TONES[entry.status],
        due=day_words(entry.due_on) if entry.due_on else "",
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


def ending(record: ServiceUser) -> dict:
    """One record that ends soon: when, and what is still owed to them; never who it is."""
    owed = record.entries.promises_open().count()
    asked = ActionRequest.objects.filter(contact__in=record.contacts()).open().count()
    return {
        "record": record,
        "known_as": known_as(record),
        "last_contact": day_words(record.last_contact_on),
        "ends": day_words(record.ends_on()),
        "owed": owed + asked,
        "looked_at": record.was_looked_at(),
        "by": record.looked_at_by.alias if record.was_looked_at() else "",
    }


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
        "asked": How(link.asked).label,
        "by": link.recorded_by.alias,
        "at": moment_words(link.recorded_at),
        "whole_thread": link.thread_id is not None,
    }

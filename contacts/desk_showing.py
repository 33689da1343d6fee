"""The cards of the desk as ready strings."""

import functools
from typing import NamedTuple

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string

from contacts.desk_forms import (
    PLACES,
    BasisForm,
    EndForm,
    NoteForm,
    SignpostingForm,
    TopicsForm,
)
from contacts.forms import fields_drawn
from contacts.models import Contact, Draft, Note
from contacts.showing import opened_or
from contacts.vocabulary import Basis, Condition, NoConsent, NoteKind, StepKind, Topic
from helpline.foundation.calendar import moment_words, time_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

TITLES = {
    "start": "At the start",
    "wanted": "What they need and want",
    "notes": "Notes",
    "given": "What we gave them",
    "topics": "What it was about",
    "basis": "Legal basis",
    "end": "The end",
}
BESIDE = {"topics", "basis", "end"}  # shown beside the others
KINDS = dict(NoteKind.choices)


class Noted(NamedTuple):
    """One note, by its author’s alias; `before` is what it corrects."""

    pk: object
    kind: str
    kind_label: str
    author: str
    at: str
    text: str
    cannot_open: bool
    before: str
    why: str
    amended: bool


def noted(note: Note, before: str = "") -> Noted:
    """One note opened with its contact’s key."""
    text = opened_or(note, "told", None)
    return Noted(
        pk=note.pk,
        kind=note.kind,
        kind_label=KINDS[note.kind],
        author=note.written_by.alias,
        at=moment_words(note.written_at),
        text=text,
        cannot_open=text is None,
        before=before,
        why=opened_or(note, "why_identifying", ""),
        amended=("note", note.pk) in note.contact.amendments,
    )


def notes_by_place(contact: Contact) -> dict[str, list[Noted]]:
    """The current notes of every card, oldest first, each with the text it corrected; one query."""
    rows = Note.objects.filter(contact=contact).select_related("written_by").order_by("number")
    notes = {note.pk: note for note in rows}
    for note in notes.values():
        note.contact = contact
    replaced = {note.corrects_id for note in notes.values() if note.corrects_id}
    found = {place: [] for place in [*PLACES, "end"]}
    for note in notes.values():
        if note.pk not in replaced:
            before = notes.get(note.corrects_id)
            old = opened_or(before, "told", "It cannot be opened.") if before else ""
            found[place_of(note.kind)].append(noted(note, old))
    return found


def place_of(kind: str) -> str:
    """The card that a kind of note stands on."""
    return next((place for place, kinds in PLACES.items() if kind in kinds), "end")


def desk(contact: Contact, staff: Staff) -> dict:
    """Every card of the contact’s page, each as its own fragment would show it."""
    prefetch_related_objects([contact], "steps")
    notes = notes_by_place(contact)
    drafts = drafts_of(contact, staff)
    cards = [card(contact, staff, name, notes=notes, drafts=drafts) for name in TITLES]
    seen = [found for found in cards if found["may"]["see"]]
    return {
        "cards": [found for found in seen if found["name"] not in BESIDE],
        "cards_beside": [found for found in seen if found["name"] in BESIDE],
    }


def drafts_of(contact: Contact, staff: Staff) -> dict[str, str]:
    """What this person had typed on each card; what cannot be opened is left out."""
    found = {}
    for draft in Draft.objects.filter(contact=contact, staff=staff):
        draft.contact = contact
        found[draft.place] = opened_or(draft, "text", "", as_typed=True)
    return found


def card(contact, staff, name, *, notes=None, drafts=None, form=None, signposting=None) -> dict:
    """One card with its notes, its form and what may be done on it."""
    notes = notes_by_place(contact) if notes is None else notes
    drafts = drafts_of(contact, staff) if drafts is None else drafts
    name = "start" if name == "question" else name
    writes = staff.may(Permission.TAKE_CONTACTS) and not contact.is_earlier
    is_open = contact.status == Contact.Status.OPEN
    shown = {
        "name": name,
        "title": TITLES[name],
        "contact": contact,
        "template": TEMPLATES[name],
        "notes": notes["question" if name == "start" else name] if name not in BARE else [],
        "may": {"write": writes, "see": name != "end" or writes or not is_open},
        "place": "question" if name == "start" else name,
    }
    return shown | FILLED[name](contact, drafts, form, signposting)


BARE = {"topics", "basis"}
TEMPLATES = {
    "start": "contacts/desk/start.html",
    "wanted": "contacts/desk/notes.html",
    "notes": "contacts/desk/notes.html",
    "given": "contacts/desk/given.html",
    "topics": "contacts/desk/topics.html",
    "basis": "contacts/desk/basis.html",
    "end": "contacts/desk/end.html",
}


def _note_card(place: str):
    def fill(contact, drafts, form, signposting) -> dict:
        draft = drafts.get(place, "")
        if form is None and draft:
            form = NoteForm(initial={"text": draft}, place=place)
        return {
            "fields": fields_drawn(form) if form else blank_note(place),
            "wrong": form is not None,
            "draft": "Your draft is kept." if draft else "",
        }

    return fill


def _start(contact, drafts, form, signposting) -> dict:
    """Confidentiality, and what they asked about it."""
    return _note_card("question")(contact, drafts, form, None) | {
        "step": step(contact, StepKind.CONFIDENTIALITY)
    }


def _given(contact, drafts, form, signposting) -> dict:
    """Information, advice, options, signposts and device safety."""
    told = contact.signpostings.select_related("signpost").order_by("told_at")
    return _note_card("given")(contact, drafts, form, None) | {
        "step": step(contact, StepKind.DEVICE_SAFETY),
        "signposting": fields_drawn(signposting or SignpostingForm()),
        "told": [(entry.signpost.name, time_words(entry.told_at)) for entry in told],
    }


# A card that nobody has filled in yet looks the same on every contact, so it is drawn once.


@functools.cache
def blank_note(place: str) -> str:
    """The empty fields of a card that takes notes."""
    return fields_drawn(NoteForm(place=place))


@functools.cache
def blank_basis() -> str:
    """The empty fields of a legal basis."""
    return fields_drawn(BasisForm())


@functools.lru_cache(maxsize=512)
def blank_end(last_line: int) -> str:
    """The empty fields of the end, on a page that shows what was said up to this line."""
    return end_drawn(EndForm(initial={"seen": last_line}))


@functools.lru_cache(maxsize=512)
def topics_drawn(ticked: tuple[str, ...]) -> str:
    """Every topic, with these ticked."""
    form = TopicsForm(initial={"topics": ticked, "shown": ",".join(ticked)})
    return render_to_string("contacts/desk/_topics.html", {"form": form})


def end_drawn(form: EndForm) -> str:
    """The fields of the end, with the person’s part in the decision."""
    return render_to_string("contacts/desk/_end.html", {"form": form})


def step(contact: Contact, kind: str) -> dict:
    """Whether something was said, and when."""
    said = next((row for row in contact.steps.all() if row.kind == kind), None)
    return {"kind": kind, "label": StepKind(kind).label, "at": said and time_words(said.said_at)}


def _topics(contact, drafts, form, signposting) -> dict:
    """The topics ticked now."""
    now = tuple(sorted(contact.topics.values_list("topic", flat=True)))
    return {"fields": topics_drawn(now), "ticked": [Topic(topic).label for topic in now]}


def _basis(contact, drafts, form, signposting) -> dict:
    """Every basis recorded, newest last."""
    rows = list(contact.bases.select_related("recorded_by"))
    for row in rows:
        row.contact = contact
    return {
        "fields": fields_drawn(form) if form else blank_basis(),
        "wrong": form is not None,
        "bases": [basis(row) for row in rows],
    }


def basis(row) -> dict:
    """One recorded basis in words."""
    return {
        "basis": Basis(row.basis).label,
        "condition": Condition(row.condition).label,
        "no_consent": NoConsent(row.no_consent).label if row.no_consent else "",
        "reason": opened_or(row, "reason", "It cannot be opened."),
        "by": row.recorded_by.alias,
        "at": moment_words(row.recorded_at),
        "late": row.late,
    }


def _end(contact, drafts, form, signposting) -> dict:
    """How it ended, or the form that ends it."""
    return {
        "fields": end_drawn(form) if form else blank_end(contact.last_line),
        "outcome": contact.get_outcome_display(),
        "step": step(contact, StepKind.REVIEW_RIGHT),
    }


FILLED = {
    "start": _start,
    "wanted": _note_card("wanted"),
    "notes": _note_card("notes"),
    "given": _given,
    "topics": _topics,
    "basis": _basis,
    "end": _end,
}

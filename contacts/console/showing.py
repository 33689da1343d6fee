"""The console as ready strings: the same fragments for the page and for its stream."""

import functools

from django.template.loader import render_to_string
from django.urls import reverse

from contacts import desk_showing
from contacts import showing as contact_showing
from contacts.console import staged
from contacts.console.forms import GuidanceForm, LimitForm
from contacts.console.rail import Rail
from contacts.forms import fields_drawn
from contacts.models import Contact, Guidance, Joining, Line, Note, QuickReply
from contacts.patterns import joined
from contacts.showing import opened_or
from contacts.vocabulary import NoteKind
from contacts.written import showing as written_showing
from helpline.foundation.calendar import day_words, moment_words, time_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

CARDS = ["notes", "topics", "basis"]
LOST = "It cannot be opened."
STAGES = dict(QuickReply.Stage.choices)


def around(staff: Staff, contact: Contact | None = None) -> dict:
    """What every console page shows: the rail, and the limit one has chosen."""
    rail = Rail(staff)
    current = (contact.pk,) if contact else ()
    return {
        "rail": rail.drawn(current),
        "news": rail.news(current),
        "limit": limit_drawn(rail.limit),
    }


def heading(contact: Contact) -> contact_showing.Record:
    """The contact's own facts, as its page shows them."""
    return contact_showing.record(contact)


def speaks(contact: Contact, staff: Staff) -> bool:
    """Whether this person may say something in the chat: they have it, or have joined it."""
    is_open = contact.status == Contact.Status.OPEN
    return is_open and (contact.worker_id == staff.pk or has_joined(contact, staff))


def has_joined(contact: Contact, staff: Staff) -> bool:
    """Whether a supervisor is in the chat beside its worker."""
    if not staff.may(Permission.SUPERVISE_CHATS):
        return False
    return Joining.objects.now().filter(contact=contact, staff=staff).exists()


def opened(contact: Contact, staff: Staff) -> dict:
    """One chat: its lines, its record, and what may be done with it; its key has been fetched."""
    lines = Line.objects.opened(contact)
    drafts = desk_showing.drafts_of(contact, staff)
    may = may_do(contact, staff)
    return {
        "contact": heading(contact),
        "lines": joined(contact_showing.said(line) for line in lines),
        "last_line": lines[-1].number if lines else 0,
        "keep_until": day_words(contact.purge_on),
        "consents": consents_of(contact),
        "earlier": earlier_of(contact, staff),
        "state": state_drawn(contact, staff),
        "beside": beside_drawn(contact, staff),
        "cards": cards_of(contact, staff, drafts),
        "written": written_showing.card_of(contact, staff),
        "ask": guidance_fields(drafts.get("guidance", "")) if may["ask"] else "",
        "replies": replies_of(staff) if may["speak"] else [],
        "typed": drafts.get("chat", ""),
        "may": may,
    }


def may_do(contact: Contact, staff: Staff) -> dict[str, bool]:
    """What this person may do in a chat that they may see."""
    is_open = contact.status == Contact.Status.OPEN
    mine = is_open and contact.worker_id == staff.pk
    supervises = staff.may(Permission.SUPERVISE_CHATS) and is_open and not mine
    inside = supervises and has_joined(contact, staff)
    return {
        "take": contact.status == Contact.Status.WAITING,
        "speak": mine or inside,
        "ask": mine,
        "pass": mine or supervises,
        "end": mine or inside,
        "join": supervises and not inside,
        "leave": inside,
    }


def cards_of(contact: Contact, staff: Staff, drafts: dict[str, str]) -> list[dict]:
    """The cards of the desk that are needed while somebody writes; the others are one click off."""
    notes = desk_showing.notes_by_place(contact)
    return [desk_showing.card(contact, staff, name, notes=notes, drafts=drafts) for name in CARDS]


def consents_of(contact: Contact) -> list[str]:
    """What the person answered when they were asked, each with its wording’s number."""
    return [
        f"{row.get_answer_display()} {time_words(row.answered_at)} (wording {row.wording})"
        for row in contact.consents.all()
    ]


def earlier_of(contact: Contact, staff: Staff) -> list[dict]:
    """Earlier chats that the person joined to this one with their code, newest first (S2-68)."""
    if contact.thread_id is None:
        return []
    rows = Contact.objects.earlier_for(staff).filter(thread=contact.thread_id)
    return [
        {"url": row.get_absolute_url(), "at": moment_words(row.started_at)}
        for row in rows.exclude(pk=contact.pk).newest_first()
    ]


def state_drawn(contact: Contact, staff: Staff) -> str:
    """Who is there: the person, the worker, and who has joined; fetched with visit and worker."""
    with_them = Joining.objects.now().filter(contact=contact).select_related("staff")
    visit = contact.visit
    context = {
        "status": contact.status,
        "status_label": contact.get_status_display(),
        "person": "here" if visit.is_here() else "away" if visit.token else "left",
        "worker": contact.worker.alias if contact.worker_id else "",
        "is_own": contact.worker_id == staff.pk,
        "worker_away": not visit.worker_is_here(),
        "joined": [row.staff.alias for row in with_them],
        "spoken": speaks_marker(contact, staff),
        "written": written_showing.state_of(contact),
    }
    return render_to_string("console/_state.html", context)


def speaks_marker(contact: Contact, staff: Staff) -> str:
    """What the page compares to know that it has to be opened again: its box comes or goes."""
    return f"{contact.status}-{'mine' if contact.worker_id == staff.pk else 'theirs'}"


def beside_drawn(contact: Contact, staff: Staff) -> str:
    """What others wrote for whoever has the chat: supervisors’ answers, the newest first, and the
    handover."""
    guidance = Guidance.objects.filter(contact=contact).order_by("-asked_at", "pk")
    rows = list(guidance.select_related("asked_by", "answered_by"))
    for row in rows:
        row.contact = contact
    context = {"handover": handover_of(contact, staff), "guidance": [guided(row) for row in rows]}
    return render_to_string("console/_beside.html", context)


def handover_of(contact: Contact, staff: Staff) -> dict | None:
    """The last note of whoever had the chat before; not to its author."""
    notes = Note.objects.filter(contact=contact, kind=NoteKind.HANDOVER)
    note = notes.select_related("written_by").order_by("-number").first()
    if note is None or note.written_by_id == staff.pk:
        return None
    note.contact = contact
    at = moment_words(note.written_at)
    return {"by": note.written_by.alias, "at": at, "text": opened_or(note, "text", LOST)}


def guided(row: Guidance) -> dict:
    """One question with its answer, if there is one yet."""
    return {
        "by": row.asked_by.alias,
        "question": opened_or(row, "question", LOST),
        "answer": opened_or(row, "answer", LOST) if row.answered_at else "",
        "answered_by": row.answered_by.alias if row.answered_by else "",
        "at": time_words(row.answered_at or row.asked_at),
    }


def guidance_fields(typed: str) -> str:
    """The box for a question to a supervisor, with what could not be sent."""
    if not typed:
        return blank_guidance()
    return fields_drawn(GuidanceForm(initial={"question": typed}, auto_id="guidance-%s"))


# What is the same on most pages is drawn once.


@functools.cache
def blank_guidance() -> str:
    """The empty box for a question."""
    return fields_drawn(GuidanceForm(auto_id="guidance-%s"))


@functools.cache
def limit_drawn(at_most: int) -> str:
    """The choice of how many chats at once, as it stands now."""
    return fields_drawn(LimitForm(initial={"at_most": at_most}))


def box(contact: Contact, form, told: str) -> dict:
    """The box below a transcript."""
    url = reverse("chats_one", args=[contact.pk])
    return {"url": url, "form": form, "told": told, "stopped": bool(form.errors)}


def replies_of(staff: Staff) -> list[dict]:
    """Every quick reply, the staged ones first; what is typed searches name and words."""
    found = [offered(row.name, row.stage_label, row) for row in staged.REPLIES]
    for row in QuickReply.objects.for_staff(staff):
        found.append(offered(row.pk, "Yours" if row.owner_id else STAGES[row.stage], row))
    return found


def offered(name, group: str, row) -> dict:
    """One quick reply; where the cursor goes, its list shows an ellipsis."""
    shown = row.text.replace(staged.CURSOR, "…")
    return {"name": name, "group": group, "title": row.title, "text": row.text, "shown": shown}


def reply(staff: Staff, name: str) -> str:
    """The words of one quick reply, for a page without scripts; empty for a name nobody gave."""
    chosen = [each for each in replies_of(staff) if str(each["name"]) == name] if name else []
    return chosen[0]["text"].replace(staged.CURSOR, "").strip() if chosen else ""

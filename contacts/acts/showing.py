"""Requests and answers as ready strings. Who somebody is stays shut until a button opens it."""

from typing import NamedTuple

from contacts.acts import forms
from contacts.acts.kinds import MOST_TRIES, Checked, Kind, Result, Route, Side
from contacts.models import ActionRequest, Consent, Contact, LostBasis, Purpose, ServiceUser
from contacts.models.consent import not_to_be_found
from contacts.showing import opened_or
from contacts.vocabulary import Basis
from contacts.wordings import BY_CHANNEL, WORDINGS
from helpline.foundation.calendar import day_words, moment_words, span_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.vault.sealed import CannotOpen

SHUT = "It cannot be opened."
TONES = {
    "asked": "waiting",
    "agreed": "waiting",
    "approved": "info",
    "under-way": "info",
    "done": "warn",
    "told": "good",
    "stopped": "quiet",
}


class Row(NamedTuple):
    """One request in a list: what and where it stands, and nothing about who."""

    pk: object
    url: str
    kind_label: str
    reference: str
    status_label: str
    status_tone: str
    owner: str
    asked: str
    due: str
    late: bool
    kept: bool
    result: str
    window: str
    tries: str
    voicemail: str
    nobody_owns: bool


def row(action: ActionRequest, *, openable: bool = True, tries: int = 0) -> Row:
    """One request; its address only for whoever may open it."""
    return Row(
        pk=action.pk,
        url=action.get_absolute_url() if openable else "",
        kind_label=action.get_kind_display(),
        reference=(action.reference or "gone").replace("-", " "),
        status_label=action.get_status_display(),
        status_tone=TONES[action.status],
        owner=action.owner.alias if action.owner_id else "Nobody yet",
        asked=moment_words(action.asked_at),
        due=moment_words(action.due_at) if action.due_at else "",
        late=action.is_late(),
        kept=action.kept,
        result=action.get_result_display(),
        window=window_words(action),
        tries=f"{tries} of {MOST_TRIES}",
        voicemail="Voicemail is fine" if action.voicemail else "No voicemail",
        nobody_owns=action.owner_id is None and action.status not in action.OVER,
    )


def window_words(action: ActionRequest) -> str:
    """From when to when it is safe to ring."""
    begins, ends = action.window_from, action.window_to
    if begins and ends:
        return span_words(begins, ends)
    if ends:
        return f"until {moment_words(ends)}"
    return f"from {moment_words(begins)}" if begins else ""


def on_contact(contact: Contact, staff: Staff) -> dict:
    """What the contact’s page shows: their wish, what they asked for, and what they agreed to."""
    standing = Consent.objects.standing(contact)
    wish = not_to_be_found(standing)
    if not staff.may(Permission.SEE_WHO):
        return {"wish": wish, "may": {"see": False}}
    open_ones = list(ActionRequest.objects.of_person(contact).open().with_key())
    mine = open_ones and set(ActionRequest.objects.visible_to(staff).values_list("pk", flat=True))
    agreed = [
        (Purpose(purpose).label, answer.get_answer_display(), answer.is_in_force())
        for purpose, answer in standing.items()
    ]
    return {
        "wish": wish,
        "requests": [row(each, openable=each.pk in mine) for each in open_ones],
        "agreed": agreed,
        "may": {
            "see": True,
            "act": staff.may(Permission.ACT_FOR_PEOPLE),
            "ask": staff.may(Permission.ACT_FOR_PEOPLE) and contact.status in ("open", "ended"),
        },
    }


class Answered(NamedTuple):
    """One row of the ledger."""

    purpose: str
    answer: str
    at: str
    how: str
    by: str
    wording: str
    understanding: str
    understood: str
    until: str
    asked_again: str
    due_again: bool


def answered(consent: Consent) -> Answered:
    """One answer, with the wording it was given to."""
    version = WORDINGS[consent.purpose].numbered(consent.wording)
    readable = consent.contact.is_unexpired()  # what was noted goes with its contact (S2-36)
    return Answered(
        purpose=consent.get_purpose_display(),
        answer=consent.get_answer_display(),
        at=moment_words(consent.answered_at),
        how=consent.get_how_display(),
        by=consent.taken_by.alias if consent.taken_by_id else "Themselves",
        wording=f"version {consent.wording} of {version.in_words}" if version else "",
        understanding=consent.get_understanding_display() if consent.understanding else "",
        understood=opened_or(consent, "understood", SHUT) if readable else "",
        until=day_words(consent.expires_on) if consent.expires_on else "",
        asked_again=day_words(consent.review_on),
        due_again=consent.is_due_for_review(),
    )


def read_there(contact: Contact) -> list[Contact]:
    """Whose words the page of answers opens: of this contact, and of those joined to it in which
    something was noted (F10)."""
    noted = Consent.objects.of_person(contact).filter(understood__isnull=False).values("contact")
    joined = Contact.objects.unexpired().filter(pk__in=noted).exclude(pk=contact.pk)
    return [contact, *joined]


def consents(contact: Contact, *, wrong: forms.ConsentForm | None = None) -> dict:
    """The ledger of whoever the contact is with, and for each purpose our words and its form."""
    rows = Consent.objects.of_person(contact).select_related("taken_by", "contact__key")
    history = list(rows.order_by("-answered_at", "-number"))
    standing, how = Consent.objects.standing(contact), BY_CHANNEL[contact.channel].value
    return {
        "wish": not_to_be_found(standing),
        "history": [answered(each) for each in history],
        "purposes": [_purpose(each, standing.get(each), wrong, how) for each in Purpose],
        "lost": [lost(each) for each in LostBasis.objects.filter(contact=contact)],
    }


def _purpose(purpose: Purpose, now: Consent | None, wrong, how: str) -> dict:
    wording = WORDINGS[purpose]
    form = wrong if wrong is not None and wrong.data.get("purpose") == purpose else None
    blank = forms.ConsentForm(
        initial={"purpose": purpose.value, "wording": wording.current.number, "how": how},
        auto_id=f"{purpose.value}-%s",
    )
    return {
        "code": purpose.value,
        "label": purpose.label,
        "template": wording.template(wording.current),
        "since": wording.current.in_words,
        "now": now.get_answer_display() if now else "Nobody has asked them",
        "in_force": now is not None and now.is_in_force(),
        "form": form or blank,
        "wrong": form is not None,
    }


def wordings() -> list[dict]:
    """Every wording with all its versions, the one in force first."""
    return [
        {
            "label": Purpose(wording.purpose).label,
            "versions": [
                {
                    "number": version.number,
                    "since": version.in_words,
                    "changed": version.changed,
                    "template": wording.template(version),
                    "current": version == wording.current,
                }
                for version in reversed(wording.versions)
            ],
        }
        for wording in WORDINGS.values()
    ]


def lost(row: LostBasis) -> dict:
    """One thing that lost its basis, or stands on another."""
    return {
        "pk": row.pk,
        "handle_words": row.contact.handle_words,
        "what": row.get_what_display(),
        "purpose": row.get_purpose_display(),
        "status": row.status,
        "status_label": row.get_status_display(),
        "basis": Basis(row.basis).label if row.basis else "",
        "late_basis": row.late,
        "since": moment_words(row.taken_back_at),
        "due": day_words(row.due_on),
        "late": row.is_late(),
        "held": waits_for_a_hold(row),
        "told": bool(row.told_at),
        "takes_two": row.what == LostBasis.What.WORDS,
        "waits": row.status in ("queued", "agreed"),
    }


def waits_for_a_hold(row: LostBasis) -> bool:
    """Whether a hold keeps what has to go: on its contact, or on another of a record that is
    closed."""
    if row.what == LostBasis.What.RECORD:
        closed = ServiceUser.objects.held_back().filter(belonged__contact=row.contact)
        return closed.exists()
    return row.contact.held and row.status != LostBasis.Status.STANDS


def safe_contact(action: ActionRequest) -> dict | None:
    """What the person’s record says about getting in touch, if they chose to have one."""
    record = action.record()
    return record.safe_contact() if record else None


def steps(action: ActionRequest) -> list[dict]:
    """What happened to a request, oldest first."""
    found = []
    for step in action.steps.select_related("by"):
        step.action = action
        found.append(
            {
                "label": step.get_kind_display(),
                "at": moment_words(step.at),
                "by": step.by.alias if step.by_id else "The system",
                "words": opened_or(step, "words", SHUT),
            }
        )
    return found


def letter_of(action: ActionRequest) -> str:
    """What would leave, whole; nothing where no letter is meant."""
    try:
        return action.letter().body if action.route == Route.EMAIL and action.needs.words else ""
    except CannotOpen:
        return ""


def shown(action: ActionRequest, staff: Staff) -> dict:
    """The page of one request, without who the person is."""
    tries = action.steps.exclude(attempt=None).count()
    approves = staff.may(Permission.APPROVE_ACTIONS)
    own_half = staff.person in {
        person.person for person in (action.taken_by, action.owner) if person is not None
    }
    return {
        "action": row(action, tries=tries),
        "wish": Consent.objects.says_not_to_be_found(action.contact),
        "status": action.status,
        "kind": action.kind,
        "asked_words": opened_or(action, "asked_words", SHUT),
        "stands": "" if action.side == Side.NEITHER else action.get_side_display(),
        "recipient": opened_or(action, "recipient", SHUT),
        "relation": opened_or(action, "relation", SHUT),
        "route_to": opened_or(action, "route_to", SHUT),
        "route": action.get_route_display(),
        "by_email": action.route == Route.EMAIL,
        "words": opened_or(action, "words", SHUT),
        "letter": letter_of(action),
        "announce": opened_or(action, "announce", SHUT),
        "safety": opened_or(action, "safety", SHUT),
        "safe": safe_contact(action),
        "needs": action.needs,
        "lacks": action.lacks(),
        "mark": action.mark(),
        "checked": Checked(action.checked).label if action.checked else "",
        "result": Result(action.result).label if action.result else "",
        "steps": steps(action),
        "may": {
            "act": staff.may(Permission.ACT_FOR_PEOPLE),
            "approve": approves and action.status == "agreed" and action.kind != Kind.CALL_BACK,
            "not_own_half": not own_half,
        },
        "details": None,
    }


def details(action: ActionRequest) -> dict:
    """Who the person is and how to reach them, once somebody has said why they need to see it."""
    return {
        "name": opened_or(action, "name", SHUT),
        "born": opened_or(action, "born", SHUT),
        "reach": opened_or(action, "reach", SHUT),
        "without": opened_or(action, "without", SHUT),
        "proof": opened_or(action, "proof", SHUT),
    }

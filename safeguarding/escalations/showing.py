"""Escalations as ready strings: where each stands, against which limit, and what was written."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from contacts.channels import Channel
from contacts.models import Contact
from contacts.showing import opened_or
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.escalations import moves, shifts
from safeguarding.escalations.drawn import CHANGED, Status
from safeguarding.escalations.forms import WordsForm
from safeguarding.escalations.kinds import LIFE, Decision, Kind, Proposal, Urgency
from safeguarding.models import Assessment, Escalation
from safeguarding.sharing.showing import calls

TONES = {"raised": "bad", "closed": "quiet", "review": "info", "informed": "good"}
URGENCY_TONES = {"immediate": "bad", "today": "warn", "planned": "info"}
LABELS = {name: field.label for name, field in WordsForm.base_fields.items()}
WAY = (Status.RAISED, Status.ACKNOWLEDGED, Status.ASSESSING, Status.DECIDED)
DONE_WAY = (Status.ACTING, Status.INFORMED)
END_WAY = (Status.REVIEW, Status.CLOSED)
STEP_WORDS = {
    Status.RAISED: "Acknowledge it",
    Status.ACKNOWLEDGED: "Assess it",
    Status.ASSESSING: "Decide",
    Status.DECIDED: "Do what was decided",
    Status.ACTING: "Tell the person",
    Status.INFORMED: "Look back on it",
    Status.NOT_INFORMED: "Look back on it",
    Status.REVIEW: "Close it",
    Status.CLOSED: "Nothing more",
}


class Limit(NamedTuple):
    """By when the next step is due, or that no clock is running."""

    words: str
    late: bool
    at: str


def span(length: timedelta) -> str:
    """A length of time as people say it: 3 min, 2 h 5 min, 4 days."""
    minutes = int(length.total_seconds() // 60)
    hours = minutes // 60
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def limit_of(escalation: Escalation, now: datetime | None = None) -> Limit:
    """“Acknowledge within 3 min”, and how late it is once that has passed."""
    times = (escalation.acknowledge_by, escalation.decide_by)
    undecided = escalation.must_be_decided()
    return limit_at(escalation.status, *times, now or timezone.now(), undecided=undecided)


def limit_at(
    status: str, acknowledge_by: datetime, decide_by: datetime, now: datetime, *, undecided: bool
) -> Limit:
    """The same from the columns that decide it; `undecided`: its limit to decide runs."""
    if status == Status.RAISED:
        verb, due = "Acknowledge", acknowledge_by
    elif undecided:
        verb, due = "Decide", decide_by
    else:
        return Limit("", False, "")
    if now > due:
        return Limit(f"{verb}: {span(now - due)} late", True, moment_words(due))
    return Limit(f"{verb} within {span(due - now)}", False, moment_words(due))


class Row(NamedTuple):
    """One escalation in a list: what, how soon and where it stands; never about whom."""

    pk: object
    url: str
    name_words: str
    kind_label: str
    urgency_word: str
    urgency_tone: str
    status_label: str
    status_tone: str
    owner: str
    nobody: bool
    raised: str
    limit: Limit
    next_step: str
    is_open: bool
    decision: str


def row(escalation: Escalation) -> Row:
    """One escalation, fetched with its owner."""
    return Row(
        pk=escalation.pk,
        url=escalation.get_absolute_url(),
        name_words=escalation.name_words,
        kind_label=escalation.get_kind_display(),
        urgency_word=Urgency(escalation.urgency).word,
        urgency_tone=URGENCY_TONES[escalation.urgency],
        status_label=escalation.get_status_display(),
        status_tone=TONES.get(escalation.status, "waiting"),
        owner=escalation.owner.alias if escalation.owner_id else "Nobody yet",
        nobody=escalation.owner_id is None and escalation.is_open(),
        raised=moment_words(escalation.raised_at),
        limit=limit_of(escalation),
        next_step=next_step(escalation),
        is_open=escalation.is_open(),
        decision=escalation.get_decision_display(),
    )


def next_step(escalation: Escalation) -> str:
    """What somebody owes it next, in a few words."""
    undecided = escalation.must_be_decided()
    nothing_more = escalation.decision == Decision.NO_ACTION
    return next_step_of(escalation.status, nothing_more, undecided=undecided)


def next_step_of(status: str, nothing_more: bool, *, undecided: bool) -> str:
    """The same from the columns that decide it."""
    if undecided and status in CHANGED:
        return "Assess it again"
    if status == Status.DECIDED and nothing_more:
        return "Look back on it"
    return STEP_WORDS[Status(status)]


class Stage(NamedTuple):
    """One state of the way, as it is drawn."""

    label: str
    where: str  # done, now or next


def way_of(escalation: Escalation) -> list[Stage]:
    """The states from raised to closed, with where it is; without what a decision leaves out."""
    middle: tuple = DONE_WAY if escalation.decision != Decision.NO_ACTION else ()
    if escalation.status == Status.NOT_INFORMED:
        middle = (Status.ACTING, Status.NOT_INFORMED)
    states = [*WAY, *middle, *END_WAY]
    here = states.index(Status(escalation.status))
    places = ["done"] * here + ["now"] + ["next"] * (len(states) - here - 1)
    return [Stage(state.label, place) for state, place in zip(states, places, strict=True)]


class Next(NamedTuple):
    """One thing that can be done now, with its form if it has one."""

    do: str
    label: str
    hint: str
    form: object


def next_steps(escalation: Escalation, staff: Staff, *, ownerless=False, wrong=None) -> list[Next]:
    """What this person can do next, the one big step first; a refused form in its own place."""
    found = []
    for name in moves.open_to(escalation, staff, ownerless=ownerless):
        move = moves.MOVES[name]
        form = (wrong or {}).get(name) or moves.form_of(name, escalation, staff)
        found.append(Next(name, move.label, move.hint, form))
    return found


class Onward(NamedTuple):
    """A page on which something else can be done about it."""

    label: str
    url: str


def onward(escalation: Escalation, staff: Staff, *, readable: bool) -> list[Onward]:
    """What else can be done about an open one, on pages of their own; `readable`: its contact."""
    found = []
    asked = escalation.hold_proposal == Proposal.PROPOSED  # then the proposal stands beside it
    may_hold = readable and not asked and not escalation.contact.held
    if may_hold and staff.may(Permission.PLACE_HOLDS):
        hold = reverse("hold_place", args=[escalation.contact_id])
        found.append(Onward("Hold the words of the contact", hold))
    return found if escalation.is_open() else []


def assessments(escalation: Escalation) -> list[dict]:
    """What was judged, newest first; each says what is new or changed since the time before, and
    what its person disputes of it."""
    found, standing = [], {}
    rows = escalation.assessments.select_related("by").prefetch_related("disputes")
    for each in rows.order_by("number"):
        each.escalation = escalation
        said = words_of(each)
        found.append(
            {
                "number": each.number,
                "at": moment_words(each.at),
                "by": each.by.alias,
                "words": [
                    (LABELS[name], text, mark(text, standing.get(name), bool(standing)))
                    for name, text in said.items()
                ],
                "disputed": [
                    opened_or(dispute, "told", shifts.SHUT) for dispute in each.disputes.all()
                ],
            }
        )
        standing |= said
    return found[::-1]


def mark(text: str, before: str | None, again: bool) -> str:
    """What has happened to one answer since it was last given."""
    if not again or text == before:
        return ""
    return "New" if before is None else "Changed"


def words_of(assessment: Assessment) -> dict[str, str]:
    """What was written in one assessment, with its escalation and keys at hand."""
    said = {name: opened_or(assessment, name, shifts.SHUT) for name in LABELS}
    return {name: text for name, text in said.items() if text}


def standing_of(escalation: Escalation) -> dict[str, str]:
    """For each question the newest answer that there is."""
    standing: dict[str, str] = {}
    for each in escalation.assessments.order_by("number"):
        each.escalation = escalation
        standing |= words_of(each)
    return standing


FOR_POLICE = (
    ("What makes the risk to life, or of serious harm, real", "concern"),
    ("What makes it immediate: when", "timescale"),
    ("What somebody means to do", "intent"),
    ("What they have to do it with", "means"),
    ("How and where", "plan"),
    ("What was tried first", "tried"),
)


def for_police(escalation: Escalation) -> list[tuple[str, str]]:
    """The facts that police ask for before they go to somebody (Right Care Right Person)."""
    standing = standing_of(escalation)
    return [(label, standing.get(name, "")) for label, name in FOR_POLICE]


def history(escalation: Escalation) -> list[dict]:
    """What was done with it, oldest first."""
    found = []
    for step in escalation.steps.select_related("by", "to").order_by("number"):
        step.escalation = escalation
        found.append(
            {
                "label": step.get_kind_display(),
                "at": moment_words(step.at),
                "by": step.by.alias if step.by_id else "The system",
                "to": step.to.alias if step.to_id else "",
                "words": opened_or(step, "words", shifts.SHUT),
            }
        )
    return found


def shown(escalation: Escalation, staff: Staff, wrong: dict | None = None) -> dict:
    """The page of one escalation; its keys, contact and owner have been fetched."""
    about = escalation.contact
    readable = about and Contact.objects.visible_to(staff).filter(pk=about.pk).exists()
    alone = escalation.is_left_alone()
    away = not alone and escalation.owner_id != staff.pk and escalation.misses_its_owner()
    police = escalation.get_told_by_police_display()
    return {
        "escalation": row(escalation),
        "alone": alone,
        "away": away,
        "calls": calls(escalation),
        "handovers": shifts.handovers(escalation),
        "debrief": shifts.debrief_of(escalation, staff),
        "status": escalation.status,
        "way": way_of(escalation),
        "about": about and {"pk": about.pk, "handle_words": about.handle_words},
        "about_url": about.get_absolute_url() if readable else "",
        "unfindable": is_unfindable(about) and escalation.is_open(),
        "raised_by": escalation.raised_by.alias,
        "decision": escalation.get_decision_display(),
        "decide_by": moment_words(escalation.decide_by),
        "told_by_police": police and f"As told by police: {police.lower()}",
        "assessments": assessments(escalation),
        "police": for_police(escalation) if escalation.is_open() else [],
        "history": history(escalation),
        "proposal": proposal_of(escalation, staff),
        "onward": onward(escalation, staff, readable=bool(readable)),
        "steps": next_steps(escalation, staff, ownerless=alone or away, wrong=wrong),
        "looks_into": staff.may(Permission.LOOK_INTO_ESCALATIONS),
        "seeks": escalation.is_open()
        and escalation.urgency == Urgency.IMMEDIATE
        and staff.may(Permission.ASK_FOR_LOCATION),
    }


def proposal_of(escalation: Escalation, staff: Staff) -> dict | None:
    """The hold that it proposes, for those who may place one."""
    asked = escalation.hold_proposal == Proposal.PROPOSED and staff.may(Permission.PLACE_HOLDS)
    about = escalation.contact
    if not asked or about is None or about.purged_on:
        return None
    contact = {"pk": about.pk, "handle_words": about.handle_words}
    return {"pk": escalation.pk, "contact": contact}


def is_unfindable(contact: Contact | None) -> bool:
    """Whether nothing here could say where the person is: a chat leaves nothing behind (S2-64)."""
    return contact is not None and contact.channel == Channel.CHAT


def kinds() -> list[tuple[str, list]]:
    """Every kind of worry, under how soon somebody looks at it unless told otherwise."""
    now = [(kind.value, kind.label) for kind in LIFE]
    today = [(kind.value, kind.label) for kind in Kind if kind not in LIFE]
    return [("Immediate: a life may be at risk now", now), ("Today", today)]


def open_about(contact: Contact, staff: Staff) -> list[Row]:
    """The open worries about one contact that this person may see."""
    rows = Escalation.objects.visible_to(staff).open().filter(contact=contact)
    return [row(each) for each in rows.select_related("owner").order_by("raised_at")]

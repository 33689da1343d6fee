"""A sharing as ready strings: what is still missing, what leaves, what stays, and who did what."""

from operator import attrgetter

from contacts.showing import marked, opened_or
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding import gate
from safeguarding.gate import Rule
from safeguarding.models import Disclosure, Task
from safeguarding.sharing import moves, sources
from safeguarding.sharing.forms import WordsForm
from safeguarding.sharing.kinds import ItemSource, Status, TaskKind, Way

SHUT = "It cannot be opened."
TONES = {
    Status.PREPARING: "waiting",
    Status.PREPARED: "waiting",
    Status.APPROVED: "info",
    Status.LEAVING: "warn",
    Status.SHARED: "good",
    Status.NOT_SHARED: "quiet",
}
# On which page each condition is met.
PAGES = {
    Rule.GROUND: "share_why",
    Rule.HARM: "share_why",
    Rule.LAW: "share_why",
    Rule.TALK: "share_talk",
    Rule.TELL: "share_talk",
    Rule.RECIPIENT: "share_to",
    Rule.ITEMS: "share_items",
    Rule.WAY: "share_to",
}
WORDS = {
    "wish": "Their wish",
    "officer_unit": "Where the officer works",
    "instrument": "Order or notice",
    "power": "The law it cites",
    "authority": "From",
    "director": "Director or counsel",
    "harm_why": "Why it is serious",
    "told_why": "Told why",
    "told_whom": "Told whom",
    "their_view": "Their view",
    "talk_why_not": "Why not asked first",
    "attention": "For",
    "purpose": "What we ask",
    "receipt": "Receipt",
    "why_not": "Why it is not shared",
}
CHOICES = (
    "ground",
    "trusted",
    "harm",
    "harm_to",
    "basis",
    "condition",
    "no_consent",
    "talk",
    "way",
)
NAMES = dict(
    zip(
        CHOICES,
        (
            *("Ground", "In a position of trust", "Harm", "Harm to", "Lawful basis"),
            *("Besides", "Without consent because", "Talking first", "By"),
        ),
        strict=True,
    )
)


def row(disclosure: Disclosure) -> dict:
    """One sharing in a list."""
    return {
        "pk": disclosure.pk,
        "reference": disclosure.reference.replace("-", " "),
        "status_label": disclosure.get_status_display(),
        "status_tone": TONES[Status(disclosure.status)],
        "started": moment_words(disclosure.started_at),
        "to": marked(str(disclosure.recipient.body)) if disclosure.recipient else "Nobody yet",
        "ground": disclosure.get_ground_display() if disclosure.ground else "No ground yet",
    }


def checklist(missing: list[gate.Missing]) -> list[dict]:
    """The nine conditions in order, each met or with what is missing."""
    lacks = dict(missing)
    return [
        {
            "label": rule.label,
            "lacks": lacks.get(rule, ""),
            "page": PAGES.get(rule, ""),
        }
        for rule in Rule
    ]


def shown(disclosure: Disclosure, staff: Staff) -> dict:
    """The page of one sharing, its keys fetched."""
    now = disclosure.facts()
    missing = gate.missing(now)
    wrote = {author.person for author in disclosure.authors()}
    may_approve = staff.person not in wrote
    lead = staff.may(Permission.SHARE_WHOLE)
    names = moves.offered(disclosure, missing=missing, may_approve=may_approve, lead=lead)
    return {
        "share": row(disclosure),
        "status": disclosure.status,
        "escalation": disclosure.escalation,
        "checklist": checklist(missing),
        "missing": missing,
        "unmet": not moves.only_people_lack(disclosure, missing),
        "offers": [offer(name) for name in names if name in moves.MOVES],
        "may_approve": "approve" in names,
        "own_half": not may_approve,
        "alone": gate.one_is_enough(now),
        "mark": disclosure.mark(),
        "facts": facts_of(disclosure),
        "body": package_of(disclosure),
        "reasons": [marked(why) for _tick, why in disclosure.reasons()],
        "fixed": disclosure.has_left() or disclosure.status == Status.LEAVING,
        "history": history(disclosure),
        "leaving": leaving(disclosure),
        "tasks": [task_row(task) for task in disclosure.tasks.open()],
    }


def offer(name: str) -> dict:
    """One verb as the page shows it."""
    move = moves.MOVES[name]
    form = None
    if move.asks:
        form = WordsForm(label=move.asks, help_text=move.hint, auto_id=f"{name}-%s")
    tones = {
        "not-taken": "",
        "keep-back": "",
        "reopen": "",
        "astray": "button--grave",
        "cancel": "button--grave",
    }
    return {
        "name": name,
        "label": move.label,
        "form": form,
        "tone": tones.get(name, "button--main"),
        "folded": name in {"not-taken", "keep-back", "astray", "whole", "director"},
    }


def facts_of(disclosure: Disclosure) -> list[tuple[str, str]]:
    """All that is written down about why, whether they know, and for whom."""
    found = [
        (NAMES[name], str(getattr(disclosure, f"get_{name}_display")()))
        for name in CHOICES
        if getattr(disclosure, name)
    ]
    found += [
        (label, said)
        for name, label in WORDS.items()
        if (said := opened_or(disclosure, name, SHUT))
    ]
    if to := disclosure.recipient:
        found.append(("With", marked(f"{to.body}, {to.get_kind_display()}")))
        found.append(("At", marked(str(disclosure.went_to or to.route(disclosure.way)))))
    if disclosure.talked_at:
        by = disclosure.talked_by.alias if disclosure.talked_by_id else ""
        found.append(("Talked", f"{moment_words(disclosure.talked_at)}, {by}"))
    tasks = disclosure.tasks.select_related("ended_by")
    return [*found, *ended_tasks(tasks, disclosure.escalation)]


def ended_tasks(tasks, escalation) -> list[tuple[str, str]]:
    """What was owed and is done, or could not be: how, by whom and when."""
    found = []
    for task in sorted((each for each in tasks if each.outcome), key=attrgetter("ended_at")):
        task.escalation = escalation
        label = f"{task.get_kind_display()}: {task.get_outcome_display().lower()}"
        said = opened_or(task, "words", SHUT)
        found.append((label, f"{said} {task.ended_by.alias}, {moment_words(task.ended_at)}"))
    return found


def calls(escalation) -> list[dict]:
    """What was said to 999 about an escalation whose key has been fetched, oldest first."""
    found = []
    for call in escalation.calls.select_related("by").prefetch_related("tasks__ended_by"):
        call.escalation = escalation
        found.append(
            {
                "service": call.get_service_display(),
                "at": moment_words(call.called_at),
                "by": call.by.alias,
                "said": opened_or(call, "said", SHUT),
                "answered": opened_or(call, "answered", SHUT),
                "late": call.was_late(),
                "ended": ended_tasks(call.tasks.all(), escalation),
            }
        )
    return found


def package_of(disclosure: Disclosure) -> str:
    """What leaves, whole: as it was fixed, or as it would be now."""
    if disclosure.status == Status.NOT_SHARED:
        return ""
    return marked(str(disclosure.package or disclosure.package_now().body))


def preview(disclosure: Disclosure, there: list, ticked: set[str], fact: str = "") -> dict:
    """What would leave and what would stay, for ticks that need not be stored."""
    facts = []
    for item in disclosure.items.filter(source=ItemSource.FACT):
        item.disclosure = disclosure
        facts.append((f"fact:{item.pk}", str(item.words)))
    going = [each.leaving for each in there if each.tick in ticked]
    going += [words for tick, words in facts if tick in ticked]
    going += [fact.strip()] if fact.strip() else []
    staying = [marked(each.leaving) for each in there if each.tick not in ticked]
    return {"going": [marked(each) for each in going], "staying": staying}


def history(disclosure: Disclosure) -> list[dict]:
    """What was done with it, oldest first."""
    found = []
    for step in disclosure.steps.select_related("by"):
        step.disclosure = disclosure
        found.append(
            {
                "label": step.get_kind_display(),
                "at": moment_words(step.at),
                "by": step.by.alias if step.by_id else "The system",
                "words": opened_or(step, "words", SHUT),
            }
        )
    return found


def leaving(disclosure: Disclosure) -> dict | None:
    """When it leaves and whether it can be stopped; none while it is not on its way."""
    if disclosure.status != Status.LEAVING:
        return None
    return {
        "pk": disclosure.pk,
        "at": moment_words(disclosure.leaves_at),
        "by_mail": disclosure.way == Way.EMAIL,
        "read": disclosure.way == Way.PHONE,
        "waits": not disclosure.is_time(),
        "left": disclosure.has_left(),
    }


def task_row(task: Task) -> dict:
    """One open task as a list shows it: its kind and its time, and no word of anybody."""
    return {
        "pk": task.pk,
        "kind": task.kind,
        "label": task.get_kind_display(),
        "due": moment_words(task.due_at),
        "late": task.is_late(),
        "opened": moment_words(task.opened_at),
        "name": task.escalation.name_words,
        "escalation": task.escalation_id,
        "reference": task.disclosure.reference.replace("-", " ") if task.disclosure_id else "",
        "breach": task.kind == TaskKind.BREACH,
    }


def source_rows(disclosure: Disclosure, contact) -> tuple[list, list]:
    """What can be ticked for whoever may read the contact, and the facts written for this."""
    facts = list(disclosure.items.filter(source=ItemSource.FACT))
    for item in facts:
        item.disclosure = disclosure
    return (sources.sources(contact) if contact else []), facts

"""A request as ready strings for its page. Its words open with its own key, fetched with it."""

from typing import NamedTuple

from contacts.models import Contact
from contacts.models.objected import UsedFor
from contacts.showing import opened_or
from helpline.foundation.calendar import day_words, london_today, moment_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from privacy import deadlines, letters
from privacy.models import RightsRequest
from privacy.models.rights_clock import HOLIDAY
from privacy.rights import board, moves, reminding, taking_back
from privacy.rights.kinds import ANSWERED, COPIES, OUTCOMES, RELEASES, Kind, Stance, Status
from privacy.rights.timeline import timeline

SHUT = "It cannot be opened."
BY_ITSELF = {HOLIDAY: "The calendar"}  # steps that nobody took
PLANNED = (Kind.RECTIFY, Kind.RESTRICT, Kind.OBJECT, Kind.WITHDRAW)  # nothing to go through
SAID = (
    ("words", "What they said"),
    ("recalled", "What they recall"),
    ("reach", "How it is safe to answer them"),
    ("name", "Their name"),
    ("on_behalf", "For whom they ask"),
    ("reasons", "Why this is the answer"),
)


STEPS = {
    "received": "It reached us",
    "acknowledged": "They know that we have it",
    "id-requested": "They were asked who they are",
    "id-received": "Their proof arrived",
    "id-confirmed": "It is certain who they are",
    "locating": "Looking for it began",
    "clock-stopped": "The clock was stopped",
    "clock-goes-on": "The clock goes on",
    "collecting": "Everything was found",
    "review": "The review began",
    "approval": "The answer was prepared",
    "found-by-code": "Found by their seven words",
    "found-by-record": "Found by their record",
    "found-by-recalled": "Proposed by what they recall",
    "taken-out": "A contact was taken out",
    "record-taken-out": "The record was taken out",
    "duplicate": "Joined to another request",
    "restriction-drawn-up": "The ground of the restriction was said",
    "restricted-used": "A use of what is restricted was written down",
    "restriction-lifted": "The restriction was lifted",
    "correction-prepared": "A correction was prepared",
    "correction-taken-out": "A correction was taken out",
    "old-value-seen": "What stood there before was looked at",
    "objection-weighed": "What is stopped was said",
}


class Task(NamedTuple):
    """Something that a DPO has to do beside the next step."""

    text: str
    tone: str = "warn"
    keep: object = None  # the contact whose staying is to be decided


class Part(NamedTuple):
    """A contact that the request is about."""

    pk: object
    contact_pk: object
    handle: str
    found: str
    when: str
    waits: bool
    may_accept: bool
    because: str


def shown(request: RightsRequest, staff: Staff) -> dict:
    """Everything on the page of a request."""
    today, found = london_today(), request.limits()
    answers = staff.may(Permission.ANSWER_RIGHTS)
    line, about = timeline(request, found, today), parts(request, staff)
    return {
        "asked": board.card(request, today, request.get_absolute_url()),
        "rights": request,
        "limits": found,
        "limits_words": limits_words(request, found, today),
        "timeline": line,
        "tasks": [*to_accept(about), *(tasks(request, found) if answers else [])],
        "said": [
            (label, opened_or(request, name, SHUT)) for name, label in SAID if holds(request, name)
        ]
        + planned(request),
        "facts": facts(request),
        "parts": about,
        "evidence": [
            (each.get_kind_display(), day_words(each.seen_on), each.seen_by.alias)
            for each in request.evidence.select_related("seen_by").order_by("seen_on")
        ],
        "lost": taking_back.lost(request),
        "letters": sent_letters(request),
        "drafts": drafts(request) if answers else [],
        "steps": steps(request),
        "next": offered(request, staff, is_next=True),
        "besides": offered(request, staff, is_next=False),
        "may": {"answer": answers},
        **pages(request, answers=answers),
    }


def pages(request: RightsRequest, *, answers: bool) -> dict[str, bool]:
    """To which pages of the request this one leads; whoever does not answer it goes through it
    only to approve it."""
    status = request.status
    through = answers or status == Status.APPROVAL
    listed = status in (Status.COLLECTING, Status.REVIEW, Status.APPROVAL)
    begun = through and status != Status.RECEIVED
    return {
        "finds": answers and not request.is_settled(),
        "reads": answers and not request.is_answered(),
        "reviews": through and request.kind not in PLANNED and listed,
        "deletes": begun and request.kind == Kind.ERASE,
        "restricted": request.is_restricted(),
        "corrects": begun and request.kind == Kind.RECTIFY,
        "bundles": answers and request.kind in COPIES and is_released(request),
        "tells": answers and request.must_be_told(),
    }


def is_released(request: RightsRequest) -> bool:
    """Whether something leaves, or has left, by its answer."""
    return request.decided_on is not None and request.proposed in RELEASES


def holds(request: RightsRequest, name: str) -> bool:
    """Whether there is something to show under a name."""
    return bool(request.__dict__.get(name))


def limits_words(request, found: deadlines.Limits, today) -> list[tuple[str, str, str]]:
    """Both limits, the earlier of which is due, with how they stand today."""
    if request.kind == Kind.COMPLAINT or request.is_answered():
        return []
    rows = []
    for label, day, late in (
        ("The law", found.statutory, deadlines.is_overdue(found, today)),
        ("Our promise", found.promise, deadlines.is_promise_missed(found, today)),
    ):
        tone = "bad" if late else "info" if day == found.due else "quiet"
        rows.append((label, day_words(day) if day else "Does not run yet", tone))
    return rows


def to_accept(about: list[Part]) -> list[Task]:
    """That somebody else than whoever proposed it is asked about a contact."""
    words = (
        "A contact that they recall waits for a second person. Read below which facts fit, and"
        " accept it if nobody else could know them."
    )
    return [Task(words)] if any(part.may_accept for part in about) else []


def tasks(request: RightsRequest, found: deadlines.Limits):
    """What else is owed, from the facts."""
    for concern in request.past_their_time().select_related("contact"):
        if request.is_open() or request.is_restricted():
            words = (
                f"{concern.contact.handle_words} is past its 18 months and is only there for this"
                " request. Answer or lift it before anything else, or decide that it stays."
            )
            yield Task(words, "bad", concern.contact_id)
    yield from tasks_by_kind(request)
    yield from waits(request, found)
    if request.copy_owed() is not None and request.kind == Kind.ERASE:
        yield Task("They are owed a copy of the same data first. Send them the letter about it.")
    if not found.is_sure:
        yield Task("The bank holidays of that year are not known: the days may be too early.")


def waits(request: RightsRequest, found: deadlines.Limits):
    """What they were asked and have not shown or answered."""
    if request.needs_authority() and request.status not in ANSWERED:
        yield Task(f"{Stance(request.stance() or Stance.AUTHORITY).label}.")
    if again := reminding.owed(request, london_today()):
        yield Task(again)
    if found.stopped >= deadlines.STANDSTILL.days and request.status == Status.CLOCK_STOPPED:
        yield Task("The clock has stood for 90 days. Decide how it goes on, and write to them.")


def planned(request: RightsRequest) -> list[tuple[str, str]]:
    """What the approval of its answer does, for whoever approves it; what is put right and what is
    deleted have pages of their own."""
    found = []
    if restriction := getattr(request, "restriction", None):
        restriction.request = request
        why = opened_or(restriction, "why", SHUT)
        found.append((f"Why it is restricted: {restriction.get_ground_display()}", why))
    if objection := getattr(request, "objection", None):
        found.append(("What is stopped", ", ".join(UsedFor(use).label for use in objection.uses)))
    return found


def tasks_by_kind(request: RightsRequest):
    """What one kind of request has to be reminded of."""
    if request.is_restricted():
        words = "It is restricted: kept, and not used. It is not purged until that is lifted."
        told = "" if request.restriction.is_told() else " They are told before it is lifted."
        yield Task(words + told, "calm")
    reviewed = request.kind == Kind.PORTABILITY and request.status == Status.REVIEW
    if reviewed and not request.items.exists():
        yield Task(
            "Nothing was given by them and rests on their consent, so this right does not apply."
            " Gather it once more to be sure, then refuse it and offer a copy."
        )


def facts(request: RightsRequest) -> list[tuple[str, str]]:
    """The plain facts, in the order in which they matter."""
    rows = [
        ("Reached us", f"{day_words(request.received_on)}, {request.get_route_display()}"),
        ("Who asks", request.get_asker_display()),
        ("Proof", request.get_proof_display()),
        ("Lives in", request.get_nation_display()),
        ("Written down by", request.logged_by.alias if request.logged_by else "The person"),
    ]
    if request.preparer:
        rows.append(("Prepared by", request.preparer.alias))
        rows.append(("Answer", request.get_proposed_display()))
    if request.refusal:
        rows.append(("Ground", request.get_refusal_display()))
    if request.decided_by:
        rows.append(("Approved by", request.decided_by.alias))
    return rows


def parts(request: RightsRequest, staff: Staff) -> list[Part]:
    """The contacts it is about; one that was only recalled waits for a second person."""
    rows = request.concerns.select_related("contact", "added_by", "request__key")
    may = staff.may(Permission.APPROVE_RIGHTS) and not request.is_settled()
    return [
        Part(
            pk=row.pk,
            contact_pk=row.contact_id,
            handle=row.contact.handle_words,
            found=row.get_found_display(),
            when=day_words(row.contact.started_at),
            waits=(waits := row.found == "recalled" and row.accepted_by_id is None),
            may_accept=waits and may and row.added_by.person != staff.person,
            because=opened_or(row, "because", SHUT) if row.because else "",
        )
        for row in rows.order_by("contact__started_at", "pk")
    ]


def sent_letters(request: RightsRequest) -> list[tuple[str, str, str]]:
    """What was written, as it left."""
    rows = request.letters.select_related("request__key").order_by("sent_on", "written_at")
    return [
        (letters.LETTERS[row.kind].label, day_words(row.sent_on), opened_or(row, "text", SHUT))
        for row in rows
        if row.sent_on
    ]


def drafts(request: RightsRequest) -> list[tuple[str, str]]:
    """The letters that fit where it stands, that with the answer first."""
    fitting = [kind for kind in letters.LETTERS if request.may_write(kind)]
    fitting.sort(key=lambda kind: kind != request.proposed)
    return [(kind, letters.LETTERS[kind].label) for kind in fitting if kind != "refused-others"]


def steps(request: RightsRequest) -> list[dict]:
    """Its history, newest last."""
    rows = request.steps.select_related("by", "request__key").order_by("number")
    return [
        {
            "label": step_words(row.what),
            "by": row.by.alias if row.by else BY_ITSELF.get(row.what, "The person"),
            "at": moment_words(row.at),
            "dates": f"{day_words(row.was)} became {day_words(row.became)}." if row.was else "",
            "words": opened_or(row, "why", SHUT) if row.why else "",
        }
        for row in rows
    ]


def step_words(what: str) -> str:
    """A step as people say it: a letter by its name, an answer by its own words."""
    kind = what.removeprefix("sent-")
    if kind != what and kind in letters.LETTERS:
        return f"Letter: {letters.LETTERS[kind].label}"
    if what in dict(OUTCOMES):
        return f"Approved: {Status(what).label}"
    return STEPS.get(what) or what.replace("-", " ").capitalize()


def offered(request: RightsRequest, staff: Staff, *, is_next: bool) -> list[tuple]:
    """The verbs that fit now, each with an empty form."""
    found = moves.MOVES if staff.may(Permission.ANSWER_RIGHTS) else {}
    mine = request.preparer_id and request.preparer.person == staff.person
    if is_next and staff.may(Permission.APPROVE_RIGHTS) and not mine:
        found = found | moves.APPROVE
    return [
        (name, move.label, move.form(auto_id=f"{name}-%s") if move.form else None)
        for name, move in found.items()
        if move.is_next is is_next and move.fits(request)
    ]


def candidates(said: dict, request: RightsRequest, staff: Staff) -> list[dict]:
    """The worksheet: contacts that what they recall could fit, never more than fifty."""
    rows = Contact.objects.unexpired().in_services_of(staff).newest_first()
    concerns = set(request.concerns.values_list("contact", flat=True))
    if said.get("since"):
        rows = rows.filter(started_at__date__gte=said["since"])
    if said.get("until"):
        rows = rows.filter(started_at__date__lte=said["until"])
    if said.get("channel"):
        rows = rows.filter(channel=said["channel"])
    if said.get("topic"):
        rows = rows.filter(topics__topic=said["topic"])
    return [
        {
            "pk": each.pk,
            "handle": each.handle_words,
            "when": moment_words(each.started_at),
            "channel": each.get_channel_display(),
            "lines": each.last_line,
            "is_part": each.pk in concerns,
            "restricted": each.restricted,
        }
        for each in rows[:50]
    ]

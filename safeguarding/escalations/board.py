"""The board: what waits, how long against its limit, and who owns it; paged by what was seen last.

First comes what nobody owns although somebody looked at it once, then what nobody has acknowledged,
the most urgent first, then whatever has a limit, and last what has none.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from contacts.patterns import all_filled, pattern
from helpline.foundation.calendar import moment_words, time_words
from helpline.foundation.staff.models import Staff
from safeguarding.escalations import showing
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision, Kind, Urgency
from safeguarding.models import Escalation, Handover
from safeguarding.models.hastening import must_be_decided, to_decide
from safeguarding.models.owning import in_able_hands

PAGE = 50
POSITION = "%Y%m%d%H%M%S%f"
LISTS = {"open": "Open", "mine": "Mine", "closed": "Closed"}
EMPTY = {
    "open": "Whoever is worried about somebody presses Escalate on the page of their contact.",
    "mine": "What you raise or look into stands here until it is closed.",
    "closed": "What is closed stands here for its six years.",
}
LEFT_ALONE, IMMEDIATE, RAISED, TIMED, UNTIMED = range(5)  # the order of the board
TIMES = ("acknowledge_by", "decide_by", "raised_at", "closed_at", "hastened_at", "decided_at")
COLUMNS = ("id", "name", "kind", "urgency", "status", "decision", "owner__alias", *TIMES)
PLACE = ("rank", "due")
NAMES = (
    *("url", "kind_label", "name_words", "urgency_word", "urgency_tone", "status_label"),
    *("status_tone", "limit", "at", "share", "owner", "next_step", "handed"),
)
KINDS, STATUSES = dict(Kind.choices), dict(Status.choices)


def escalations_of(which: str, staff: Staff) -> QuerySet:
    """One list of one person, in its order, with the rank and the moment that make the order."""
    mine = Escalation.objects.visible_to(staff)
    if which == "closed":
        closed = mine.filter(status=Status.CLOSED)
        return closed.annotate(rank=Value(UNTIMED), due=F("closed_at")).order_by("-due", "-id")
    if which == "mine":
        mine = mine.filter(Q(owner=staff) | Q(raised_by=staff))
    return mine.open().annotate(rank=rank(), due=due()).order_by("rank", "due", "id")


def rank() -> Case:
    """Where a row stands on the board."""
    raised = Q(status=Status.RAISED)
    return Case(
        When(raised & Q(urgency=Urgency.IMMEDIATE), then=IMMEDIATE),
        When(raised, then=RAISED),
        When(~in_able_hands(), then=LEFT_ALONE),
        When(to_decide(), then=TIMED),
        default=UNTIMED,
        output_field=IntegerField(),
    )


def due() -> Case:
    """The limit of its next step; of what has none, since when it has had none."""
    return Case(
        When(status=Status.RAISED, then=F("acknowledge_by")),
        When(to_decide(), then=F("decide_by")),
        default=F("decided_at"),
    )


def behind(rows: QuerySet, which: str, position: str) -> QuerySet:
    """What comes after the last row that was seen, never by counting rows.

    Raises `ValueError` for a position that no page of ours gave out.
    """
    if not position:
        return rows
    place, at, last = position.split("-")
    moment, pk = datetime.strptime(at, POSITION).replace(tzinfo=UTC), uuid.UUID(hex=last)
    if which == "closed":
        return rows.filter(Q(due__lt=moment) | Q(due=moment, pk__lt=pk))
    later = Q(due__gt=moment) | Q(due=moment, pk__gt=pk)
    return rows.filter(Q(rank__gt=int(place)) | Q(rank=int(place)) & later)


class Page(NamedTuple):
    """The rows of one page as HTML, how many there are, and where the next page begins."""

    rows: str
    count: int
    more: str


def page_of(which: str, staff: Staff, position: str) -> Page:
    """One page of a list. Raises `ValueError` for a position that no page of ours gave out."""
    rows = behind(escalations_of(which, staff), which, position)
    found = list(rows.values_list(*COLUMNS, *PLACE)[: PAGE + 1])
    seen = found[:PAGE]
    handed = handed_over([columns[0] for columns in seen])
    base = reverse("escalations")
    drawn = all_filled(row_of(base, handed, timezone.now(), *columns) for columns in seen)
    if len(found) <= PAGE:
        return Page(drawn, len(seen), "")
    pk, *_, place, moment = seen[-1]
    return Page(drawn, len(seen), position_of(place, moment, pk))


def position_of(place: int, moment: datetime, pk: uuid.UUID) -> str:
    """Where a page ends, for the link to the next."""
    return f"{place}-{moment.astimezone(UTC):{POSITION}}-{pk.hex}"


def handed_over(shown: list) -> dict:
    """The last handover of each row that has one, without its words."""
    rows = Handover.objects.filter(escalation__in=shown).order_by("escalation", "-number")
    latest = rows.distinct("escalation").values_list("escalation", "at", "by__alias")
    return {pk: f"Handed over by {alias}, {time_words(at)}" for pk, at, alias in latest}


def row_of(base, handed, now, pk, name, kind, urgency, status, decision, alias, *times) -> tuple:
    """The pattern of one row, and what it says."""
    acknowledge_by, decide_by, raised_at, closed_at, hastened_at, decided_at, place, due_at = times
    undecided = must_be_decided(status, hastened_at, decided_at)
    nothing_more = decision == Decision.NO_ACTION
    limit = showing.limit_at(status, acknowledge_by, decide_by, now, undecided=undecided)
    alone = place == LEFT_ALONE
    said = {
        "url": f"{base}{pk}/",
        "kind_label": KINDS[kind],
        "name_words": name.replace("-", " "),
        "urgency_word": Urgency(urgency).word,
        "urgency_tone": showing.URGENCY_TONES[urgency],
        "status_label": STATUSES[status],
        "status_tone": showing.TONES.get(status, "waiting"),
        "limit": limit.words or ("Closed " + moment_words(closed_at) if closed_at else ""),
        "at": limit.at,
        "share": share_of(urgency, status, due_at, raised_at, now) if limit.words else 0,
        "owner": "Nobody" if alone or not alias else alias,
        "next_step": showing.next_step_of(status, nothing_more, undecided=undecided),
        "handed": handed.get(pk, ""),
    }
    return row_pattern(alone, limit.late, bool(limit.words), bool(said["handed"])), said


def row_pattern(alone: bool, late: bool, timed: bool, handed: bool) -> str:
    """How a row like this one is drawn."""
    flags = (("alone", alone), ("late", late), ("timed", timed), ("handed", handed and "{handed}"))
    return pattern("safeguarding/escalations/_row.html", NAMES, *flags)


def share_of(urgency: str, status: str, due_at, raised_at, now) -> int:
    """How much of its time has gone, in hundredths, up to all of it."""
    raised = status == Status.RAISED
    lengths = settings.ESCALATION_ACKNOWLEDGE if raised else settings.ESCALATION_DECIDE
    length = lengths.get(urgency) or max(due_at - raised_at, timedelta(hours=1))
    return min(100, max(0, round(100 * (1 - (due_at - now) / length))))

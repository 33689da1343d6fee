"""The desk: every open request by the days that are left, the first due at the top."""

import uuid
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from helpline.foundation.calendar import day_words
from privacy.models import RightsRequest
from privacy.rights import reminding
from privacy.rights.kinds import ANSWERED, CLOCK_RUNS, OVER, Asker, Kind, Status

PAGE = 40
BESIDE = 20
SOON, NEAR = 3, 10  # days: red, amber (rules 2.1.2)
TONES = {"late": "bad", "soon": "bad", "near": "warn", "later": "good"}
COLUMNS = (
    ("late", "Overdue"),
    ("soon", f"{SOON} days or fewer"),
    ("near", f"{NEAR} days or fewer"),
    ("later", "Later"),
)
ROW = ("pk", "reference", "kind", "status", "received_on", "due_on", "asker")


class Card(NamedTuple):
    """One request on the board, and nothing about who asks."""

    url: str
    reference: str
    kind_label: str
    status_label: str
    received: str
    due: str
    left: str
    tone: str
    asker: str
    stands: str  # where it stands and who asks, as one line
    days: str  # when it is due and when it reached us, as one line


class Column(NamedTuple):
    """Requests with about as many days left."""

    title: str
    tone: str
    cards: list[Card]


class Lane(NamedTuple):
    """Requests beside the columns, the first of them, and whether there are more."""

    title: str
    cards: list[Card]
    more: bool


def running(position: str = "") -> QuerySet:
    """Requests whose clock runs, by the day they are due, after a position."""
    rows = RightsRequest.objects.filter(status__in=CLOCK_RUNS, due_on__isnull=False)
    found = read(position)
    if found:
        day, pk = found
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, id__gt=pk), due_on__gte=day)
    return rows.order_by("due_on", "id")


def read(position: str) -> tuple[date, uuid.UUID] | None:
    """The due day and id where a page begins; None for what is no position."""
    day, _, pk = position.partition("_")
    try:
        return date.fromisoformat(day), uuid.UUID(pk)
    except ValueError:
        return None


def waiting() -> QuerySet:
    """Whoever asked has the next word: the clock stands, or has not begun."""
    open_ones = RightsRequest.objects.exclude(status__in=OVER)
    stands = open_ones.filter(status=Status.CLOCK_STOPPED)
    unbegun = open_ones.filter(status__in=CLOCK_RUNS, due_on=None)
    return reminding.with_question(stands | unbegun).order_by("received_on", "id")


def to_approve() -> QuerySet:
    """What waits for a second person: an answer, or a contact that was only recalled."""
    return RightsRequest.objects.for_a_second_person().order_by("due_on", "id")


def to_tell() -> QuerySet:
    """Decided or withdrawn, and not closed yet."""
    told = [each for each in ANSWERED if each not in OVER]
    return RightsRequest.objects.filter(status__in=told).order_by("due_on", "id")


def rows_of(requests: QuerySet, most: int) -> QuerySet:
    """The first of them as rows: a card shows little of a request, and there can be a hundred."""
    asked = [name for name in ("asked_last",) if name in requests.query.annotations]
    return requests.values_list(*ROW, *asked, named=True)[:most]


def card(request, today: date, url: str) -> Card:
    """One request, or a row of it, as its card shows it."""
    due, asked = request.due_on, getattr(request, "asked_last", None)
    days = (due - today).days if due else None
    left, tone = left_words(days), TONES[place(days)] if days is not None else "quiet"
    if asked:
        left, tone = unanswered((today - asked).days)
    status = str(Status(request.status).label)
    asker = str(Asker(request.asker).label) if request.asker != Asker.SELF else ""
    received, due_words = day_words(request.received_on), day_words(due) if due else ""
    reached = f"Reached us {received}."
    return Card(
        url=url,
        reference=request.reference.replace("-", " "),
        kind_label=str(Kind(request.kind).label),
        status_label=status,
        received=received,
        due=due_words,
        left=left,
        tone=tone,
        asker=asker,
        stands=f"{status}. {asker}" if asker else status,
        days=f"Due {due_words}. {reached}" if due else reached,
    )


def left_words(days: int | None) -> str:
    """How many days are left, as people say it."""
    if days is None:
        return "No clock runs"
    if days < 0:
        return f"{-days} day{'' if days == -1 else 's'} late"
    return {0: "Due today", 1: "1 day left"}.get(days, f"{days} days left")


def unanswered(days: int) -> tuple[str, str]:
    """How long a question of ours waits for its answer, and how urgent it is to ask again."""
    late = sum(days >= again.days for again in reminding.AGAIN)
    ago = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f"Asked {ago}", ("quiet", "warn", "bad")[late]


def place(days: int) -> str:
    """The column for so many days."""
    if days < 0:
        return "late"
    return "soon" if days <= SOON else "near" if days <= NEAR else "later"


def beside(title: str, found: QuerySet, today: date, home: str) -> Lane:
    """The first of what stands beside the columns; `home` is the address of the desk."""
    rows = list(rows_of(found, BESIDE + 1))
    cards = [card(each, today, f"{home}{each.pk}/") for each in rows[:BESIDE]]
    return Lane(title, cards, more=len(rows) > BESIDE)


def columns(requests: list, today: date, home: str) -> list[Column]:
    """The board’s columns, from what is overdue to what has time."""
    by_place: dict[str, list[Card]] = {name: [] for name, _ in COLUMNS}
    for each in requests:
        by_place[place((each.due_on - today).days)].append(card(each, today, f"{home}{each.pk}/"))
    return [Column(title, TONES[name], by_place[name]) for name, title in COLUMNS]

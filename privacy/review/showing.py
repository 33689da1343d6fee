"""Items of a review as ready strings: what it says on the left, what leaves on the right."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from contacts.models import HandOver, ServiceUser
from contacts.showing import marked
from contacts.vocabulary import WhyKnown
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first, record_reading
from helpline.foundation.calendar import day_words, london_date
from helpline.foundation.staff.models import Staff
from privacy.bundle.making import leaving
from privacy.models import ReviewItem, RightsRequest
from privacy.models.review import exemptions_of, is_about, latest, names_of
from privacy.review import highlighter
from privacy.review.deciding import Choice, Health
from privacy.review.forms import DecideForm
from privacy.review.kinds import ItemKind
from privacy.review.sources import LOST, Shown, all_opened

ON_A_PAGE = 25
TONES = {Choice.RELEASE: "good", Choice.REDACT: "warn", Choice.WITHHOLD: "held"}
SHOWS = {"all": "All", "open": "Not decided", "staying": "Stays, in part or whole"}
SHOWS |= {"changed": "Changed since it was sent back"}
OPEN, READS = "Not decided", "Reads otherwise by now: decide anew"


class Piece(NamedTuple):
    """Some words of an item; `kind` says what the highlighter takes them for, if anything."""

    words: str
    kind: str = ""


class Side(NamedTuple):
    """One item in both panes, with its form."""

    pk: object
    number: int
    kind_label: str
    where: str
    at: str
    who: str
    own: bool
    pieces: list[Piece]
    leaves: str
    removed: str
    choice: str
    choice_label: str
    tone: str
    form: DecideForm | None
    can_undo: bool


def items_of(request: RightsRequest, which: str, after: int) -> list[ReviewItem]:
    """The items of one page, and one more where there is another page."""
    rows = request.items.select_related("contact")
    if which == "open":
        rows = rows.undecided()
    elif which == "staying":
        rows = rows.staying()
    elif which == "changed":
        rows = ReviewItem.objects.changed_since(request).select_related("contact")
    return list(rows.filter(number__gt=after).order_by("number")[: ON_A_PAGE + 1])


def read_first(items: list[ReviewItem], staff: Staff) -> None:
    """Write down whose conversations, records and copies in casework are read, and whose identity
    is seen, before a word of them is opened (F10)."""
    for contact in {item.contact for item in items if item.contact_id}:
        record_reading(contact, by=staff, shared=True)
    by_kind: dict[str, set] = defaultdict(set)
    for item in items:
        by_kind[item.kind].add(item.record)
    record_seen(ServiceUser.objects.filter(entries__in=by_kind[ItemKind.ENTRY]).distinct(), staff)
    identity_seen(ServiceUser.objects.filter(pk__in=by_kind[ItemKind.RECORD]), staff)
    for copy in HandOver.objects.filter(pk__in=by_kind[ItemKind.COPIED]):
        record_reading(copy, by=staff, shared=True)


def record_seen(records: Iterable[ServiceUser], staff: Staff) -> None:
    """Write down that what is in these records is about to be read (F10)."""
    for record in records:
        record_first(Action.RECORD_SEEN, on=record, by=staff)


def identity_seen(records: Iterable[ServiceUser], staff: Staff) -> None:
    """Write down that an identity is about to be seen, as they ask about their data (F10)."""
    for record in records:
        record_first(Action.IDENTITY_SEEN, on=record, by=staff, why=WhyKnown.CORRECT)


def sides(request: RightsRequest, items: list[ReviewItem], *, decides: bool) -> list[Side]:
    """Every item of a page."""
    names, allowed = names_of(request), exemptions_of(request)
    shown, changes = all_opened(items), latest(items)
    found = []
    for item in items:
        said = shown.get(item.pk, Shown("", "", LOST))
        marks = highlighter.marks(said.words, names)
        last = changes.get(item.pk)
        change = last if last and is_about(item, said.words, last.mark) else None
        out = leaving(item, said, change.taken_out()) if change else None
        form = blank(item, said.words, marks, allowed, change) if decides else None
        found.append(
            Side(
                pk=item.pk,
                number=item.number,
                kind_label=item.get_kind_display(),
                where=place(item),
                at=said.at,
                who=said.who,
                own=item.own,
                pieces=pieces(said.words, marks),
                leaves=marked(out.words) if out else "",
                removed=out.removed if out else "",
                choice=item.choice if change else "",
                choice_label=item.get_choice_display() if change else OPEN if not last else READS,
                tone=TONES[Choice(item.choice)] if change else "bad",
                form=form,
                can_undo=last is not None,
            )
        )
    return found


def blank(item: ReviewItem, words: str, marks, allowed, change) -> DecideForm:
    """The form of one item, with what stands now."""
    initial = {"health": item.health or (Health.OWN if item.own else "")}
    if change is not None:
        initial |= {"choice": item.choice, "exemption": item.exemption}
        initial |= {name: getattr(change, name) or "" for name in ("who", "known", "test")}
        initial["opinion_on"] = change.opinion_on
        initial["phrases"] = "\n".join(words[c.start : c.end] for c in change.taken_out())
    return DecideForm(
        words=words, found=marks, allowed=allowed, initial=initial, auto_id=f"item-{item.number}-%s"
    )


def place(item: ReviewItem) -> str:
    """Which conversation it is from, by its day alone."""
    if item.contact is None:
        return "Record"
    began = day_words(london_date(item.contact.started_at))
    return f"{item.contact.get_channel_display()} of {began}"


def pieces(words: str, marks: list[highlighter.Mark]) -> list[Piece]:
    """The words cut where marks begin and end."""
    found, last = [], 0
    for mark in marks:
        found += [
            Piece(marked(words[last : mark.start])),
            Piece(marked(words[mark.start : mark.end]), str(mark.kind.label)),
        ]
        last = mark.end
    return [piece for piece in (*found, Piece(marked(words[last:]))) if piece.words]


def missed() -> list[str]:
    """How much the highlighter misses in our own examples, kind by kind."""
    return [f"{each.kind.label}: {each.missed} of {each.there}" for each in highlighter.measured()]

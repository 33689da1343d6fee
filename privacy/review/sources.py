"""Where the items of a review come from, and how their words are opened.

One source for each kind of item; a kind that nobody has thought of is not in the bundle, so the
test that walks the retention schedule names every model whose words are a person’s.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from typing import NamedTuple, Protocol
from uuid import UUID

from contacts.models import (
    ActionRequest,
    Answer,
    Consent,
    Contact,
    CopiedLine,
    Correction,
    Entry,
    LegalBasis,
    Line,
    Note,
    ServiceUser,
    Speaker,
    SurveyAnswer,
)
from helpline.foundation.calendar import day_words, moment_words
from helpline.foundation.vault.sealed import CannotOpen
from privacy.models.rights import RightsRequest
from privacy.review import readers
from privacy.review.kinds import ItemKind
from privacy.rights.kinds import Kind
from safeguarding.models import Assessment, EscalationStep
from safeguarding.models.assessment import WORDS as JUDGED

WHOLE = (ItemKind.RECORD, ItemKind.COPIED)  # where an item names the record or copy itself
LOST = "These words cannot be opened any more."
SPEAKERS = {Speaker.PERSON: "The person", Speaker.WORKER: "Helpline worker"}
SPEAKERS |= {Speaker.BOT: "Chatbot", Speaker.SYSTEM: "The system"}


class Ref(NamedTuple):
    """Where one item stands."""

    kind: ItemKind
    contact: UUID | None = None
    record: UUID | None = None
    line: int | None = None
    own: bool = False


class Shown(NamedTuple):
    """What one item says."""

    at: str
    who: str
    words: str


class Item(Protocol):
    """What an item of the review has; a `Ref` is stored as one."""

    pk: UUID
    kind: str
    contact_id: UUID | None
    record: UUID | None
    line: int | None


def refs(request: RightsRequest) -> Iterator[Ref]:
    """Every item in the scope of a request: contact by contact as they began, then the record."""
    return chain.from_iterable(by_place(request))


def by_place(request: RightsRequest) -> Iterator[Iterator[Ref]]:
    """The same, one contact or record at a time.

    What a person may take elsewhere is less (Art 20): what they gave themselves, where we have it
    on their consent. There is no contract with anybody.
    """
    portable = request.kind == Kind.PORTABILITY
    for contact in request.scope().filter(purged_on=None).order_by("started_at", "id"):
        if not portable or Consent.objects.in_force(contact) == Answer.GIVEN:
            yield of_contact(contact, only_own=portable)
    record = request.service_user
    if record is not None and (not portable or record.bases.by_consent().exists()):
        yield of_record(request, only_own=portable)


def of_contact(contact: Contact, *, only_own: bool) -> Iterator[Ref]:
    """What there is of one contact."""
    found = (ref for source in OF_CONTACTS for ref in source.refs(contact))
    return (ref for ref in found if ref.own or not only_own)


def of_record(request: RightsRequest, *, only_own: bool) -> Iterator[Ref]:
    """What the record holds, but for what it has of conversations that are not theirs."""
    others = request.not_theirs()
    found = (ref for source in OF_RECORDS for ref in source.refs(request.service_user))
    return (ref for ref in found if ref.record not in others and (ref.own or not only_own))


def leaves_out(request: RightsRequest, listed: set[UUID | None]) -> bool:
    """Whether a contact, the record or a copy in casework is not among those `listed`, by id."""
    for place in by_place(request):
        for ref in place:
            if ref.contact is None and ref.kind not in WHOLE:
                continue
            if (ref.contact or ref.record) not in listed:
                return True
            if ref.contact:
                break
    return False


def opened(kind: str, items: Iterable[Item]) -> dict[UUID, Shown]:
    """What items of one kind say, by their id; a constant number of queries for each contact."""
    return SOURCES[ItemKind(kind)].opened(list(items))


def all_opened(items: Iterable[Item]) -> dict[UUID, Shown]:
    """The same of items of every kind."""
    found: dict[UUID, Shown] = {}
    for kind, some in groupby(sorted(items, key=lambda item: item.kind), lambda item: item.kind):
        found |= opened(kind, some)
    return found


def read_now(item: Item) -> str:
    """What one item says now."""
    shown = all_opened([item]).get(item.pk)
    return shown.words if shown else LOST


def words_of(record: object, column: str) -> str:
    """The words of one sealed column, or that they cannot be opened."""
    try:
        return getattr(record, column) or ""
    except CannotOpen:
        return LOST


class Source(NamedTuple):
    """One kind: which items there are, and what they say."""

    refs: Callable
    opened: Callable


# Lines and answers, which are named by their contact and number ----------------------------------


def line_refs(contact: Contact) -> Iterator[Ref]:
    """Each line; what the person said is their own."""
    for number, speaker in contact.lines.order_by("number").values_list("number", "speaker"):
        yield Ref(ItemKind.LINE, contact.pk, line=number, own=speaker == Speaker.PERSON)


def by_contact(items: Iterable[Item]) -> Iterator[tuple[Contact, dict[int, UUID]]]:
    """The contacts of these items with their keys, and which number is which item."""
    wanted: dict[UUID, dict[int, UUID]] = defaultdict(dict)
    for item in items:
        if item.contact_id and item.line is not None:
            wanted[item.contact_id][item.line] = item.pk
    for contact in Contact.objects.with_key().filter(pk__in=wanted, purged_on=None):
        yield contact, wanted[contact.pk]


def lines_opened(items: list[Item]) -> dict[UUID, Shown]:
    """What was said, by whom, to the minute; by two queries, however many contacts it was."""
    found: dict[UUID, Shown] = {}
    wanted = dict(by_contact(items))
    numbers = [number for some in wanted.values() for number in some]
    between = Line.objects.filter(number__range=(min(numbers, default=0), max(numbers, default=0)))
    for contact, lines in between.opened_of(wanted):
        mine = wanted[contact]
        for line in lines:
            if pk := mine.get(line.number):
                said = line.words if line.words is not None else LOST
                found[pk] = Shown(moment_words(line.said_at), SPEAKERS[line.speaker], said)
    return found


def survey_refs(contact: Contact) -> Iterator[Ref]:
    """Each answer about how we did."""
    for number in contact.survey.order_by("number").values_list("number", flat=True):
        yield Ref(ItemKind.SURVEY, contact.pk, line=number, own=True)


def survey_opened(items: list[Item]) -> dict[UUID, Shown]:
    """Question and answer together."""
    found = {}
    for contact, numbers in by_contact(items):
        for answer in SurveyAnswer.objects.filter(contact=contact, number__in=numbers):
            answer.contact = contact
            said = f"{words_of(answer, 'question')}\n{words_of(answer, 'answer')}"
            found[numbers[answer.number]] = Shown("", "The person", said)
    return found


# Rows with an id of their own --------------------------------------------------------------------


def rows(kind: ItemKind, model: type, path: str, key: str, show: Callable, *, own=False, beside=()):
    """A source whose rows hang on a contact or record by `path` and open with `key`; what stands
    `beside` each is fetched with them."""

    def found(owner) -> Iterator[Ref]:
        contact = owner.pk if isinstance(owner, Contact) else None
        for pk in model.objects.filter(**{path: owner}).order_by("pk").values_list("pk", flat=True):
            yield Ref(kind, contact, record=pk, own=own)

    def shown(items: list[Item]) -> dict[UUID, Shown]:
        wanted = {item.record: item.pk for item in items}
        there = model.objects.filter(pk__in=wanted).select_related(*key.split())
        there = there.prefetch_related(*beside)
        return {wanted[row.pk]: show(row) for row in there}

    return Source(found, shown)


def note_shown(note: Note) -> Shown:
    """A note with the alias of whoever wrote it."""
    said = words_of(note, "told")
    return Shown(moment_words(note.written_at), note.written_by.alias, said)


def correction_shown(added: Correction) -> Shown:
    """What the person said is not right."""
    return Shown(moment_words(added.at), "The person", words_of(added, "words"))


def consent_shown(consent: Consent) -> Shown:
    """What was agreed to or refused, and by which way it was said."""
    said = f"{consent.get_purpose_display()}: {consent.get_answer_display()}, "
    said += f"wording {consent.wording}, {consent.get_how_display().lower()}"
    return Shown(moment_words(consent.answered_at), "The person", said)


def basis_shown(basis: LegalBasis) -> Shown:
    """The basis, its condition and why."""
    said = [basis.get_basis_display(), basis.get_condition_display(), words_of(basis, "reason")]
    return Shown(moment_words(basis.recorded_at), "Helpline worker", "\n".join(filter(None, said)))


def assessment_shown(judged: Assessment) -> Shown:
    """Every word of one assessment, each under its name, and what they dispute of it."""
    told = [(name, words_of(judged, name)) for name in JUDGED]
    said = [f"{name.capitalize()}: {words}" for name, words in told if words]
    said += [f"[{words_of(dispute, 'told')}]" for dispute in judged.disputes.all()]
    return Shown(moment_words(judged.at), "Helpline staff", "\n".join(said))


def decision_shown(step: EscalationStep) -> Shown:
    """One step about somebody’s safety, with its reason."""
    said = f"{step.get_kind_display()}. {words_of(step, 'words')}".strip()
    return Shown(moment_words(step.at), "Helpline staff", said)


def asked_shown(asked: ActionRequest) -> Shown:
    """What they asked us to do, in their words, and what came of it."""
    said = [asked.get_kind_display(), words_of(asked, "asked_words"), words_of(asked, "words")]
    said.append(asked.get_result_display())
    return Shown(moment_words(asked.asked_at), "The person", "\n".join(filter(None, said)))


KEPT = {"names": "Names", "born": "Born", "phone": "Phone", "email": "E-mail"}
KEPT |= {"address": "Address", "announce_as": "How we say who we are", "safe_times": "Safe times"}
KEPT |= {"recognition_word": "Word to recognise you", "access_needs": "Access needs"}


def record_refs(record: ServiceUser) -> Iterator[Ref]:
    """The record itself, as one item."""
    yield Ref(ItemKind.RECORD, record=record.pk, own=True)


def record_opened(items: list[Item]) -> dict[UUID, Shown]:
    """Everything the record holds about who they are."""
    found = {}
    wanted = {item.record: item.pk for item in items}
    for record in ServiceUser.objects.filter(pk__in=wanted).select_related("key"):
        told = [(label, words_of(record, name)) for name, label in KEPT.items()]
        said = "\n".join(f"{label}: {words}" for label, words in told if words)
        found[wanted[record.pk]] = Shown("", "Your record", said)
    return found


def entry_shown(entry: Entry) -> Shown:
    """How they were helped, or what was promised."""
    return Shown(day_words(entry.happened_on), "Helpline worker", words_of(entry, "told"))


def copied_refs(record: ServiceUser) -> Iterator[Ref]:
    """Each line of the copies that casework has."""
    lines = CopiedLine.objects.filter(hand_over__service_user=record)
    for copy, number, speaker in lines.order_by("hand_over", "number").values_list(
        "hand_over", "number", "speaker"
    ):
        yield Ref(ItemKind.COPIED, record=copy, line=number, own=speaker == Speaker.PERSON)


def copied_opened(items: list[Item]) -> dict[UUID, Shown]:
    """What the copy says."""
    wanted = {(item.record, item.line): item.pk for item in items}
    lines = CopiedLine.objects.filter(hand_over__in={item.record for item in items})
    found = {}
    for line in lines.select_related("hand_over__key"):
        if pk := wanted.get((line.hand_over_id, line.number)):
            who = SPEAKERS[Speaker(line.speaker)]
            found[pk] = Shown(moment_words(line.said_at), who, words_of(line, "text"))
    return found


# Who has looked ----------------------------------------------------------------------------------


def reading_refs(contact: Contact) -> Iterator[Ref]:
    """One item for all that have read a contact."""
    yield Ref(ItemKind.READING, contact.pk)


def reading_opened(items: list[Item]) -> dict[UUID, Shown]:
    """Their roles and the days, never a name."""
    wanted = {item.contact_id: item.pk for item in items if item.contact_id}
    found = {}
    for pk, looked in readers.of_all(wanted).items():
        said = "\n".join(f"{each.role}, {each.day}" for each in looked)
        words = said or "Nobody but the person who talked with you."
        found[wanted[pk]] = Shown("", "Who has looked at it", words)
    return found


OF_CONTACTS = [
    Source(line_refs, lines_opened),
    rows(ItemKind.NOTE, Note, "contact", "contact__key written_by", note_shown),
    rows(ItemKind.CORRECTION, Correction, "contact", "contact__key", correction_shown, own=True),
    Source(survey_refs, survey_opened),
    rows(ItemKind.CONSENT, Consent, "contact", "contact", consent_shown, own=True),
    rows(ItemKind.BASIS, LegalBasis, "contact", "contact__key", basis_shown),
    rows(
        ItemKind.ASSESSMENT,
        Assessment,
        "escalation__contact",
        "escalation__key escalation__said_key",
        assessment_shown,
        beside=["disputes"],
    ),
    rows(
        ItemKind.DECISION,
        EscalationStep,
        "escalation__contact",
        "escalation__key",
        decision_shown,
    ),
    rows(ItemKind.ASKED, ActionRequest, "contact", "key", asked_shown, own=True),
    Source(reading_refs, reading_opened),
]
OF_RECORDS = [
    Source(record_refs, record_opened),
    rows(ItemKind.ENTRY, Entry, "service_user", "service_user__key", entry_shown),
    Source(copied_refs, copied_opened),
]
KINDS = [
    ItemKind.LINE,
    ItemKind.NOTE,
    ItemKind.CORRECTION,
    ItemKind.SURVEY,
    ItemKind.CONSENT,
    ItemKind.BASIS,
]
KINDS += [ItemKind.ASSESSMENT, ItemKind.DECISION, ItemKind.ASKED, ItemKind.READING]
KINDS += [ItemKind.RECORD, ItemKind.ENTRY, ItemKind.COPIED]
SOURCES: dict[ItemKind, Source] = dict(zip(KINDS, [*OF_CONTACTS, *OF_RECORDS], strict=True))

"""Conversations that another system held: read strictly, stored once, sealed like any contact.

Only what the format names is taken. Whatever else a record carries (an address, a place, a device)
is left out and counted by its name. Whoever refuses a record says why without repeating any of it.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from contacts.channels import Channel
from contacts.handles import new_handle
from contacts.models import Contact, Figure, ImportedId, Line, Speaker, SurveyAnswer
from contacts.models.contact import KEEP_MONTHS
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_date, to_the_minute
from helpline.foundation.staff.models import PartnerKey, Staff
from helpline.foundation.states import Refused
from helpline.foundation.vault.models import DataKey

RECORD_BYTES = 10 * 1024 * 1024
TEXT_LENGTH = 20_000  # characters of a line, a question or an answer
NICKNAME_LENGTH = 200
ID_LENGTH = 500
ANSWERS = 100
EARLIEST_YEAR = 1900
SPEAKERS = (Speaker.PERSON, Speaker.WORKER, Speaker.BOT)
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d):(\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
SURROGATE = re.compile("[\ud800-\udfff]")
TRIES = 5  # for an unused handle; at a million contacts one in eighty is taken


class BadRecord(Refused):
    """Why a record is not taken: where in it and what is wrong, never what it says."""


class Outcome(models.TextChoices):
    """What became of a record that could be read."""

    STORED = "stored", "Stored"
    SKIPPED = "skipped", "Imported before"
    TOO_OLD = "too_old", "Past its 18 months already"


@dataclass(frozen=True, repr=False)  # no repr: no log or traceback may show words
class Said:
    """One line of a conversation."""

    speaker: str
    at: datetime
    text: str


@dataclass(frozen=True, repr=False)
class Answer:
    """One answer of the survey."""

    question: str
    answer: str


@dataclass(frozen=True, repr=False)
class Conversation:
    """A record that was read and found whole. `dropped` names each field that was left out."""

    external_id: str
    started_at: datetime
    nickname: str | None
    lines: list[Said]
    survey: list[Answer]
    dropped: list[str]

    def is_due(self, today: date) -> bool:
        """Whether its 18 months are over, so that it may not be stored at all (S2-36)."""
        return add_months(london_date(self.started_at), KEEP_MONTHS) <= today


def decoded(record: bytes) -> object:
    """The JSON value of one record.

    Raises `BadRecord`, also for a name given twice, since nobody can say which of the two is meant.
    """
    try:
        return json.loads(record.decode(), object_pairs_hook=_object, parse_constant=_no_number)
    except UnicodeDecodeError:
        reason = "is not UTF-8"
    except RecursionError:
        reason = "is nested too deeply"
    except ValueError:
        reason = "is not JSON"
    # Raised out here, because the exceptions above carry the record and would be kept as context.
    raise BadRecord(f"The record {reason}.")


def conversation(data: object, now: datetime) -> Conversation:
    """One conversation in the documented format; raises `BadRecord`.

    Lines are put in the order of their times; those of one time keep the order they came in.
    """
    dropped: list[str] = []
    names = ("external_id", "started_at", "nickname", "lines", "survey")
    fields = _fields(data, "", names, dropped)
    started_at = _moment(fields, "started_at", "", now)
    said = _each(fields.get("lines"), "lines", lambda line, at: _said(line, at, now, dropped))
    if not said:
        raise BadRecord("lines is empty.")
    if min(line.at for line in said) < to_the_minute(started_at):
        raise BadRecord("A line is from before started_at.")
    survey = [] if fields.get("survey") is None else fields["survey"]
    survey = _each(survey, "survey", lambda one, at: _answer(one, at, dropped))
    if len(survey) > ANSWERS:
        raise BadRecord(f"survey has more than {ANSWERS} answers.")
    return Conversation(
        external_id=_text(fields, "external_id", "", ID_LENGTH, empty=False),
        started_at=started_at,
        nickname=_nickname(fields),
        lines=sorted(said, key=lambda line: line.at),
        survey=survey,
        dropped=dropped,
    )


def store(
    found: Conversation, *, service: str, today: date, by: Staff | PartnerKey | None = None
) -> Outcome:
    """Store a conversation as an ended contact, in one transaction, unless it was imported before.

    Of two imports of it at once, the second waits for the first and then skips it.
    """
    if found.is_due(today):
        return Outcome.TOO_OLD
    for _ in range(TRIES):
        handle = new_handle()
        try:
            return _store(found, service, handle, by)
        except IntegrityError:
            if not Contact.objects.filter(handle=handle).exists():
                raise
    raise Refused("No unused handle was found.")


def rehearse(found: Conversation, *, service: str, today: date) -> Outcome:
    """What `store` would answer; nothing is written."""
    if found.is_due(today):
        return Outcome.TOO_OLD
    known = ImportedId.objects.knows(service, found.external_id)
    return Outcome.SKIPPED if known else Outcome.STORED


@transaction.atomic
def _store(
    found: Conversation, service: str, handle: str, by: Staff | PartnerKey | None
) -> Outcome:
    if not ImportedId.objects.remember(service, found.external_id):
        return Outcome.SKIPPED
    contact = Contact.drawn_up(service, Channel.CHAT, found.started_at, DataKey.new(), handle)
    contact.status, contact.waiting_since = Contact.Status.ENDED, None
    contact.nickname = found.nickname
    contact.answered_at = _answered_at(found.lines)
    contact.ended_at = to_the_minute(found.lines[-1].at)
    contact.last_line = len(found.lines)
    contact.save(force_insert=True)
    said = ((line.speaker, to_the_minute(line.at), line.text) for line in found.lines)
    Line.objects.say_all(contact, said)
    SurveyAnswer.objects.bulk_create(_answers(contact, found.survey))
    AuditEvent.objects.record(Action.CONTACT_IMPORTED, on=contact, by=by, lines=len(found.lines))
    Figure.objects.add(contact)
    return Outcome.STORED


def _answered_at(said: list[Said]) -> datetime | None:
    """When a worker first wrote; a chat that only the bot answered was never answered."""
    moments = (line.at for line in said if line.speaker == Speaker.WORKER)
    first = next(moments, None)
    return to_the_minute(first) if first else None


def _answers(contact: Contact, survey: list[Answer]) -> list[SurveyAnswer]:
    return [
        SurveyAnswer(contact=contact, number=number, question=one.question, answer=one.answer)
        for number, one in enumerate(survey, start=1)
    ]


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadRecord("The record has a name twice in one object.")
    return fields


def _no_number(_text: str) -> None:
    raise BadRecord("The record has a number that is not JSON.")


def _fields(value: object, where: str, names: Iterable[str], dropped: list[str]) -> dict:
    """The named fields of an object; every other is noted in `dropped` by its path."""
    if not isinstance(value, dict):
        raise BadRecord(f"{where or 'The record'} is not an object.")
    path = f"{where.partition('[')[0]}." if where else ""
    dropped += [path + name for name in value if name not in names]
    return {name: value[name] for name in names if name in value}


def _each(values: object, where: str, read: Callable[[object, str], Any]) -> list[Any]:
    if not isinstance(values, list):
        raise BadRecord(f"{where} is not a list.")
    return [read(value, f"{where}[{place}]") for place, value in enumerate(values)]


def _said(value: object, where: str, now: datetime, dropped: list[str]) -> Said:
    fields = _fields(value, where, ("speaker", "at", "text"), dropped)
    if fields.get("speaker") not in SPEAKERS:
        raise BadRecord(f"{where}.speaker is not one of {', '.join(SPEAKERS)}.")
    return Said(
        speaker=fields["speaker"],
        at=_moment(fields, "at", where, now),
        text=_text(fields, "text", where, TEXT_LENGTH),
    )


def _answer(value: object, where: str, dropped: list[str]) -> Answer:
    fields = _fields(value, where, ("question", "answer"), dropped)
    return Answer(
        question=_text(fields, "question", where, TEXT_LENGTH),
        answer=_text(fields, "answer", where, TEXT_LENGTH),
    )


def _nickname(fields: dict) -> str | None:
    if fields.get("nickname") is None:
        return None
    return _text(fields, "nickname", "", NICKNAME_LENGTH).strip() or None


def _text(fields: dict, name: str, where: str, most: int, *, empty: bool = True) -> str:
    """A text that can be stored and shown again exactly as it is."""
    path = f"{where}.{name}" if where else name
    value = fields.get(name)
    if not isinstance(value, str) or not (value or empty):
        raise BadRecord(f"{path} is not a text." if name in fields else f"{path} is missing.")
    if len(value) > most:
        raise BadRecord(f"{path} is longer than {most:,} characters.")
    if "\0" in value:
        raise BadRecord(f"{path} has a NUL character.")
    if SURROGATE.search(value):
        raise BadRecord(f"{path} has half of a surrogate pair.")
    return value


def _moment(fields: dict, name: str, where: str, now: datetime) -> datetime:
    """An RFC 3339 time with its offset, in UTC, not in the future."""
    path = f"{where}.{name}" if where else name
    value = fields.get(name)
    if value is None:
        raise BadRecord(f"{path} is missing.")
    parts = MOMENT.fullmatch(value) if isinstance(value, str) else None
    moment = _utc(*parts.groups()) if parts else None
    if moment is None:
        raise BadRecord(f"{path} is not a time with an offset, as in 2026-01-31T16:05:00+00:00.")
    if moment > now:
        raise BadRecord(f"{path} is in the future.")
    return moment


def _utc(minute: str, second: str, offset: str) -> datetime | None:
    """None for a moment that no calendar has. A leap second counts as the second before it."""
    second = "59" if second.startswith("60") else second
    try:
        moment = datetime.fromisoformat(f"{minute}:{second}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year >= EARLIEST_YEAR else None

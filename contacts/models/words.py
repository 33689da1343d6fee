"""The words of a contact, each sealed under the contact's key and bound to its place."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, models, transaction
from psycopg2.extras import execute_values

from contacts.models.amending import as_it_stands
from contacts.models.contact import Contact
from contacts.vocabulary import NoteKind
from helpline.foundation import live
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.vault.sealed import CannotOpen, SealedText, seal, unseal

AT_ONCE = 1000  # lines in one INSERT
NEXT = """
WITH new AS (
    INSERT INTO contacts_line (contact_id, number, speaker, said_at, nonce, text)
    VALUES (%(contact)s, %(number)s, %(speaker)s, %(at)s, %(nonce)s, %(text)s)
), grown AS (
    UPDATE contacts_contact SET last_line = %(number)s WHERE id = %(contact)s
)
SELECT pg_notify(%(channel)s, %(bell)s)
"""


class Speaker(models.TextChoices):
    """Whose words a line holds; a worker's name is nowhere in it (S1-11)."""

    PERSON = "person", "Person"
    WORKER = "worker", "Helpline worker"
    BOT = "bot", "Chatbot"
    SYSTEM = "system", "System"


def head_of(contact: Contact) -> bytes:
    """What the places of all lines of a contact begin with."""
    return Line._meta.get_field("text").place(contact.pk, "")


def place_in(head: bytes, number: int, speaker: str) -> bytes:
    """`SealedText.place` of one line, several times as fast."""
    return b"%b%d\x1f%b" % (head, number, speaker.encode())


class Before(NamedTuple):
    """A line that came with a form earlier; no words when they cannot be opened."""

    number: int
    words: str | None


class Opened(NamedTuple):
    """A line as a row, for many at once; no words when they cannot be opened."""

    number: int
    speaker: str
    said_at: datetime
    words: str | None


class LineQuerySet(models.QuerySet["Line"]):
    def say_next(self, contact: Contact, speaker: str, words: str, nonce: uuid.UUID | None) -> int:
        """Store the next line of a contact whose row is locked, ring its bell, return its number.

        One statement, because whoever waits for this line waits for each of them.
        """
        contact.last_line += 1
        place = place_in(head_of(contact), contact.last_line, speaker)
        values = {
            "contact": contact.pk,
            "number": contact.last_line,
            "speaker": speaker,
            "at": this_minute(),
            "nonce": nonce,
            "text": seal(contact.key.cipher, words, place),
            "channel": live.CHANNEL,
            "bell": f"contact:{contact.pk}",
        }
        connection.ask(NEXT, values)
        return contact.last_line

    def say_all(self, contact: Contact, said: Iterable[tuple[str, datetime, str]]) -> None:
        """Store the lines (speaker, when, words) of a new contact, numbered from 1.

        For many lines at once: a record and a statement for each costs four times as much.
        """
        head, cipher = head_of(contact), contact.key.cipher
        rows = [
            (contact.pk, number, speaker, at, seal(cipher, words, place_in(head, number, speaker)))
            for number, (speaker, at, words) in enumerate(said, start=1)
        ]
        with connection.cursor() as cursor:
            execute_values(
                cursor.cursor,
                "INSERT INTO contacts_line (contact_id, number, speaker, said_at, text) VALUES %s",
                rows,
                page_size=AT_ONCE,
            )

    def said_with(self, nonce: uuid.UUID, contact: Contact) -> Before | None:
        """What this contact has stored from this form, if anything."""
        found = open_all(contact, list(self.filter(contact=contact, nonce=nonce)))
        return Before(found[0].number, found[0].words) if found else None

    def theirs_after(self, number: int) -> "LineQuerySet":
        """What the person has said after this line."""
        return self.filter(speaker=Speaker.PERSON, number__gt=number)

    def opened(self, contact: Contact) -> list["Line"]:
        """Every line in order, opened at once, by one query.

        The key is the contact's, which must have been fetched with it.
        """
        return open_all(contact, list(self.filter(contact=contact).order_by("number")))

    def opened_of(self, contacts: Iterable[Contact]) -> Iterator[tuple[Contact, list[Opened]]]:
        """Each of these contacts with its lines in order, as rows: records take twice as long.

        The keys are the contacts’, which must have been fetched with them.
        """
        by_pk = {contact.pk: contact for contact in contacts}
        rows = self.filter(contact__in=by_pk).order_by("contact", "number")
        columns = ("contact_id", "number", "speaker", "said_at", "text")
        for pk, lines in groupby(rows.values_list(*columns), itemgetter(0)):
            cipher, head = cipher_of(by_pk[pk]), head_of(by_pk[pk])
            opened = [
                Opened(number, who, at, open_one(cipher, sealed, place_in(head, number, who)))
                for _, number, who, at, sealed in lines
            ]
            if amended := by_pk[pk].amendments:
                opened = [
                    each._replace(words=as_it_stands(each.words, amended, ("line", each.number)))
                    for each in opened
                ]
            yield by_pk[pk], opened


def cipher_of(contact: Contact) -> AESGCM | None:
    """What opens the lines of a contact; None once its key is shredded."""
    try:
        return contact.key.cipher
    except CannotOpen:
        return None


def open_one(cipher: AESGCM | None, sealed: bytes, place: bytes) -> str | None:
    """The words of one line, or None."""
    try:
        return unseal(cipher, sealed, place) if cipher else None
    except CannotOpen:
        return None


def open_all(contact: Contact, lines: list["Line"]) -> list["Line"]:
    """These lines of one contact with their text in `words`, None where it cannot be opened.

    Opening 200 lines one attribute at a time costs three times as much.
    """
    cipher, head = cipher_of(contact), head_of(contact)
    for line in lines:
        place = place_in(head, line.number, line.speaker)
        line.words = open_one(cipher, line.__dict__["text"], place)
        if contact.amended:
            line.words = as_it_stands(line.words, contact.amendments, ("line", line.number))
    return lines


class Line(models.Model):
    """One thing said in a contact: numbered, sealed, never changed."""

    pk = models.CompositePrimaryKey("contact", "number")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    speaker = models.CharField(max_length=10, choices=Speaker)
    said_at = models.DateTimeField()
    nonce = models.UUIDField(null=True)  # of the form it came with, so that none comes twice
    text = SealedText(key="contact__key", bound=("contact", "number", "speaker"))

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "nonce"],
                condition=models.Q(nonce__isnull=False),
                name="line_said_once",
            )
        ]

    def __str__(self) -> str:
        return f"Line {self.number}"


class NoteQuerySet(models.QuerySet):
    def current(self) -> "NoteQuerySet":
        """Notes that no later one corrects."""
        return self.filter(corrected_by=None)


class Note(models.Model):
    """What a worker wrote down about a contact: factual, respectful, never changed (S1-16).

    A correction is a note of its own that names the one it corrects, which stays readable.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=20, choices=NoteKind, default=NoteKind.FACT)
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(default=this_minute)
    corrects = models.OneToOneField("self", models.CASCADE, null=True, related_name="corrected_by")
    text = SealedText(key="contact__key", bound=("pk", "contact", "kind", "written_by"))
    why_identifying = SealedText(null=True, key="contact__key", bound=("pk", "contact"))

    objects = NoteQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Note {self.id}"

    @property
    def told(self) -> str | None:
        """What it says as it stands now, which is what anybody is shown (Art 16)."""
        return as_it_stands(self.text, self.contact.amendments, ("note", self.pk))


class SurveyAnswer(models.Model):
    """One optional answer given after a chat, kept and removed with it (S2-21)."""

    pk = models.CompositePrimaryKey("contact", "number")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="survey", db_index=False)
    number = models.PositiveSmallIntegerField()
    question = SealedText(key="contact__key", bound=("contact", "number"))
    answer = SealedText(key="contact__key", bound=("contact", "number"))

    def __str__(self) -> str:
        return f"Survey answer {self.number}"


class DraftQuerySet(models.QuerySet):
    @transaction.atomic
    def keep(self, contact: Contact, words: str, *, by: Staff, place: str = "notes") -> None:
        """Keep what somebody has typed but not saved; nothing typed means nothing kept.

        The version is bound into the seal: an older draft put back in its place does not open
        (K04). Raises `WrongState` when the contact has gone meanwhile.
        """
        contact = contact.locked()
        mine = self.filter(contact=contact, staff=by, place=place)
        if not words.strip():
            mine.delete()
            return
        draft = mine.first() or self.model(contact=contact, staff=by, place=place)
        draft.contact, draft.version = contact, draft.version + 1
        draft.text, draft.kept_at = words, this_minute()
        draft.save()


class Draft(models.Model):
    """What somebody has typed but not saved: it survives a reload, and is theirs alone (G02)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="drafts")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    place = models.CharField(max_length=10, default="notes")
    version = models.PositiveIntegerField(default=0)
    kept_at = models.DateTimeField(default=this_minute)
    text = SealedText(key="contact__key", bound=("pk", "contact", "staff", "place", "version"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "staff", "place"], name="one_draft_each"),
        ]

    def __str__(self) -> str:
        return f"Draft {self.id}"

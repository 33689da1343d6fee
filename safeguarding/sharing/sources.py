"""What could be ticked: the words of the contact, its notes, and who the person is.

The same reading makes the form, the preview and the package, so they cannot differ.
"""

import uuid
from typing import Any, NamedTuple

from contacts.models import Contact, Line, ServiceUser, Speaker
from contacts.models.restricted import usable
from contacts.models.whose import record_of
from helpline.foundation.vault.sealed import CannotOpen
from safeguarding.sharing.kinds import ItemSource

SAID_BY: dict[str, str] = {Speaker.PERSON: "They said", Speaker.WORKER: "We said"}
DETAILS = {
    "names": "Name",
    "born": "Born",
    "phone": "Phone",
    "email": "E-mail",
    "address": "Home",
}


class Source(NamedTuple):
    """One thing that can be ticked, as it stands on the form and as it would leave."""

    source: str
    of: uuid.UUID
    ref: str
    label: str
    words: str

    @property
    def tick(self) -> str:
        """What names it on the form; the same as `SharedItem.tick`."""
        return f"{self.source}:{self.of if self.source == ItemSource.NOTE else self.ref}"

    @property
    def leaving(self) -> str:
        """As the recipient reads it."""
        return f"{self.label}: {self.words}" if self.label else self.words


def sources(contact: Contact | None) -> list[Source]:
    """All there is to tick about a contact whose key has been fetched; nothing past its date, and
    nothing restricted but for a use that somebody wrote down first (Art 18(2))."""
    if contact is None or not contact.is_unexpired() or not usable(contact):
        return []
    return [*identity(contact), *lines(contact), *notes(contact)]


def lines(contact: Contact) -> list[Source]:
    """What was said between the person and us; the chatbot's own words are everybody's."""
    said: list[Any] = Line.objects.opened(contact)
    return [
        Source(
            ItemSource.LINE,
            contact.pk,
            str(line.number),
            SAID_BY[line.speaker],
            f"“{line.words}”",
        )
        for line in said
        if line.speaker in SAID_BY and line.words
    ]


def notes(contact: Contact) -> list[Source]:
    """Notes that no later one corrects."""
    found = []
    for note in contact.notes.current().order_by("number", "written_at"):
        note.contact = contact
        words = opened(note, "told")
        if words:
            label = f"Our note ({note.get_kind_display().lower()})"
            found.append(Source(ItemSource.NOTE, note.pk, "", label, words))
    return found


def identity(contact: Contact) -> list[Source]:
    """What they told us of who they are: a nickname, and the record they chose to have."""
    found = []
    if nickname := opened(contact, "nickname"):
        found.append(
            Source(ItemSource.IDENTITY, contact.pk, "nickname", "Calls themselves", nickname)
        )
    chosen = record_of(contact)
    kept = ServiceUser.objects.kept().with_key().filter(pk=chosen) if chosen else ()
    for record in filter(usable, kept):
        for name, label in DETAILS.items():
            if words := opened(record, name):
                said = ", ".join(words.splitlines())
                found.append(Source(ItemSource.IDENTITY, record.pk, name, label, said))
    return found


def opened(record, name: str) -> str:
    """Sealed words, or nothing where they do not open: what cannot be read cannot be ticked."""
    try:
        return str(getattr(record, name) or "")
    except CannotOpen:
        return ""

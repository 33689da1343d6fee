"""What many people say in the same moment, stored in one transaction.

The ordinary case of `Visit.say` and nothing else: whatever is not plain is left to that verb.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from contacts.models.chat import TOKEN
from contacts.models.contact import Contact
from contacts.models.watching import ALIVE, alive
from contacts.models.words import Speaker, head_of, place_in
from helpline.foundation import live
from helpline.foundation.calendar import to_the_minute
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen, Ciphertext, seal

SIGN_EVERY = timedelta(seconds=10)  # how far a sign of the person may lag behind what they say

# Few statements, because between two of them a busy process may let the writer wait. Whoever holds
# a contact's lock is not waited for either: one slow verb must not hold up everybody else.
LOCKED = f"""
SELECT v.token, v.active_at, v.here_at, c.id, c.last_line, k.id, k.epoch, k.wrapped,
    said.nonce, again.number IS NOT NULL
FROM unnest(%(tokens)s::text[], %(nonces)s::uuid[]) AS said (token, nonce)
JOIN contacts_visit v ON v.token = said.token
JOIN contacts_contact c ON c.id = v.contact_id
JOIN vault_datakey k ON k.id = c.key_id
LEFT JOIN contacts_line again ON again.contact_id = c.id AND again.nonce = said.nonce
WHERE {ALIVE} AND v.here_at IS NOT NULL AND NOT v.message
    AND c.status IN ('waiting', 'open')
ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
"""  # noqa: S608 (a condition of ours)
STORE = """
WITH new AS (
    INSERT INTO contacts_line (contact_id, number, speaker, said_at, nonce, text)
    SELECT contact_id, number, 'person', %(at)s::timestamptz, nonce, text
    FROM unnest(%(contacts)s::uuid[], %(numbers)s::int[], %(nonces)s::uuid[], %(texts)s::bytea[])
        AS said (contact_id, number, nonce, text)
), grown AS (
    UPDATE contacts_contact SET last_line = said.number
    FROM unnest(%(grown)s::uuid[], %(last)s::int[]) AS said (contact_id, number)
    WHERE id = said.contact_id
), seen AS (
    UPDATE contacts_visit SET active_at = %(now)s, here_at = %(now)s
    WHERE contact_id = ANY(%(unseen)s::uuid[]) AND token IS NOT NULL
)
SELECT pg_notify(%(channel)s, 'contact:' || pk) FROM unnest(%(rung)s::uuid[]) AS pk
"""


class Said(NamedTuple):
    """What one person says: by the token of their visit, with the nonce of their form."""

    token: str
    words: str
    nonce: uuid.UUID


class Talk:
    """One contact whose row is locked, and what is about to be added to it."""

    def __init__(self, token: str, row: tuple) -> None:
        self.token = token
        self.active_at, self.here_at, self.pk, self.last_line, key, epoch, wrapped = row
        self.key = DataKey(id=key, epoch=epoch, wrapped=wrapped)
        self.head = head_of(Contact(pk=self.pk))
        self.earlier: set[uuid.UUID] = set()  # nonces of lines that are stored already
        self.said: dict[uuid.UUID, tuple[str, int]] = {}  # what each new nonce came with, and where
        self.new: list[tuple[int, uuid.UUID, Ciphertext]] = []

    def add(self, said: Said) -> int | None:
        """The number of this line, which is the old one for a form that comes again (H13).

        None for a form whose first sending is stored: whether it says the same the verb compares.
        """
        if said.nonce in self.earlier:
            return None
        if said.nonce not in self.said:
            sealed = self.sealed(self.last_line + 1, said.words)
            self.last_line += 1
            self.said[said.nonce] = said.words, self.last_line
            self.new.append((self.last_line, said.nonce, sealed))
        words, number = self.said[said.nonce]
        return number if words == said.words else None

    def sealed(self, number: int, words: str) -> Ciphertext:
        """The words for this place; raises `CannotOpen` when the key is gone."""
        return seal(self.key.cipher, words, place_in(self.head, number, Speaker.PERSON))


@transaction.atomic
def say_together(said: Sequence[Said]) -> list[int | None]:
    """Store these lines and return their numbers, as `Visit.say` would one by one.

    None for a line that has to take the ordinary way: its visit is not open for words, its contact
    is with the chatbot or in somebody else's hands just now, or its form has come before.
    """
    now = timezone.now()
    talks = locked(said, now)
    numbers = [added(talks.get(one.token), one) for one in said]
    store([talk for talk in talks.values() if talk.said], now)
    return numbers


def locked(said: Sequence[Said], now: datetime) -> dict[str, Talk]:
    """The talks that can go on, by token, their contacts locked."""
    asked = [(index, one) for one in said for index in blind.indexes(TOKEN, one.token)]
    owners = {index: one.token for index, one in asked}
    values = alive(now) | {
        "tokens": [index for index, _one in asked],
        "nonces": [one.nonce for _index, one in asked],
    }
    talks: dict[str, Talk] = {}
    for index, *row, nonce, is_stored in connection.ask(LOCKED, values):
        token = owners[index]
        talk = talks[token] = talks.get(token) or Talk(token, row)
        if is_stored:
            talk.earlier.add(nonce)
    return talks


def added(talk: Talk | None, said: Said) -> int | None:
    """The number of one line in its talk; None without one, or when its key does not open."""
    try:
        return talk.add(said) if talk else None
    except CannotOpen:
        return None


def store(talks: list[Talk], now: datetime) -> None:
    """Write what was added, that these people are there, and wake everybody who looks on."""
    grown = [talk for talk in talks if talk.new]
    unseen = [talk for talk in talks if min(talk.active_at, talk.here_at) < now - SIGN_EVERY]
    new = [(talk.pk, *line) for talk in grown for line in talk.new]
    values: dict[str, Any] = {
        "at": to_the_minute(now),
        "contacts": [pk for pk, _number, _nonce, _text in new],
        "numbers": [number for _pk, number, _nonce, _text in new],
        "nonces": [nonce for _pk, _number, nonce, _text in new],
        "texts": [text for _pk, _number, _nonce, text in new],
        "grown": [talk.pk for talk in grown],
        "last": [talk.last_line for talk in grown],
        "now": now,
        "unseen": [talk.pk for talk in unseen],
        "channel": live.CHANNEL,
        "rung": list({talk.pk for talk in [*grown, *unseen]}),
    }
    connection.ask(STORE, values)

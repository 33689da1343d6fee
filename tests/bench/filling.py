"""Many contacts at once, with real keys and real sealed words, by COPY."""

import io
import itertools
import os
import random
import uuid
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from contacts.handles import new_handle
from contacts.models import Contact, Line
from contacts.models.contact import KEEP_MONTHS
from helpline.foundation.calendar import add_months, london_date, to_the_minute
from helpline.foundation.vault import ring
from helpline.foundation.vault.sealed import seal

CHUNK = 100_000  # rows in one COPY
KEY_COLUMNS = ("id", "epoch", "wrapped")
CONTACT_COLUMNS = (
    *("id", "handle", "service", "channel", "status", "key_id", "started_at", "answered_at"),
    *("ended_at", "last_line", "purge_on", "held"),
)
LINE_COLUMNS = ("contact_id", "number", "speaker", "said_at", "text")
WORDS = (
    "I don't really know how to say this but I can't stay there tonight.",
    "that sounds really hard. are you somewhere safe right now?",
    "yeah",
    "my brother said he would come and get me after work but he hasn't",
    "ok thank you",
)


def defaults(model: type[Model], written: Collection[str]) -> dict[str, object]:
    """The columns of a table that start out the same in every row, except those written here."""
    fields = (f for f in model._meta.concrete_fields if f.has_default())
    return {
        field.column: field.default
        for field in fields
        if field.column not in written and not callable(field.default) and field.default is not None
    }


class Made:
    """One contact with its own key, not stored yet."""

    def __init__(self, started_at: datetime, handle: str, held: bool, lines: int):
        self.pk, self.key_pk, self.raw = uuid.uuid4(), uuid.uuid4(), AESGCM.generate_key(256)
        self.started_at, self.handle, self.held = to_the_minute(started_at), handle, held
        self.lines = lines

    def key_row(self, epoch: ring.Epoch, wrap: AESGCM) -> tuple:
        nonce = os.urandom(12)
        wrapped = wrap.encrypt(nonce, self.raw, self.key_pk.bytes + b"%d" % epoch.number)
        return self.key_pk, epoch.number, nonce + wrapped

    def contact_row(self) -> tuple:
        purge_on = add_months(london_date(self.started_at), KEEP_MONTHS)
        begun = self.started_at.isoformat()
        times = (begun, begun, begun)
        row = (self.pk, self.handle, "helpline", "chat", "ended", self.key_pk)
        return (*row, *times, self.lines, purge_on, "t" if self.held else "f")

    def line_rows(self) -> Iterator[tuple]:
        cipher, field = AESGCM(self.raw), Line._meta.get_field("text")
        head, at = field.place(self.pk, ""), self.started_at.isoformat()
        for number in range(1, self.lines + 1):
            speaker = "person" if number % 2 else "worker"
            place = head + b"%d\x1f%b" % (number, speaker.encode())
            words = WORDS[number % len(WORDS)]
            yield self.pk, number, speaker, at, seal(cipher, words, place)


def fill(count: int, *, lines: int, first: datetime, last: datetime, held: float = 0.0) -> None:
    """Store `count` ended contacts begun evenly between two moments, a share of them held."""
    rng, epoch = random.Random(), ring.newest()
    wrap, step = ring.cipher(epoch.number), (last - first) / count
    handles, others = _handles(rng), defaults(Contact, CONTACT_COLUMNS)
    columns, same = (*CONTACT_COLUMNS, *others), tuple(others.values())
    made = (
        Made(first + number * step, next(handles), rng.random() < held, lines)
        for number in range(count)
    )
    while chunk := list(itertools.islice(made, max(1, CHUNK // max(lines, 1)))):
        copy("vault_datakey", KEY_COLUMNS, (one.key_row(epoch, wrap) for one in chunk))
        copy("contacts_contact", columns, (one.contact_row() + same for one in chunk))
        copy("contacts_line", LINE_COLUMNS, (row for one in chunk for row in one.line_rows()))


def _handles(rng: random.Random) -> Iterator[str]:
    given = set(Contact.objects.values_list("handle", flat=True))
    while True:
        if (handle := new_handle(rng)) not in given:
            given.add(handle)
            yield handle


def copy(table: str, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    """COPY rows in; bytes as hexadecimal, everything else as it prints."""
    text = io.StringIO()
    for row in rows:
        cells = (rf"\\x{c.hex()}" if isinstance(c, bytes) else str(c) for c in row)
        text.write("\t".join(cells) + "\n")
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)


def settled() -> None:
    """Statistics and visibility as autovacuum would leave them, and the dirty pages on disk."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def a_conversation(lines: int) -> Contact:
    """One recent contact of so many lines, its key at hand."""
    now = timezone.now()
    fill(1, lines=lines, first=now - timedelta(hours=1), last=now)
    return Contact.objects.with_key().newest_first()[0]

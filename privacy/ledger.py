"""The erasure ledger: an append-only file outside the database that says which contacts are gone.

A database restored from a backup has forgotten its own deletions. The ledger has not, so a database
that is behind does not start until the ledger has been replayed (C17). It holds random ids only:
of what is gone, and beside them of what was removed from something that stays.

Each entry is written twice: `gone` before the transaction commits, `done` after it. An entry
without
its `done` belongs to a process that was killed; whether it committed is read from the database.
"""

import fcntl
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from privacy.models import LedgerPosition


class LedgerBehind(Exception):
    """The ledger knows less than the database: it was lost or is an old copy."""


class DatabaseBehind(Exception):
    """The database has forgotten what the ledger knows: it was restored and not replayed."""


class Entry(NamedTuple):
    """One batch of contacts that went together; `done` once the database has committed it."""

    number: int
    gone: list[str]
    done: bool
    parts: dict[str, list[str]] = {}

    @property
    def contacts(self) -> list[uuid.UUID]:
        """Which they were; made only when asked for, because the ledger grows for ever."""
        return [uuid.UUID(hex=pk) for pk in self.gone]

    @property
    def forgotten(self) -> dict[str, list[uuid.UUID]]:
        """What was removed from something that stays: of each kind, from which."""
        return {what: [uuid.UUID(hex=pk) for pk in ids] for what, ids in self.parts.items()}


def path() -> Path:
    """Where the ledger lies: beside the key ring, never in the database's folder."""
    return settings.KEYS_DIR / "ledger.jsonl"


@contextmanager
def _locked(mode: str) -> Iterator:
    with open(os.open(path(), os.O_RDWR | os.O_CREAT, 0o600), mode) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _append(**line) -> None:
    """Add one line and wait until the disk has it. A line cut short by a crash is closed first."""
    with _locked("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            whole = file.read(1) == b"\n"
            file.write(b"" if whole else b"\n")
        file.write(json.dumps(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def entries() -> Iterator[Entry]:
    """Every entry in order; a line that a crash cut short was never acted upon and is passed
    over."""
    if not path().exists():
        return
    waiting: dict[int, Entry] = {}
    with open(path(), "rb") as file:
        for line in file:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if "gone" in said:
                number, gone = said.pop("number"), said.pop("gone")
                waiting[number] = Entry(number, gone, done=False, parts=said)
            elif "void" in said:
                waiting.pop(said["void"], None)
            elif said["done"] in waiting:
                yield waiting.pop(said["done"])._replace(done=True)
    for _, entry in sorted(waiting.items()):
        yield entry


def position() -> int:
    """The number of the last entry this database has done."""
    return LedgerPosition.objects.values_list("number", flat=True).first() or 0


def write(gone: Iterable[str], **parts: Iterable[str]) -> int:
    """Within the purging transaction: note what is going, on disk before the commit.

    `parts` names what was removed from something that stays, by its kind.
    The caller holds the purge's lock, so numbers are given out one at a time.
    """
    number = position() + 1
    said = {"gone": gone} | {what: ids for what, ids in parts.items() if ids}
    _append(number=number, **{what: [pk.replace("-", "") for pk in said[what]] for what in said})
    reach(number)
    transaction.on_commit(lambda: _append(done=number))
    return number


def reach(number: int) -> None:
    """Note that this database has done everything up to `number`."""
    if not LedgerPosition.objects.filter(only=True).update(number=number):
        LedgerPosition.objects.create(number=number)


def settle() -> None:
    """Close entries that a killed process left open: done if the database has them, void if not."""
    reached = position()
    for entry in list(entries()):
        if not entry.done:
            _append(**{"done" if entry.number <= reached else "void": entry.number})


def ahead() -> int:
    """How many done entries this database has not done; above 0 it was restored and may not start.

    An entry that the database has done counts, even if its `done` line was never written.
    Raises `LedgerBehind` when it is the ledger that is old.
    """
    reached = position()
    done = (entry.number for entry in entries() if entry.done or entry.number <= reached)
    known = max(done, default=0)
    if known < reached:
        raise LedgerBehind(
            f"The erasure ledger {path()} ends at entry {known}, but this database has done"
            f" {reached}. Restore the ledger from its copy."
        )
    return known - reached


def be_level() -> None:
    """Settle; raise `DatabaseBehind` or `LedgerBehind` unless both tell the same story."""
    settle()
    if missing := ahead():
        raise behind(missing)


def must_be_remembered() -> None:
    """Raise `DatabaseBehind` for an entry that is done and that this database has not.

    May be asked while a purge is at work: the file is read first, so what is done meanwhile is
    done in both.
    """
    known = max((entry.number for entry in entries() if entry.done), default=0)
    if (missing := known - position()) > 0:
        raise behind(missing)


def behind(missing: int) -> DatabaseBehind:
    """This database has not done so many entries of the ledger."""
    return DatabaseBehind(
        f"This database was restored: {missing} entries of the erasure ledger are not done in it."
        " Run `./run manage replay_ledger` first."
    )

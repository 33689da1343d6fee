"""Import conversations of an older system from files of JSON Lines, one conversation a line."""

import re
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contacts import importing
from contacts.importing import BadRecord, Conversation, Outcome
from contacts.progress import Progress
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Service

BOM = b"\xef\xbb\xbf"
MOST = importing.RECORD_BYTES
FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,60}")
FIELD_NAMES = 100  # told apart; a file cannot fill the memory with names it makes up
OTHER = "(other names)"
INTERRUPTED = 130


class Record(NamedTuple):
    """A line of a file: its number, its bytes (None when there are too many), and how many."""

    number: int
    content: bytes | None
    size: int


def records(file: BinaryIO) -> Iterator[Record]:
    """Each line of a file of any size, with never more than one record in memory."""
    number = 0
    while line := file.readline(MOST + 2):
        number += 1
        size, rest = len(line), line
        content = line.removesuffix(b"\n").removesuffix(b"\r")
        if number == 1:
            content = content.removeprefix(BOM)
        while not rest.endswith(b"\n") and (rest := file.readline(MOST)):
            size += len(rest)
        yield Record(number, content if len(content) <= MOST else None, size)


class Command(BaseCommand):
    help = "Import old conversations. Safe to run twice. Exit 1 when a record was refused."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="JSON Lines in UTF-8")
        parser.add_argument("--service", choices=Service.values, default=Service.HELPLINE.value)
        parser.add_argument("--dry-run", action="store_true", help="check and count, store nothing")

    def handle(self, *args, files, service, dry_run, **options):
        self.service, self.dry_run = service, dry_run
        self.counts: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self.seen: set[str] = set()
        self.stderr.style_func = None
        size = sum(size_of(path) for path in files)
        try:
            with Progress(self.stderr, size) as self.progress:
                for path in files:
                    self._import(path)
        except KeyboardInterrupt:
            self.stderr.write("Stopped. What is stored stays; run it again to go on.")
            self._report()
            raise SystemExit(INTERRUPTED) from None
        self._report()
        if self.counts["refused"]:
            raise SystemExit(1)

    def _import(self, path: str) -> None:
        with open(path, "rb") as file:
            for record in records(file):
                lines = 0
                try:
                    lines = self._take(record)
                except BadRecord as reason:
                    self.counts["refused"] += 1
                    self.progress.say(f"{path}:{record.number}: {reason}")
                self.progress.add(record.size, lines)

    def _take(self, record: Record) -> int:
        """Store one record, or find that it would be; how many lines it has if so."""
        if record.content is None:
            raise BadRecord(f"The record is larger than {MOST // 1024**2} MB.")
        if not record.content.strip():
            return 0
        found = importing.conversation(importing.decoded(record.content), timezone.now())
        outcome = self._outcome(found)
        self.counts[outcome] += 1
        if outcome != Outcome.STORED:
            return 0
        for name in found.dropped:
            known = name in self.dropped or len(self.dropped) < FIELD_NAMES
            self.dropped[name if known and FIELD_NAME.fullmatch(name) else OTHER] += 1
        return len(found.lines)

    def _outcome(self, found: Conversation) -> Outcome:
        if not self.dry_run:
            return importing.store(found, service=self.service, today=london_today())
        outcome = importing.rehearse(found, service=self.service, today=london_today())
        if outcome == Outcome.STORED and found.external_id in self.seen:
            return Outcome.SKIPPED
        self.seen.add(found.external_id)
        return outcome

    def _report(self) -> None:
        for name, count in sorted(self.dropped.items()):
            self.stdout.write(f"dropped {name}: {count}")
        if self.dry_run:
            self.stdout.write("Nothing was stored: this was a dry run.")
        counted = [f"{name}={self.counts[name]}" for name in (*Outcome.values, "refused")]
        self.stdout.write(" ".join([*counted, f"dropped={self.dropped.total()}"]))


def size_of(path: str) -> int:
    """The bytes of a file, 0 for a pipe; raises `CommandError` for one that cannot be read."""
    try:
        found = Path(path).stat()
        if not stat.S_ISFIFO(found.st_mode):
            open(path, "rb").close()
    except OSError as problem:
        raise CommandError(
            f"{path} cannot be read: {problem.strerror}. Nothing was imported.", returncode=2
        ) from None
    return found.st_size

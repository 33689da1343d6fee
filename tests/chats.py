"""Conversations to import: made-up records, and real anonymous chats (chitchat-dataset, MIT).

The real ones are never shown to anybody.
"""

import io
import itertools
import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import chitchat_dataset
from django.core.management import call_command
from django.utils import timezone

from contacts.models import Contact, Line
from helpline.foundation.calendar import add_months, london_date

MONTHS = 17
SECRET = "zebra umbrella"  # words that may turn up nowhere


def ago(**time) -> str:
    return (timezone.now() - timedelta(**time)).isoformat()


def a_line(text=SECRET, **changes) -> dict:
    return {"speaker": "person", "at": ago(hours=1), "text": text} | changes


def a_record(**changes) -> dict:
    record = {"external_id": "chat-1", "started_at": ago(hours=2), "nickname": None}
    return record | {"lines": [a_line()], "survey": []} | changes


def importer(path: Path):
    """Imports records (or raw bytes) from one file: exit code, last line of output, complaints."""

    def run(*records, **options):
        lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        code, out, err = 0, io.StringIO(), io.StringIO()
        try:
            call_command("import_transcripts", str(path), stdout=out, stderr=err, **options)
        except SystemExit as end:
            code = end.code
        problems = err.getvalue().replace(f"{path}:", "FILE:").splitlines()[:-1]
        return code, out.getvalue().splitlines()[-1], problems

    return run


def counts(*, stored=0, skipped=0, too_old=0, refused=0, dropped=0) -> str:
    """The last line of an import."""
    return f"stored={stored} {skipped=} {too_old=} {refused=} {dropped=}"


def words(contact: Contact) -> list[str | None]:
    """The lines of a contact, opened."""
    contact = Contact.objects.with_key().get(pk=contact.pk)
    return [line.words for line in Line.objects.opened(contact)]


def all_chats() -> dict[str, list[dict]]:
    """Every chat by its id: messages in order, each with `sender`, `timestamp` and `text`."""
    folder = Path(chitchat_dataset.__file__).parent
    chats = json.loads((folder / "dataset.json").read_text())
    return {name: list(itertools.chain(*chat["messages"])) for name, chat in chats.items()}


def re_dated(rng: random.Random, now: datetime, count: int | None = None) -> Iterator[dict]:
    """Chats as records, begun at random in the last 17 months, the times between lines kept."""
    earliest = london_date(now) - add_months(london_date(now), -MONTHS)
    for name, messages in itertools.islice(all_chats().items(), count):
        times = [datetime.fromisoformat(message["timestamp"]) for message in messages]
        room = earliest - (times[-1] - times[0])
        began = now - (times[-1] - times[0]) - rng.random() * max(room, timedelta())
        yield {
            "external_id": name,
            "started_at": began.isoformat(),
            "nickname": None,
            "lines": [
                {
                    "speaker": "person" if said["sender"] == messages[0]["sender"] else "worker",
                    "at": (began + (at - times[0])).isoformat(),
                    "text": said["text"],
                }
                for said, at in zip(messages, times, strict=True)
            ],
            "survey": [],
        }

"""Processes that are killed in the middle of their work, as by a power cut.

Run as `python -m tests.killing` it waits for orders on its standard input and forks a child for
each, which costs milliseconds where a process of its own would cost a second.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event
from unittest.mock import patch

import django
from django.conf import settings
from django.db import connection

from tests.racing import everybody_left, until

KILLED = -signal.SIGKILL


@contextmanager
def killers():
    """`order(act, at=…, after=…)` has a child do something and says how it ended.

    `at` names the point where it kills itself, `after` the seconds from its start to its end.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killing"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def order(act: str, **details) -> int:
        here = {"database": connection.settings_dict["NAME"], "keys": str(settings.KEYS_DIR)}
        process.stdin.write(json.dumps({"act": act} | here | details) + "\n")
        process.stdin.flush()
        ended = int(process.stdout.readline())
        until(everybody_left)
        return ended

    try:
        yield order
    finally:
        process.communicate()


def die(*args, **kwargs):
    """What a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(whole):
    """`whole`, and then the power cut."""

    def wrapped(*args, **kwargs):
        whole(*args, **kwargs)
        die()

    return wrapped


def points() -> dict:
    """Where to die: what is replaced by what."""
    from contacts.models import Dispatch
    from contacts.written import sending
    from helpline.foundation.outbox.models import Message
    from helpline.foundation.vault import ring, turning
    from helpline.foundation.vault.models import DataKeyQuerySet
    from privacy import ledger, retention
    from safeguarding.models import Alert

    append = ledger._append

    def half_a_line(**line):
        with open(ledger.path(), "ab") as file:
            file.write(json.dumps(line).encode()[:20])
        die()

    def dying_before_done(**line):
        if "done" in line:
            die()
        append(**line)

    return {
        "before the keys go": (DataKeyQuerySet, "destroy", die),
        "after the keys have gone": (
            DataKeyQuerySet,
            "destroy",
            dying_after(DataKeyQuerySet.destroy),
        ),
        "in the middle of a ledger line": (ledger, "_append", half_a_line),
        "before the commit": (ledger, "write", dying_after(ledger.write)),
        "after the commit": (ledger, "_append", dying_before_done),
        "before the run record": (retention, "finish", die),
        "after one chunk of keys": (turning, "_store", dying_on_the_second(turning._store)),
        "before a key is moved": (turning, "_store", die),
        "before epochs are destroyed": (ring, "destroy", die),
        "before a message is forgotten": (Message, "_forget", die),
        "before a message is sent": (Message, "send", die),
        "before an answer is handed over": (sending, "handed_over", die),
        "before an answer is noted": (Dispatch, "sent", die),
        "after an answer is noted": (Dispatch, "sent", dying_after(Dispatch.sent)),
        "in the middle of an alert": (Alert, "leave", dying_after(Alert.leave)),
    }


def dying_on_the_second(whole):
    """`whole` once; the power cut instead of a second time."""
    calls = []

    def wrapped(*args):
        if calls:
            die()
        calls.append(args)
        whole(*args)

    return wrapped


def act_out(order: dict, begun: int) -> None:
    """In the child: do what was ordered, on the test's own database and keys.

    `begun` is the file descriptor that hears when the work itself begins.
    """
    from contacts.written import sending
    from helpline.foundation.outbox.tasks import send_what_waits
    from helpline.foundation.vault import turning
    from privacy import retention
    from safeguarding import sweeping

    connection.settings_dict["NAME"] = order["database"]
    settings.KEYS_DIR = Path(order["keys"])
    for name, value in order.get("settings", {}).items():
        setattr(settings, name, value)
    today = date.fromisoformat(order["today"]) if "today" in order else None
    acts = {
        "purge": lambda: retention.purge_all(today),
        "turn": lambda: turning.turn(today),
        "send": send_what_waits,
        "answer": sending.send_all,
        "sweep": sweeping.sweep,
    }
    retention.BATCH, turning.CHUNK = order.get("batch", 300), order.get("chunk", 1000)
    connection.ensure_connection()
    os.write(begun, b".")
    if "at" in order:
        owner, name, replacement = points()[order["at"]]
        with patch.object(owner, name, replacement):
            acts[order["act"]]()
    else:
        acts[order["act"]]()


def main() -> None:
    """Take orders until there are no more."""
    django.setup()
    points()  # so that no child has to import anything
    for line in sys.stdin:
        order = json.loads(line)
        hears, begun = os.pipe()
        child = os.fork()
        if not child:
            act_out(order, begun)
            os._exit(0)
        os.close(begun)
        os.read(hears, 1)
        os.close(hears)
        if "after" in order:
            Event().wait(order["after"])
            os.kill(child, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()

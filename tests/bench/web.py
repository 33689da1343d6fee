"""The product's own web process on the benchmarks' database, and browsers before it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.middleware import csrf

from tests.serving import served
from tests.speaking import SECRET, Person


@contextmanager
def web(**environment) -> Iterator[tuple[int, int]]:
    """One web process: its port and its process id."""
    with tempfile.NamedTemporaryFile() as log, served(log, **environment) as (port, process):
        try:
            yield port, process.pid
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode())
            raise


class Browsers:
    """A process that loads the web process; its streams are open until the block ends."""

    def __init__(self, port: int, people: list[Person], streams, **order) -> None:
        self.order = order | {
            "port": port,
            "people": [(cookie_of(one), csrf._mask_cipher_secret(SECRET)) for one in people],
            "streams": streams,
        }

    def __enter__(self) -> "Browsers":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.tell(self.order)
        opened = self.heard()["open"]
        if opened != len(self.order["streams"]):
            raise SystemExit(f"Only {opened} of {len(self.order['streams'])} streams opened.")
        return self

    def __exit__(self, *problem) -> None:
        self.process.terminate()
        self.process.communicate()

    def begin(self) -> None:
        """Let the work begin."""
        self.tell({})

    def tell(self, what: dict) -> None:
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        self.process.stdin.flush()

    def heard(self) -> dict:
        """What the browsers say next: in the end what they measured."""
        return json.loads(self.process.stdout.readline())


def cookie_of(person: Person) -> str:
    return person.headers[0][1]


def stream_of(person: Person) -> tuple[str, str]:
    return "/live/chat/?after=0", cookie_of(person)


def memory(pid: int) -> int:
    """The bytes that a process has in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def connections() -> int:
    """How many connections this database has, but for our own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]

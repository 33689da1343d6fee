"""One whole `./run`, shared by every test that needs the product as people start it."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event

import psycopg2
import pytest

from helpline.dev import processes
from helpline.dev.environment import without_settings
from helpline.dev.home import ROOT, Home
from tests.ports import free_port

PATIENCE = 30  # seconds
NAMES = ("web", "worker", "beat", "postgres", "redis")


def until(answer, patience=3 * PATIENCE):
    """The first true answer; fails when none comes in time."""
    end = time.monotonic() + patience
    while not (said := answer()):
        assert time.monotonic() < end, "waited too long"
        Event().wait(0.05)
    return said


class Running:
    """A `./run` on a port and a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def command(self, *arguments, **settings) -> dict:
        """How to call `./run` on this home, for `subprocess`."""
        env = without_settings(dict(os.environ))
        env |= {"HELPLINE_HOME": str(self.home), "PORT": str(self.port)} | settings
        return {"args": [sys.executable, str(ROOT / "run"), *arguments], "env": env, "text": True}

    def call(self, *arguments, **settings) -> subprocess.CompletedProcess:
        """Call `./run` and wait for its end."""
        return subprocess.run(**self.command(*arguments, **settings), capture_output=True)

    def manage(self, *arguments) -> subprocess.CompletedProcess:
        """Call `./run manage`."""
        return self.call("manage", *arguments)

    def start(self) -> float:
        """Start it; the seconds until it was ready."""
        began = time.monotonic()
        self.home.parent.mkdir(exist_ok=True)
        with open(self.home.with_suffix(".log"), "ab") as log:
            self.process = subprocess.Popen(
                **self.command(), stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        assert self.process.stdout.readline() == f"Ready: {self.url}\n", self.said()
        return time.monotonic() - began

    def stop(self, number=signal.SIGTERM) -> int:
        """Send it a signal and wait; its exit code."""
        self.process.send_signal(number)
        self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        """What it told on stderr so far."""
        return self.home.with_suffix(".log").read_text()

    @property
    def env(self) -> dict[str, str]:
        """The settings in its `env` file."""
        return Home(self.home).in_force()

    def pid(self, name: str) -> int:
        """The pid in its file, once that is there and written whole."""
        path = self.home / "pids" / f"{name}.pid"

        def written() -> str:
            try:
                return path.read_text().strip()
            except FileNotFoundError:  # its process is being started again
                return ""

        return int(until(written))

    def left(self) -> list[str]:
        """The commands of living processes that it, or its children, started."""
        mine = [self.pid(name) for name in NAMES if (self.home / f"pids/{name}.pid").exists()]
        place = str(Home(self.home).data)
        rows = processes.table()
        return [row.command for row in rows if row.group in mine or place in row.command]

    def status(self) -> int:
        """The status of its first page, or 0 when nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def is_whole(self) -> bool:
        """Whether database and pages answer."""
        try:
            psycopg2.connect(self.env["DATABASE_URL"]).close()
        except psycopg2.OperationalError:
            return False
        return self.status() == 200

    def remove(self) -> None:
        """Remove everything that it made."""
        shutil.rmtree(Home(self.home).data, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.with_suffix(".log").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def running():
    """The product as `./run` starts it, demo and all."""
    product = Running(Path(tempfile.gettempdir()) / f"helpline-run-{os.getpid()}")
    product.start()
    yield product
    if product.process.poll() is None:
        product.stop()
    product.remove()


def core_limit(pid: int) -> list[str]:
    """How large a core dump of this process may get: at first, at most, unit."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line for line in lines if line.startswith("Max core file size")).split()[-3:]

"""Starting processes, knowing them again, and ending them."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from helpline.dev import stopping
from helpline.dev.account import Account
from helpline.dev.home import Home
from helpline.dev.words import progress

PROC = Path("/proc")
HASTE = 5  # seconds: a process that ends sooner waits before it is started again
PAUSE = 1  # seconds


class Row(NamedTuple):
    """One living process. With its start a pid is never mistaken for a later one's."""

    pid: int
    group: int
    started: str
    command: str


def table() -> list[Row]:
    """Every process of this machine that can be seen."""
    if (PROC / "self" / "stat").exists():
        rows = (_from_proc(entry) for entry in PROC.iterdir() if entry.name.isdigit())
        return [row for row in rows if row]
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,lstart=,command="],  # noqa: S607 – wherever this system has it
        capture_output=True,
        text=True,
        env={"PATH": "/bin:/usr/bin", "LC_ALL": "C"},
    )
    words = (line.split(None, 7) for line in listing.stdout.splitlines())
    return [Row(int(w[0]), int(w[1]), " ".join(w[2:7]), w[7]) for w in words if len(w) == 8]


def _from_proc(entry: Path) -> Row | None:
    try:
        state, *rest = (entry / "stat").read_text().rpartition(")")[2].split()
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    if state in "ZX":
        return None
    return Row(int(entry.name), int(rest[1]), f"{_boot()} {rest[18]}", command.strip())


def _boot() -> str:
    """Which boot this is: /proc counts a process's start from it."""
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


@dataclass
class Service:
    """A process that must run: how to start it, and how it is asked to end."""

    name: str
    command: list[str]
    env: dict[str, str]
    account: Account
    cwd: Path
    ask: signal.Signals = signal.SIGTERM
    insist: signal.Signals = signal.SIGKILL
    process: subprocess.Popen | None = field(default=None, repr=False)
    started_at: float = 0
    due: float = 0

    def start(self, home: Home) -> None:
        """Start it in a session of its own, so that a Ctrl-C in the terminal reaches only `run`."""
        with stopping.later(), open(home.log(self.name), "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
                **self.account.options(),
            )
            self.started_at = time.monotonic()
            record(home, self.name, self.process.pid, self.command[0])
            home.pid_file(self.name).write_text(f"{self.process.pid}\n")

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self, home: Home) -> None:
        """Start it again, after a pause if it had only just been started."""
        now = time.monotonic()
        if self.process is not None:
            progress(f"{self.name} ended ({self.process.returncode}) and is started again.")
            self.signal(signal.SIGKILL)
            self.process = None
            self.due = now + PAUSE if now - self.started_at < HASTE else now
        if now >= self.due:
            self.start(home)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; SIGKILL goes to its children too."""
        if self.process is None:
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            elif self.process.poll() is None:
                self.process.send_signal(number)
        except ProcessLookupError:
            pass


def record(home: Home, name: str, pid: int, program: str) -> None:
    """Write down what was started, so that a later `run` knows it again."""
    started = next((row.started for row in table() if row.pid == pid), "")
    entry = {"pid": pid, "started": started, "program": program}
    home.write_processes(home.processes() | {name: entry})


def end(services: list[Service], home: Home, patience: float) -> None:
    """Ask each to end, insist when `patience` seconds have passed, and leave no child behind."""
    for service in services:
        service.signal(service.ask)
    _wait(services, patience)
    for service in services:
        if service.alive():
            service.signal(service.insist)
    _wait(services, 1)
    for service in services:
        service.signal(signal.SIGKILL)
        if service.process is not None:
            service.process.wait()
        service.process = None
        home.pid_file(service.name).unlink(missing_ok=True)


def _wait(services: list[Service], seconds: float) -> None:
    until = time.monotonic() + seconds
    while any(service.alive() for service in services) and time.monotonic() < until:
        time.sleep(0.05)


def end_leftovers(home: Home) -> None:
    """End what a killed `run` left behind: only processes that it started itself."""
    records = home.processes()
    stops = {"postgres": signal.SIGINT}
    ours = [(name, row) for name, record in records.items() for row in _of(record)]
    for name, row in ours:
        _kill(row.pid, stops.get(name, signal.SIGKILL))
    until = time.monotonic() + 8
    while ours and time.monotonic() < until:
        time.sleep(0.05)
        ours = [(name, row) for name, record in records.items() for row in _of(record)]
    for _, row in ours:
        _kill(row.pid, signal.SIGKILL)
    for name in records:
        home.pid_file(name).unlink(missing_ok=True)
    home.write_processes({})


def _of(record: dict) -> list[Row]:
    """The process of a record and its children, even when they have outlived it.

    Another process may bear its number by now: then that group is not ours.
    """
    group = [row for row in table() if record["pid"] in (row.pid, row.group)]
    leader = next((row for row in group if row.pid == record["pid"]), None)
    if leader is not None:
        return group if leader.started == record["started"] else []
    return [row for row in group if row.command.startswith(record["program"])]


def _kill(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass

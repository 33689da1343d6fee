"""HELPLINE_HOME: everything that `./run` keeps on this machine, and who is using it."""

import errno
import fcntl
import json
import os
import shlex
from pathlib import Path
from typing import Any

from helpline.dev.words import Refusal

ROOT = Path(__file__).resolve().parent.parent.parent
IN_FORCE = "# In force at the last start; the environment comes before this file."
MADE_HERE = "# Made here once and kept. Without these keys the database cannot be read."
LOG_LIMIT = 5_000_000  # bytes, after which a log begins anew and one old one is kept


def chosen() -> Path:
    """The folder HELPLINE_HOME names, else `.dev` beside `run`."""
    given = os.environ.get("HELPLINE_HOME")
    return Path(os.path.abspath(given)) if given else ROOT / ".dev"


class Home:
    """One folder of data; `test` and `bench` below it are homes of their own."""

    def __init__(self, path: Path, above: "Home | None" = None) -> None:
        self.path = path
        self.above = above
        self._lock: Any = None

    @property
    def top(self) -> "Home":
        return self.above or self

    @property
    def link(self) -> Path:
        """`data`, which is a link where the account of the servers cannot reach this folder."""
        return self.top.path / "data"

    @property
    def data(self) -> Path:
        """Where the servers keep theirs."""
        real = self.link.resolve()
        return real if self.above is None else real / self.path.name

    def open(self) -> "Home":
        """Make the folders; refuse when they cannot be written."""
        try:
            # As root, the servers' account passes through to its own; all else below is closed.
            before = os.umask(0o066 if os.geteuid() == 0 else 0o077)
            self.path.mkdir(parents=True, exist_ok=True)
            os.umask(before)
            for name in ("beat", "keys", "logs", "mail", "pids", "static"):
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
            (self.path / "lock").touch(mode=0o600)
            if not os.access(self.path / "lock", os.R_OK | os.W_OK):
                raise PermissionError(errno.EACCES, "it belongs to another account")
        except OSError as problem:
            raise Refusal(
                f"The folder {self.path} cannot be used ({problem.strerror}):"
                " choose another with HELPLINE_HOME."
            ) from None
        return self

    def claim(self, purpose: str) -> bool:
        """Become the one `run` that works here; False while another does. Ends with the process."""
        file = open(self.path / "lock", "r+")  # noqa: SIM115 – open as long as the claim lasts
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._lock = file
        self.describe(purpose)
        return True

    def describe(self, purpose: str) -> None:
        """Say what this folder is in use for: `serve`, `ready`, `manage`, `test` or `bench`."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(f"{purpose} {os.getpid()}\n")
        self._lock.flush()

    def used_for(self) -> str:
        """What the `run` that holds this folder said last."""
        return ((self.path / "lock").read_text().split() or ["serve"])[0]

    def release(self) -> None:
        """Let another `run` work here."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def log(self, name: str) -> Path:
        """The log of one process, begun anew when it has grown long."""
        path = self.path / "logs" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def pid_file(self, name: str) -> Path:
        return self.path / "pids" / f"{name}.pid"

    def made(self) -> dict[str, str]:
        """The keys made here, from the first part of `env`."""
        return _assignments(self._env().split(IN_FORCE)[0])

    def in_force(self) -> dict[str, str]:
        """Every setting of the last start."""
        return _assignments(self._env())

    def _env(self) -> str:
        try:
            return (self.path / "env").read_text()
        except FileNotFoundError:
            return ""

    def write_env(self, made: dict[str, str], in_force: dict[str, str]) -> None:
        """Write `env`, for this account's eyes only; a shell can source it."""
        shown = {name: value for name, value in in_force.items() if made.get(name) != value}
        lines = [MADE_HERE, *_lines(made), "", IN_FORCE, *_lines(shown), ""]
        replace(self.path / "env", "\n".join(lines))

    def processes(self) -> dict[str, dict]:
        """The processes started here last: name → pid, start and command."""
        try:
            return json.loads((self.path / "processes.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def write_processes(self, processes: dict[str, dict]) -> None:
        replace(self.path / "processes.json", json.dumps(processes, indent=1))


def replace(path: Path, content: str) -> None:
    """Write a file whole or not at all, mode 0600."""
    fresh = path.with_name(f".{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _lines(settings: dict[str, str]) -> list[str]:
    return [f"{name}={shlex.quote(value)}" for name, value in settings.items()]


def _assignments(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name: "".join(shlex.split(value)) for name, sign, value in pairs if sign}

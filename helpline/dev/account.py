"""The account that the private servers run as, and the folders it can reach.

PostgreSQL refuses to run as root. When root starts `run`, its servers run as `nobody`, which cannot
pass through a folder such as /root.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from helpline.dev.words import Refusal

ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 – a random name below it, never a known one
PLAIN = re.compile(r"[\w./-]+", re.ASCII)  # what stays itself inside a URL
LONGEST_SOCKET = 103  # bytes of path that every system allows (Linux 107, macOS 103)


class Account(NamedTuple):
    """Another account to run as, or this one (`name` None)."""

    name: str | None
    uid: int
    gid: int

    def options(self) -> dict:
        """What `subprocess` needs to become this account."""
        if self.name is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def folder(self, path: Path) -> Path:
        """Make `path`, closed to everybody but this account."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.name is not None:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)
        return path

    def reaches(self, path: Path) -> bool:
        """Whether this account can work in `path`, whatever its parents allow."""
        test = ["/bin/sh", "-c", 'cd "$1" 2>/dev/null && test -w .', "sh", str(path)]
        return subprocess.run(test, cwd="/", **self.options()).returncode == 0


def of_servers() -> Account:
    """`nobody` when root started us, else whoever did."""
    if os.geteuid() != 0:
        return Account(None, os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise Refusal(
            "PostgreSQL does not run as root and this machine has no account `nobody`:"
            " start `./run` as an ordinary user."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def place(wanted: Path, account: Account) -> Path:
    """The folder for `wanted`: there, or behind a link to one that the account can reach."""
    if wanted.is_symlink() and not wanted.exists():
        raise Refusal(
            f"The database's folder {os.readlink(wanted)} is gone: put it back,"
            f" or remove {wanted.parent} to begin anew."
        )
    if wanted.is_symlink():
        return wanted.resolve()
    if not wanted.exists():
        account.folder(wanted)
        if account.reaches(wanted):
            return wanted
        wanted.rmdir()
        wanted.symlink_to(account.folder(_elsewhere()))
    elif not account.reaches(wanted):
        raise Refusal(
            f"The account `{account.name or account.uid}` cannot reach the database in {wanted}:"
            " start `./run` as the account that made it, or choose another HELPLINE_HOME."
        )
    return wanted.resolve()


def _elsewhere() -> Path:
    for parent in ELSEWHERE:
        if os.access(parent, os.W_OK):
            return Path(tempfile.mkdtemp(prefix="helpline-", dir=parent))
    raise Refusal("No folder is left for the database: choose another HELPLINE_HOME.")


def sockets(wanted: Path, account: Account) -> Path:
    """A folder for unix sockets, whose whole path must be short and plain for every client."""
    longest = len(os.fsencode(wanted / ".s.PGSQL.5432"))
    if longest <= LONGEST_SOCKET and PLAIN.fullmatch(str(wanted)):
        return account.folder(wanted)
    if wanted.is_symlink() and wanted.exists() and wanted.stat().st_uid == account.uid:
        return wanted.resolve()
    forget(wanted)
    short = Path(tempfile.mkdtemp(prefix="helpline-", dir="/tmp"))  # a random name
    wanted.symlink_to(account.folder(short))
    return short


def forget(folder: Path) -> None:
    """Remove a folder of sockets, and the short one that it stands for."""
    if folder.is_symlink():
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)

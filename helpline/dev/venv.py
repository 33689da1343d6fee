"""`.venv`: the locked packages, installed once and again only when the lock has changed."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpline.dev.home import ROOT, Home
from helpline.dev.words import Refusal, progress

FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
PRODUCT = ROOT / "requirements.lock"
CHECKS = ROOT / "helpline" / "dev" / "checks.lock"
SERVERS = ROOT / "helpline" / "dev" / "servers.lock"


def ready(home: Home, *locks: Path) -> None:
    """Have the packages of `locks` in `.venv`; refuse when they cannot be had."""
    with _alone(), readable():
        if not _works():
            _create()
        for lock in locks:
            stamp = FOLDER / f".{lock.stem}"
            if not _stamped(stamp, lock):
                progress(f"Installing Python packages into {FOLDER} …")
                install(home, lock)
                stamp.write_text(_digest(lock))


def install(home: Home, lock: Path, *options: str) -> None:
    """Install a lock with the user's own pip settings; its hashes are required.

    A lock names everything, so pip looks up nothing itself: left to it, an older pip asks for a
    release newer than the locked one as soon as some package needs an extra of it.
    """
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    with open(home.log("pip"), "ab") as log:
        done = subprocess.run(
            [*command, "--no-deps", "--require-hashes", *options, "-r", str(lock)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        raise Refusal(
            "The Python packages could not be installed: check that pip reaches its package index"
            f" (PIP_INDEX_URL names another; {home.log('pip')} tells more) and start again."
        )


def _works() -> bool:
    """Whether its interpreter is still there, and new enough."""
    test = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([str(PYTHON), "-c", test], capture_output=True).returncode == 0
    except OSError:
        return False


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        raise Refusal(
            "This Python has no ensurepip, so no virtual environment can be made:"
            " on Debian `apt-get install python3-venv` brings it."
        )
    progress(f"Making {FOLDER} …")
    shutil.rmtree(FOLDER, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(FOLDER)], capture_output=True, text=True
    )
    if done.returncode:
        shutil.rmtree(FOLDER, ignore_errors=True)
        reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Refusal(f"{FOLDER} could not be made ({reason[-1]}): mend that and start again.")


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _stamped(stamp: Path, lock: Path) -> bool:
    try:
        return stamp.read_text() == _digest(lock)
    except OSError:
        return False


@contextmanager
def _alone() -> Iterator[None]:
    """One `run` at a time works on `.venv`, whatever their homes."""
    with open(PRODUCT, "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def readable() -> Iterator[None]:
    """Programs may be read by other accounts; what people said may not."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def tool(name: str) -> str:
    """The path of a program in `.venv`."""
    return str(FOLDER / "bin" / name)


def environment() -> dict[str, str]:
    """This process's environment, with `.venv` first on the PATH and nothing of another Python."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    path = os.pathsep.join([str(FOLDER / "bin"), kept.get("PATH", os.defpath)])
    return kept | {"PATH": path, "VIRTUAL_ENV": str(FOLDER)}

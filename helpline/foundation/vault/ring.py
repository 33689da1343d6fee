"""The epoch ring: a small file outside the database whose keys wrap every data key.

A deleted data key lives on in dead rows, WAL and backups. It becomes unreadable there when the
epoch
that wrapped it is destroyed, so epochs are short: weekly a new one, destroyed 21 days after it was
retired. The file itself is wrapped by the root key, which lives in the environment.
"""

import base64
import fcntl
import functools
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEEP_RETIRED = timedelta(days=21)
KEEP_COPIES = timedelta(days=7)
NONCE = 12


class RingUnreadable(Exception):
    """The ring is missing, damaged, or wrapped by another root key: nothing may start (J04)."""


class EpochGone(Exception):
    """The epoch has been destroyed, and with it every key that it wrapped."""


class Epoch(NamedTuple):
    """One key of the ring: `retired` is None for the newest, which wraps every new data key."""

    number: int
    born: date
    retired: date | None
    raw: bytes


def path() -> Path:
    """Where the ring lies."""
    return settings.KEYS_DIR / "ring.json"


def exists() -> bool:
    """Whether this installation has a ring yet."""
    return path().exists()


def epochs() -> dict[int, Epoch]:
    """Every living epoch by number, read again whenever the file has changed.

    One `stat` a call, so a new epoch reaches every process that shares the file at once. A file
    that was replaced, and overwritten, while it was being read is read again.
    Raises `RingUnreadable`.
    """
    while True:
        seen = _identity()
        try:
            return _read(str(path()), *seen)
        except RingUnreadable:
            if seen == _identity():
                raise


def newest() -> Epoch:
    """The epoch that wraps what is made from now on."""
    return max(epochs().values())


def oldest() -> Epoch:
    """The epoch that a shred waits for; the retention board shows its age."""
    return min(epochs().values())


def cipher(number: int) -> AESGCM:
    """The cipher of one epoch; raises `EpochGone` when it has been destroyed."""
    try:
        return _cipher(epochs()[number].raw)
    except KeyError:
        raise EpochGone(f"Epoch {number} is gone.") from None


def begin(today: date) -> None:
    """Make the first ring and its copy; raises `RingUnreadable` rather than replace one."""
    if exists():
        raise RingUnreadable(f"{path()} exists already.")
    _write({1: Epoch(1, today, None, AESGCM.generate_key(256))})
    copy(today)


def publish(today: date, *, after: int) -> Epoch:
    """Add the epoch that follows `after` and retire that one; every process wraps with it from now.

    Of two processes that publish at the same moment one does, and both get its epoch. The copy is
    made before any key moves to it, so that a lost ring is not every word lost.
    """
    with _changing() as ring:
        if max(ring) == after:
            ring[after] = ring[after]._replace(retired=today)
            ring[after + 1] = Epoch(after + 1, today, None, AESGCM.generate_key(256))
            _write(ring)
            copy(today)
        return max(ring.values())


def wrap_again() -> None:
    """Write the ring anew under `ROOT_KEY`; the root key before it is not needed any more."""
    with _changing() as ring:
        _write(ring)


def destroyable(today: date) -> list[int]:
    """Epochs retired at least 21 days ago."""
    return [e.number for e in epochs().values() if e.retired and e.retired + KEEP_RETIRED <= today]


def destroy(numbers: list[int]) -> None:
    """Remove epochs for good. The newest cannot be among them (`ValueError`)."""
    with _changing() as ring:
        if max(ring) in numbers:
            raise ValueError("The newest epoch is in use.")
        _write({number: epoch for number, epoch in ring.items() if number not in numbers})


def copy(today: date) -> Path:
    """Keep today's copy of the ring beside it and remove copies older than seven days."""
    folder = settings.KEYS_DIR / "copies"
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.glob("ring-*.json"):
        if date.fromisoformat(old.stem.removeprefix("ring-")) + KEEP_COPIES <= today:
            _forget(old)
    target = folder / f"ring-{today.isoformat()}.json"
    _replace(target, path().read_bytes())
    return target


@contextmanager
def _changing() -> Iterator[dict[int, Epoch]]:
    """The ring while no other process may change it: a lost epoch is lost words."""
    with open(path().with_name("ring.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield dict(epochs())


def _identity() -> tuple[int, int]:
    """What changes whenever the file is replaced."""
    try:
        stat = path().stat()
    except FileNotFoundError:
        raise RingUnreadable(f"There is no key ring at {path()}.") from None
    return stat.st_mtime_ns, stat.st_ino


@functools.lru_cache(maxsize=4)
def _read(file: str, changed: int, inode: int) -> dict[int, Epoch]:
    """Parse the ring; the cache key is the file's identity, so a change is read at once."""
    ring = {}
    try:
        for entry in json.loads(Path(file).read_text())["epochs"]:
            number = entry["number"]
            retired = entry["retired"] and date.fromisoformat(entry["retired"])
            raw = _unwrap(number, base64.b64decode(entry["wrapped"]))
            ring[number] = Epoch(number, date.fromisoformat(entry["born"]), retired, raw)
    except (ValueError, KeyError, TypeError):
        raise RingUnreadable(f"The key ring {file} is damaged. Restore its copy.") from None
    if not ring:
        raise RingUnreadable(f"The key ring {file} is empty. Restore its copy.")
    return ring


@functools.lru_cache(maxsize=64)
def _cipher(raw: bytes) -> AESGCM:
    return AESGCM(raw)


def _root_keys() -> list[AESGCM]:
    """The root key, then the one before it while a change of root key is under way."""
    given = [key for key in (settings.ROOT_KEY, settings.ROOT_KEY_BEFORE) if key]
    return [AESGCM(base64.b64decode(key)) for key in given]


def _unwrap(number: int, wrapped: bytes) -> bytes:
    for root in _root_keys():
        try:
            return root.decrypt(wrapped[:NONCE], wrapped[NONCE:], b"epoch %d" % number)
        except InvalidTag:
            continue
    raise RingUnreadable("ROOT_KEY does not open the key ring. Set the key that made it.")


def _write(ring: dict[int, Epoch]) -> None:
    """Replace the ring in one step, wrapped by the current root key."""
    root = _root_keys()[0]
    entries = []
    for number, epoch in sorted(ring.items()):
        nonce = os.urandom(NONCE)
        wrapped = nonce + root.encrypt(nonce, epoch.raw, b"epoch %d" % number)
        retired = epoch.retired and epoch.retired.isoformat()
        entries.append(
            {
                "number": number,
                "born": epoch.born.isoformat(),
                "retired": retired,
                "wrapped": base64.b64encode(wrapped).decode(),
            }
        )
    written = datetime.now(UTC).isoformat(timespec="seconds")
    _replace(path(), json.dumps({"written": written, "epochs": entries}, indent=1).encode())


def _replace(target: Path, content: bytes) -> None:
    """Write `target` whole or not at all, then overwrite the bytes it had before."""
    fresh = target.with_suffix(f".{os.getpid()}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with ExitStack() as stack:
        before = stack.enter_context(open(target, "r+b")) if target.exists() else None
        os.replace(fresh, target)
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        if before:
            _blank(before)


def _forget(file: Path) -> None:
    with open(file, "r+b") as old:
        _blank(old)
    file.unlink()


def _blank(file) -> None:
    """Overwrite a file that nobody will read again; on most disks its bytes are gone."""
    size = os.fstat(file.fileno()).st_size
    file.write(b"\0" * size)
    file.flush()
    os.fsync(file.fileno())

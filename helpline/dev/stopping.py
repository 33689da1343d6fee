"""SIGINT, SIGTERM and SIGHUP end `run` in good order, once, wherever it is."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from helpline.dev.words import Stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _State:
    asked = False
    raised = False
    holds = 0


def listen() -> None:
    """From now on each of these signals raises `Stopped`, the first time only."""
    for number in SIGNALS:
        signal.signal(number, _asked)


def _asked(number: int, frame: object) -> None:
    _State.asked = True
    _raise_once()


def _raise_once() -> None:
    if _State.asked and not _State.raised and not _State.holds:
        _State.raised = True
        raise Stopped


@contextmanager
def later() -> Iterator[None]:
    """Let a signal wait until the end of this block, where it would leave something unrecorded."""
    _State.holds += 1
    try:
        yield
    finally:
        _State.holds -= 1
    _raise_once()

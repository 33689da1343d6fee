"""One verb of a request as its page offers it, and when it fits."""

from collections.abc import Callable
from typing import NamedTuple

from privacy.rights.kinds import WORKING, Asker, Status


class Move(NamedTuple):
    """One verb: its label, its form (None for a bare button), what it does, and when it fits."""

    label: str
    form: type | None
    act: Callable
    said: str
    fits: Callable
    is_next: bool = True  # else it stands below, among what else can be done


def at(*statuses: Status) -> Callable:
    """Fits while the request stands at one of these."""
    return lambda request: request.status in statuses


def others(request) -> bool:
    """Somebody else than the person asks, and it is worked on."""
    return request.asker != Asker.SELF and request.status in WORKING


def still_open(request) -> bool:
    """Nothing is decided yet."""
    return not request.is_answered()

"""What a way out must be able to do, and the three ways in which it can fail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import requests

from contacts.written.message import Message, Report

PATIENCE = 10  # seconds for a provider’s answer


class NotNow(Exception):
    """It was not taken, and will be later: too many, a wrong key, nobody there. `wait`: seconds."""

    def __init__(self, wait: int = 0) -> None:
        super().__init__(wait)
        self.wait = wait


class Never(Exception):
    """It was not taken and never will be: there is no such number or mailbox."""


class Unknown(Exception):
    """Nobody can say whether it was taken: no answer came, or one that says nothing."""


class Forged(Exception):
    """What came is not from the supplier, or is too old; nothing of it is looked at."""


class Way(Protocol):
    """A way out. `key` is ours, for one message for ever; a reference is the provider’s."""

    name: str
    keeps_copies: bool

    def send(self, key: str, to: str, words: str, *, by_itself: bool) -> str:
        """Hand over one message; its reference. Raises `NotNow`, `Never` or `Unknown`."""

    def find(self, key: str, to: str, words: str, *, since: datetime) -> str | None:
        """The reference of a message that was handed over without an answer; None: not taken.

        Raises `NotNow` or `Unknown` when that cannot be found out.
        """


class TextWay(Way, Protocol):
    """A way of texts, which also brings them in and has copies to delete."""

    def read(self, headers: Mapping[str, str], url: str, body: bytes) -> Message | Report | None:
        """What a webhook brings; raises `Forged`. None: nothing that concerns us."""

    def delete(self, reference: str) -> None:
        """Ask for a copy to be deleted; raises `NotNow` or `Unknown`."""

    def has(self, reference: str) -> bool:
        """Whether a copy is still there; raises `NotNow` or `Unknown`."""


def asked(method: str, url: str, **options) -> requests.Response:
    """One request to a provider. Its problems tell no address, unlike those of the library."""
    try:
        return requests.request(method, url, timeout=PATIENCE, allow_redirects=False, **options)
    except requests.RequestException:
        pass
    raise Unknown


def judged(answer: requests.Response) -> requests.Response:
    """The answer if it is a yes; otherwise the failure that it means."""
    if answer.status_code == 429:
        wait = answer.headers.get("Retry-After", "")
        raise NotNow(int(wait) if wait.isascii() and wait.isdigit() else 0)
    if answer.status_code >= 500:
        raise Unknown
    if answer.status_code in (400, 422):
        raise Never
    if answer.status_code >= 300:
        raise NotNow
    return answer


def fields_of(answer: requests.Response) -> dict:
    """The JSON object of an answer; one that is none says nothing."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unknown
    return found

"""The words in which people are asked whether they agree: a document for each purpose, in versions.

A version's words stand in a template of its own and stay as they were. New words are a new version,
and who agreed to the old ones agreed to those.
"""

from datetime import date
from typing import NamedTuple

from helpline.foundation.calendar import day_words


class Version(NamedTuple):
    """One wording; `changed` says what is new in it."""

    number: int
    since: date
    changed: str = ""

    @property
    def in_words(self) -> str:
        return day_words(self.since)


class Wording(NamedTuple):
    """What is asked for one purpose; its versions from the first to the one in force."""

    purpose: str
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        return self.versions[-1]

    def numbered(self, number: int) -> Version | None:
        """The version with this number, if there was one."""
        return next((each for each in self.versions if each.number == number), None)

    def template(self, version: Version) -> str:
        """Where the words of one version stand."""
        return f"consents/{self.purpose}/{version.number}.html"


FIRST = (Version(1, date(2026, 11, 25)),)
WORDINGS = {
    wording.purpose: wording
    for wording in (
        Wording("chat", FIRST),
        Wording("record", FIRST),
        Wording("call-back", FIRST),
        Wording("message", FIRST),
        Wording("share", FIRST),
        Wording("survey", FIRST),
        Wording("research", FIRST),
        Wording("found", FIRST),
    )
}


def current(purpose: str) -> int:
    """The number of the wording in force for a purpose."""
    return WORDINGS[purpose].current.number

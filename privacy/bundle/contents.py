"""What a bundle holds: everything Art 15 asks for, in the order in which a person reads it.

Words come in here as they leave: what is redacted has gone already.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db import models

from helpline.foundation.states import Refused


class Part(models.TextChoices):
    """The passages that no bundle may lack (Art 15(1)–(2), D22)."""

    PURPOSES = "purposes", "Why we use it"
    CATEGORIES = "categories", "What kinds of information it is"
    SOURCE = "source", "Where we have it from"
    RECIPIENTS = "recipients", "Who has been given some of it"
    RETENTION = "retention", "How long we keep it"
    RIGHTS = "rights", "What you can ask of us"
    COMPLAINT_TO_US = "complaint-to-us", "If you are not content with us"
    COMPLAINT_TO_ICO = "complaint-to-ico", "Where else you can complain"
    AUTOMATED = "automated", "Decisions by machines"
    TRANSFERS = "transfers", "Other countries"
    READERS = "readers", "Who has looked at it, and when"


class Passage(NamedTuple):
    """One part in words, and what is listed in it."""

    words: str
    rows: tuple[str, ...] = ()


class Said(NamedTuple):
    """One item: a line, a note, a consent. `own` is what the person said or wrote themselves;
    `removed` says why something is missing from it."""

    at: str
    who: str
    words: str
    own: bool = False
    removed: str = ""


class Chapter(NamedTuple):
    """One contact or record, under a heading that says nothing of who it is about."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    said: Iterable[Said]


class Bundle(NamedTuple):
    """All that leaves. `chapters` is asked once, so that no more than one chapter is in memory."""

    heading: str
    made_on: str
    organisation: str
    passages: dict[Part, Passage]
    chapters: Callable[[], Iterable[Chapter]]
    how_many: int  # chapters, for whoever waits

    def must_be_whole(self) -> None:
        """Raise `Refused` while a passage that the law asks for is missing."""
        lacking = [part.label for part in Part if not self.passage(part)]
        if lacking:
            raise Refused(f"The bundle lacks: {', '.join(lacking)}.")

    def passage(self, part: Part) -> str:
        """The words of one part; empty when it is missing."""
        found = self.passages.get(part)
        return found.words.strip() if found else ""


class Cut(NamedTuple):
    """A stretch of words that does not leave, and why."""

    start: int
    end: int
    why: str


def without(words: str, cuts: Iterable[Cut]) -> str:
    """`words` with every cut taken out and its reason left in its place; no length is told.

    Raises `ValueError` for cuts that overlap or lie outside.
    """
    kept, last = [], 0
    for cut in sorted(cuts):
        if not last <= cut.start < cut.end <= len(words):
            raise ValueError("These cuts overlap, or lie outside the words.")
        kept += [words[last : cut.start], f"[removed: {cut.why}]"]
        last = cut.end
    return "".join([*kept, words[last:]])

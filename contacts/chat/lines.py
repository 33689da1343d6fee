"""What may be said as one line, whichever way it comes in."""

import unicodedata
from enum import StrEnum

LONGEST = 4000  # characters of one line


class Reason(StrEnum):
    """Why a text cannot be said, in the words that its writer reads; it stays in their box."""

    EMPTY = "Write something first."
    TOO_LONG = (
        f"This is too long to send at once: {LONGEST:,} characters at most."
        " Send it in two parts. Nothing is lost, it is still in the box."
    )
    UNSENDABLE = "There is a character in it that cannot be sent. Try to type it another way."


class Unsayable(ValueError):
    """A text that is no line; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)  # never the text
        self.reason = reason


def clean(text: str) -> str:
    """The text as it is stored: as typed, but for its line ends. Raises `Unsayable`.

    What nobody could see is nothing: white space, and marks without a width of their own.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST:
        raise Unsayable(Reason.TOO_LONG)
    if "\0" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise Unsayable(Reason.UNSENDABLE)
    if not any(is_seen(mark) for mark in text):
        raise Unsayable(Reason.EMPTY)
    return text


def is_seen(mark: str) -> bool:
    """Whether a character leaves something on the page."""
    return not mark.isspace() and unicodedata.category(mark) not in {"Cc", "Cf"}

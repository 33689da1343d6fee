"""One message as it may be stored: who to answer, what was said, and nothing else that came."""

from dataclasses import dataclass
from enum import StrEnum


class Unreadable(ValueError):
    """What came is no message of this kind; it says nothing of what it was."""


class Sign(StrEnum):
    """What an adapter left out that a worker should know of, in words for the transcript."""

    ATTACHMENT = "an attachment or picture"
    SIGNATURE = "a signature"
    ANSWERED = "our own mail below theirs, with anything that they wrote into it"
    UNREADABLE = "a part that cannot be read"
    LONG = "the end of it, because it is very long"


@dataclass(frozen=True)
class Message:
    """A text or an e-mail without anything that says where it came from.

    `sender` is only looked up and sealed; `mark` stands for this message and no other; `dropped`
    counts the fields and headers that were left out; `automatic` when no person wrote it.
    """

    channel: str
    sender: str
    words: str
    mark: str
    dropped: int = 0
    automatic: bool = False
    left_out: tuple[Sign, ...] = ()
    whole: str = ""  # what joins the parts of one long text
    part: int = 1
    parts: int = 1
    provider: str = ""  # who holds a copy of it, and what they call that
    reference: str = ""
    subject: str = ""  # of an e-mail, where it stands above the text in `words`

    @property
    def below(self) -> str:
        """The text below a subject of its own, where a keyword or a code may stand alone."""
        return self.words.removeprefix(self.subject).strip() if self.subject else ""


@dataclass(frozen=True)
class Report:
    """What a provider says became of a message of ours, which it calls `reference` and we `key`."""

    reference: str
    state: str  # "delivered" or "failed"
    dropped: int = 0
    key: str = ""  # where it tells that too

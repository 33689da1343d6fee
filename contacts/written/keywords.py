"""The few words that mean something to the helpline itself, when a message is nothing else."""

from enum import StrEnum

from contacts import codes
from contacts.bot_words import folded


class Keyword(StrEnum):
    """What somebody wants of us, rather than says to us."""

    STOP = "stop"
    DELETE = "delete"
    CODE = "code"


SAID = {
    "stop": Keyword.STOP,
    "stop all": Keyword.STOP,
    "stopall": Keyword.STOP,
    "unsubscribe": Keyword.STOP,
    "delete": Keyword.DELETE,
    "code": Keyword.CODE,
}


def keyword(words: str) -> Keyword | None:
    """The keyword that these words are; words that only hold one are said to somebody."""
    return SAID.get(folded(words))


def is_code(words: str) -> bool:
    """Whether these could be the seven words of a return code."""
    said = codes.normal(words).split()
    return len(said) == codes.WORDS and set(said) <= set(codes.words())

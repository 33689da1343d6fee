"""Which words a person was shown: the versions of the notices, and of the question for consent.

A wording stands in a template of its own and stays as it was; new words are a new number.
"""

from typing import NamedTuple

# As they are in force; a test holds them to the notices' own list, which this app cannot see.
CONFIDENTIALITY = 1
PRIVACY = 3
CONSENT = 1


class Wording(NamedTuple):
    """One frozen wording of the question for consent (S2-25)."""

    number: int

    @property
    def template(self) -> str:
        return f"chat/consent/{self.number}.html"


def notices() -> tuple[int, int]:
    """The confidentiality and the privacy notice that the first page tells and links to."""
    return CONFIDENTIALITY, PRIVACY


def consent() -> Wording:
    """The question as it is asked now."""
    return Wording(CONSENT)

"""The circumstances in which we may share what a person told us: this list and no other (S0-24).

The public page shows it, and whoever shares must name one of its items.
"""

from typing import NamedTuple

from django.db import models


class Circumstance(models.TextChoices):
    """Why something may leave us. A request by the police is none of these by itself (S0-22)."""

    ASKED = "asked", "You ask us to"
    LIFE_IN_DANGER = "life-in-danger", "A life is in danger"
    POSITION_OF_TRUST = "position-of-trust", "Someone in a position of trust is hurting you"
    HARMING_ANOTHER = "harming-another", "You are hurting someone else"
    LEGAL_COMPULSION = "legal-compulsion", "The law says we must"
    LEGAL_RIGHTS = "legal-rights", "We need to use or defend our legal rights"

    @property
    def told(self) -> "Told":
        """What the public reads about it."""
        return TOLD[self]


class Told(NamedTuple):
    """The words of one circumstance; `facts` must all be true before it applies."""

    words: str
    promise: str
    facts: tuple[str, ...] = ()


TOLD = {
    Circumstance.ASKED: Told(
        "You want us to call someone or pass on a message. We share only what you choose.",
        "S2-05a",
    ),
    Circumstance.LIFE_IN_DANGER: Told(
        "We think that you or someone else could die or be badly hurt. You might have told us"
        " that you may kill yourself, or that you are not safe right now.",
        "S2-05b",
    ),
    Circumstance.POSITION_OF_TRUST: Told(
        "This could be a teacher, a police officer, a parent or someone else in your family."
        " Both of these must be true:",
        "S2-05c",
        facts=(
            "they are hurting or harming you, and",
            "they can also get close to other children.",
        ),
    ),
    Circumstance.HARMING_ANOTHER: Told(
        "You tell us that you are badly hurting or harming another person.",
        "S2-05d",
    ),
    Circumstance.LEGAL_COMPULSION: Told(
        "A court or a public body uses a law that leaves us no choice. We check that the law does"
        " say so. Then we share as little as it allows.",
        "S2-33",
    ),
    Circumstance.LEGAL_RIGHTS: Told(
        "There is a legal claim by us or against us, and what you told us is needed for it. This"
        " is very rare.",
        "S2-34",
    ),
}

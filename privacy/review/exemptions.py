"""The closed list of reasons for which something may stay back, each with the question that must be
answered in words for the item at hand (rules 2.3). None may be given for many items at once.

There is no exemption for what is confidential, embarrassing or only a note of ours (S1-16, S1-19).
"""

from typing import NamedTuple

from django.conf import settings
from django.db import models


class Exemption(models.TextChoices):
    """One reason in the law (Data Protection Act 2018, Schedules 2 and 3)."""

    THIRD_PARTY = "s2p16", "It would reveal somebody else"
    CRIME = "s2p2", "It would prejudice work against crime"
    LEGAL = "s2p5", "A law, a court or legal proceedings"
    PRIVILEGE = "s2p19", "Legal professional privilege"
    SELF_INCRIMINATION = "s2p20", "It would incriminate us"
    REFERENCE = "s2p24", "A reference given in confidence"
    RESEARCH = "s2p27", "Research in which nobody is identified"
    HEALTH_HARM = "s3p5", "Health: likely serious harm to somebody"
    EXPECTATION = "s3p4", "Health: told in the belief that a parent would not see it"
    SOCIAL_WORK = "s3p11", "Social work: likely serious harm to somebody"
    CHILD_ABUSE = "s3p21", "Child abuse: a parent asks, against the child’s interest"

    @property
    def mark(self) -> str:
        """What stands in the place of the words that were taken out."""
        return MARKS.get(self, "the law lets us keep this back")

    @property
    def asks(self) -> "Asks":
        """What must be answered before it counts."""
        return ASKS[self]


MARKS = {
    Exemption.THIRD_PARTY: "about somebody else",
    Exemption.CRIME: "it could harm work against crime",
    Exemption.LEGAL: "a law or a court asks for that",
    Exemption.PRIVILEGE: "a lawyer’s advice",
    Exemption.HEALTH_HARM: "it could do serious harm",
    Exemption.EXPECTATION: "told in confidence",
    Exemption.CHILD_ABUSE: "in the child’s interest",
}


class Asks(NamedTuple):
    """The test of one exemption, and what else it needs."""

    test: str
    law: str
    names_somebody: bool = False  # who else it is about, and what the person knows of them already
    needs_opinion: bool = False  # a health professional’s, at most six months old
    of_parents: bool = False  # only where a parent asks
    not_in_scotland: bool = False
    only_designated: bool = False


ASKS = {
    Exemption.THIRD_PARTY: Asks(
        "Have they agreed? If not: why is it not reasonable to tell it without? Think of what was"
        " promised to them, whether they were asked, whether they can agree, and what the person"
        " knows already.",
        "DPA 2018 Sch 2 para 16",
        names_somebody=True,
    ),
    Exemption.CRIME: Asks(
        "Which work against crime would it prejudice, how, and how likely is that?",
        "DPA 2018 Sch 2 para 2",
    ),
    Exemption.LEGAL: Asks(
        "Which law, order or proceedings ask for it, and why does it not go without this?",
        "DPA 2018 Sch 2 para 5",
    ),
    Exemption.PRIVILEGE: Asks(
        "Which lawyer’s advice is it, and to whom?", "DPA 2018 Sch 2 para 19"
    ),
    Exemption.SELF_INCRIMINATION: Asks(
        "Of which offence could it be proof, and against whom?", "DPA 2018 Sch 2 para 20"
    ),
    Exemption.REFERENCE: Asks("For what was it given, and to whom?", "DPA 2018 Sch 2 para 24"),
    Exemption.RESEARCH: Asks(
        "Why can the results identify nobody, and what would telling it damage?",
        "DPA 2018 Sch 2 para 27",
    ),
    Exemption.HEALTH_HARM: Asks(
        "What serious harm, to whom, does the health professional expect?",
        "DPA 2018 Sch 3 para 5",
        needs_opinion=True,
    ),
    Exemption.EXPECTATION: Asks(
        "How do we know that the young person did not expect this parent to see it?",
        "DPA 2018 Sch 3 para 4",
        of_parents=True,
    ),
    Exemption.SOCIAL_WORK: Asks(
        "What serious harm, to whom, would telling it do?",
        "DPA 2018 Sch 3 para 11",
        only_designated=True,
    ),
    Exemption.CHILD_ABUSE: Asks(
        "Why would it not be in the best interests of the child?",
        "DPA 2018 Sch 3 para 21",
        of_parents=True,
        not_in_scotland=True,
    ),
}


def open_to(*, parent: bool, scotland: bool) -> list[Exemption]:
    """The exemptions that can apply at all to a request; social work only for a charity that the
    Secretary of State has designated (D08)."""
    return [
        each
        for each in Exemption
        if (parent or not each.asks.of_parents)
        and not (scotland and each.asks.not_in_scotland)
        and (settings.DESIGNATED_FOR_SOCIAL_WORK or not each.asks.only_designated)
    ]

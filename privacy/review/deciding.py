"""What one item needs before it may leave, leave in part, or stay: facts in, what is lacking out.

Health is a ban, not an exemption: a charity that is no health professional must not hand out facts
about somebody’s health without an opinion of the last six months, unless the person told them to us
or knows them already (DPA 2018 Sch 3 para 6).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import models

from privacy import deadlines
from privacy.bundle.contents import Cut
from privacy.review.exemptions import Exemption

SHORTEST = 20  # characters of an answer that somebody else can follow


class Choice(models.TextChoices):
    """What happens with one item."""

    RELEASE = "release", "Leaves as it is"
    REDACT = "redact", "Leaves in part"
    WITHHOLD = "withhold", "Stays"


class Health(models.TextChoices):
    """What it says about the health of whoever asks, and from whom we have that."""

    NONE = "none", "Nothing about their health"
    OWN = "own", "They told us themselves, or know it"
    OTHERS = "others", "Somebody else told us"


class Deciding(NamedTuple):
    """One decision as somebody is about to take it. `words` is the whole item."""

    choice: str
    words: str
    health: str
    exemption: str = ""
    test: str = ""
    who: str = ""  # whom else it is about
    known: str = ""  # what the person knows of it already
    cuts: Sequence[Cut] = ()
    opinion_on: date | None = None


def lacking(said: Deciding, today: date, exemptions: Sequence[Exemption]) -> list[str]:
    """Everything that this decision still needs, as sentences; `exemptions` are those that the
    request allows at all (`exemptions.open_to`)."""
    found = [*_health(said, today)]
    if said.choice == Choice.RELEASE:
        if said.exemption or said.cuts:
            found.append("What leaves whole has no exemption and nothing taken out.")
        return found
    if said.exemption not in exemptions:
        return [*found, "Choose the exemption that applies to this item."]
    found += _exemption(said, today)
    if said.choice == Choice.REDACT:
        found += _cuts(said)
    elif said.cuts:
        found.append("What stays as a whole needs no cuts.")
    return found


def _health(said: Deciding, today: date) -> list[str]:
    if said.health not in Health.values:
        return ["Say whether it is about their health, and who told us."]
    leaves = said.choice != Choice.WITHHOLD
    if leaves and said.health == Health.OTHERS and not _opinion_holds(said, today):
        return [
            "Somebody else told us this about their health. It leaves only with a health"
            " professional’s opinion of the last six months (DPA 2018 Sch 3 para 6)."
        ]
    return []


def _exemption(said: Deciding, today: date) -> list[str]:
    asks = Exemption(said.exemption).asks
    found = []
    if len(said.test.strip()) < SHORTEST:
        found.append(f"Answer in at least 20 characters: {asks.test}")
    if asks.names_somebody and not said.who.strip():
        found.append("Say whom else it is about.")
    if asks.names_somebody and not said.known.strip():
        found.append("Say what the person knows of it already; “nothing” is an answer.")
    if asks.needs_opinion and not _opinion_holds(said, today):
        found.append("This needs a health professional’s opinion of the last six months.")
    return found


def _opinion_holds(said: Deciding, today: date) -> bool:
    """Not rolled to a working day, unlike every other limit (B20)."""
    return said.opinion_on is not None and deadlines.is_opinion_valid(said.opinion_on, today)


def _cuts(said: Deciding) -> list[str]:
    if not said.cuts:
        return ["Mark what is taken out."]
    last = 0
    for cut in sorted(said.cuts):
        if not last <= cut.start < cut.end <= len(said.words):
            return ["What is taken out must lie within the words and not overlap."]
        last = cut.end
    if said.words and sum(cut.end - cut.start for cut in said.cuts) >= len(said.words):
        return ["Nothing would be left: let it stay as a whole."]
    return []

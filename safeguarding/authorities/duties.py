"""Duties to report that the law lays on somebody, each with where and since when (rules 2.8.6).

A register to read before a decision. None of them is a ground by itself: what one obliges us to
say goes out as `LEGAL_COMPULSION`, through the same gate.
"""

from datetime import date
from typing import NamedTuple


class Duty(NamedTuple):
    """One duty; `since` None: not in force, or not yet known to be, so counsel is asked first."""

    code: str
    name: str
    where: str
    since: date | None
    until: date | None
    who: str
    what: str
    source: str

    def in_force(self, on: date) -> bool:
        """Whether it binds anybody on this day."""
        return self.since is not None and self.since <= on and (not self.until or on < self.until)


DUTIES = (
    Duty(
        "terrorism",
        "Terrorism",
        "United Kingdom",
        date(2001, 12, 14),
        None,
        "Everybody",
        "Whoever knows or believes that they have information which may help to prevent an act of"
        " terrorism, or to catch somebody for one, tells a constable as soon as they reasonably"
        " can. A reasonable excuse is a defence.",
        "Terrorism Act 2000, section 38B",
    ),
    Duty(
        "fgm",
        "Female genital mutilation",
        "England and Wales",
        date(2015, 10, 31),
        None,
        "Regulated health and social care professionals, and teachers, in their work",
        "Who is told by a girl under 18, or sees, that it was done to her tells the police, as a"
        " rule by the end of the next working day. Others have no duty, and may share on another"
        " ground.",
        "Female Genital Mutilation Act 2003, section 5B",
    ),
    Duty(
        "csa-england",
        "Sexual abuse of a child",
        "England",
        None,
        None,
        "Adults in regulated or relevant activity with children",
        "Who is told of it or sees it tells the police or the local authority as soon as they can;"
        " up to seven days may pass if telling at once would put the child at risk. Some"
        " confidential services are to be exempt. Ask counsel whether it is in force, and whether"
        " we are exempt.",
        "Crime and Policing legislation",
    ),
)

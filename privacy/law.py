"""The law that the privacy notice rests on: data with dates, because laws change (S2-13)."""

from datetime import date
from typing import NamedTuple

from helpline.foundation.calendar import day_words


class Law(NamedTuple):
    """One law, what it is for in plain words, and since when it has applied."""

    name: str
    about: str
    since: date

    @property
    def in_words(self) -> str:
        return day_words(self.since)


LAWS = [
    Law("UK GDPR", "how anyone may use facts about you", date(2021, 1, 1)),
    Law("Data Protection Act 2018", "more rules on the same", date(2018, 5, 25)),
    Law("PECR 2003", "cookies, calls and e-mails", date(2003, 12, 11)),
    Law("Data (Use and Access) Act 2025", "newer rules, and complaints", date(2026, 2, 5)),
]

"""Finding a record again over sealed data: keyed hashes of what was told, never the words.

Hashes pick a few records; only those are opened, in memory, and compared with what was told now.
Whatever does not match is never shown. Nothing is joined to anything.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from contacts import names as naming
from helpline.foundation.vault import blind

PURPOSE = "person looked for"
TOKEN = 16  # hex digits of a near token: enough to tell them apart, too few to be worth attacking
MOST = 300  # records opened for one look-up
OFFERED = 10
EXACT = ("phone", "email")  # facts that hardly two people share have a whole hash of their own


class Told(NamedTuple):
    """What somebody tells about themselves; None or empty for what they do not."""

    names: str | None = None
    born: str | None = None
    phone: str | None = None
    email: str | None = None

    def facts(self) -> list[str]:
        """Which of the four were told."""
        return [name for name in self._fields if getattr(self, name)]


class Hashes(NamedTuple):
    """What finds a record again; each None or empty where nothing was told."""

    phone_hash: str | None
    email_hash: str | None
    near: list[str]


def digits(phone: str) -> str:
    """A telephone number without what people write differently: spaces, +44, 0044, a leading 0."""
    number = re.sub(r"\D", "", phone)
    return re.sub(r"^(?:00)?(?:44)?0*", "", number) or number


def mailbox(email: str) -> tuple[str, str]:
    """An address's name and host, without what makes no difference."""
    name, _, host = naming.plain(email.strip()).partition("@")
    name = re.sub(r"\+.*$", "", name)
    return name.replace(".", ""), {"googlemail.com": "gmail.com"}.get(host, host)


def exact(told: Told) -> dict[str, str]:
    """Each fact in the one form in which it is the same as another."""
    return {
        "names": " ".join(sorted(naming.parts(told.names or ""))),
        "born": told.born or "",
        "phone": digits(told.phone or ""),
        "email": "@".join(mailbox(told.email)) if told.email else "",
    }


def hashes(**told) -> Hashes:
    """What is stored beside a record so that it can be found again."""
    said = Told(**told)
    form = exact(said)
    near = sorted({_token(each) for each in near_words(said)})
    found = [form[name] and blind.index(f"{PURPOSE}: {name}", form[name]) for name in EXACT]
    return Hashes(*[hash_ or None for hash_ in found], near=near)


def _token(word: str) -> str:
    return blind.index(PURPOSE, word)[:TOKEN]


def near_words(told: Told) -> set[str]:
    """What a record is found by when something was said or written another way.

    A name finds nobody without a birthday beside it; each of these is shared by few.
    """
    found = set()
    if told.born and told.names:
        found |= _by_name_and_day(naming.parts(told.names), told.born)
    if told.phone:
        found |= {f"phone {each}" for each in naming.without_one(digits(told.phone))}
    if told.email:
        found |= {f"mail {each}" for each in naming.without_one(mailbox(told.email)[0])}
    return found


def _by_name_and_day(parts: tuple[str, ...], born: str) -> set[str]:
    """One part with the whole birthday; two parts with its year, or with its day and month."""
    pairs, year, day = naming.pairs(parts), born[:4], born[5:]
    found = {f"born {code} {born}" for code in naming.all_codes(parts)}
    return found | {w for pair in pairs for w in (f"year {pair} {year}", f"day {pair} {day}")}


def wanted(told: Told) -> set[str]:
    """Which words to look for: what was told, and the birthday with day and month changed round."""
    words = near_words(told)
    for other in swapped(told.born) if told.born and told.names else ():
        codes = naming.all_codes(naming.parts(told.names or ""))
        words |= {f"born {code} {other}" for code in codes}
    return words


def tokens(told: Told) -> list[str]:
    """The hashes to look for, under every version of the key."""
    return [each[:TOKEN] for word in wanted(told) for each in blind.indexes(PURPOSE, word)]


def exact_hashes(told: Told) -> dict[str, list[str]]:
    """The blind indexes of phone and e-mail to look for, which few share."""
    form = exact(told)
    return {
        f"{name}_hash": blind.indexes(f"{PURPOSE}: {name}", form[name])
        for name in EXACT
        if form[name]
    }


def swapped(born: str) -> set[str]:
    """The same date with day and month changed round, where that is a date."""
    year, month, day = born.split("-")
    try:
        return {date(int(year), int(day), int(month)).isoformat()} - {born}
    except ValueError:
        return set()


def same_day(one: str, other: str) -> bool:
    """Whether two birthdays may be one: changed round, or one slip in writing it down."""
    return one == other or other in swapped(one) or naming.slips(one, other) <= 1


def agreeing(told: Told, kept: Told) -> list[str]:
    """Which facts agree with a record; none at all when one that it holds does not."""
    both = [name for name in told.facts() if getattr(kept, name)]
    checks = {
        "names": lambda: any(
            naming.agree(told.names or "", line) for line in (kept.names or "").splitlines()
        ),
        "born": lambda: same_day(told.born or "", kept.born or ""),
        "phone": lambda: naming.slips(digits(told.phone or ""), digits(kept.phone or "")) <= 1,
        "email": lambda: _same_box(told.email or "", kept.email or ""),
    }
    agreed = [name for name in both if checks[name]()]
    return agreed if agreed == both else []


def _same_box(one: str, other: str) -> bool:
    (name, host), (its_name, its_host) = mailbox(one), mailbox(other)
    return naming.slips(name, its_name) + min(naming.slips(host, its_host), 1) <= 1


def best(told: Told, kept: Iterable[tuple[object, Told]], *, least: int) -> list[object]:
    """Of the records that were opened those of whom at least `least` facts agree, best first."""
    scored = [(len(agreeing(told, facts)), _closeness(told, facts), it) for it, facts in kept]
    fit = sorted((s for s in scored if s[0] >= least), key=lambda s: s[:2], reverse=True)
    return [record for _, _, record in fit[:OFFERED]]


def _closeness(told: Told, kept: Told) -> int:
    """How many facts are the very same, so that the likeliest stands first."""
    mine, its = exact(told), exact(kept)
    return sum(bool(mine[name]) and mine[name] == its[name] for name in mine)

"""Pairs of names and birthdays of one person, or of two, by the kinds of variation that are
published for registers of people; made without knowing how the helpline compares them.

Kinds of one person: short forms, transliterations, spellings, double names, missing parts, typing
slips of neighbouring keys, the order of names, accents, day and month changed round. Kinds of two
people: same surname, same first name, same birthday, names that sound alike, twins, namesakes.
"""

import random
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple


def lists() -> dict[str, list[str]]:
    """The lists of `name_variants.txt`, each below its own heading."""
    text = (Path(__file__).parent / "name_variants.txt").read_text()
    sections = re.findall(r"^\[(.+)\]\n([^\[]+)", text, re.MULTILINE)
    return {heading: words.split() for heading, words in sections}


LISTS = lists()
GIVEN, SURNAMES = LISTS["given"], LISTS["surnames"]
SHORT, ACCENTED, SOUNDS_ALIKE = LISTS["short"], LISTS["accented"], LISTS["sounds alike"]
SPELLED, SPELLED_GIVEN = LISTS["spelled"], LISTS["spelled given"]
TRANSLITERATED = LISTS["transliterated"]
TRANSLITERATED_SURNAMES = LISTS["transliterated surnames"]
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class Person(NamedTuple):
    """What somebody says about themselves."""

    names: str
    born: str


class Pair(NamedTuple):
    """Two tellings: of one person, or of two."""

    kind: str
    same: bool
    kept: Person
    told: Person


class Maker:
    """Draws people, and tells of them once more in another way."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)

    def day(self) -> date:
        return date(1945, 1, 1) + timedelta(days=self.chance.randrange(23_500))

    def born(self) -> str:
        return self.day().isoformat()

    def given(self) -> str:
        return self.chance.choice(GIVEN)

    def surname(self) -> str:
        return self.chance.choice(SURNAMES)

    def two(self, from_: list[str]) -> tuple[str, str]:
        """Two different ones of a list, or the two sides of one of its pairs in either order."""
        if "/" not in from_[0]:
            one, other = self.chance.sample(from_, 2)
            return one, other
        sides = self.chance.choice(from_).split("/")
        self.chance.shuffle(sides)
        return sides[0], sides[1]

    def once_more(self, kept: str, told: str) -> tuple[Person, Person]:
        born = self.born()
        return Person(kept, born), Person(told, born)

    # One person, told twice.
    def short_form(self):
        (one, other), surname = self.two(SHORT), self.surname()
        return self.once_more(f"{one} {surname}", f"{other} {surname}")

    def transliteration(self):
        if self.chance.random() < 0.4:
            (one, other), given = self.two(TRANSLITERATED_SURNAMES), self.given()
            return self.once_more(f"{given} {one}", f"{given} {other}")
        (one, other), surname = self.two(TRANSLITERATED), self.surname()
        return self.once_more(f"{one} {surname}", f"{other} {surname}")

    def spelling(self):
        if self.chance.random() < 0.5:
            (one, other), given = self.two(SPELLED), self.given()
            return self.once_more(f"{given} {one}", f"{given} {other}")
        (one, other), surname = self.two(SPELLED_GIVEN), self.surname()
        return self.once_more(f"{one} {surname}", f"{other} {surname}")

    def double_name(self):
        given, second = self.two(GIVEN)
        surname, maiden = self.two(SURNAMES)
        ways = [
            (f"{given} {surname}-{maiden}", f"{given} {surname} {maiden}"),
            (f"{given} {surname}-{maiden}", f"{given} {self.chance.choice([surname, maiden])}"),
            (f"{given} {surname}-{maiden}", f"{given} {maiden}-{surname}"),
            (f"{given}-{second} {surname}", f"{given}{second.lower()} {surname}"),
            (f"{given}-{second} {surname}", f"{given} {surname}"),
        ]
        return self.once_more(*self.chance.choice(ways))

    def missing_part(self):
        given, middle = self.two(GIVEN)
        surname = self.surname()
        whole = f"{given} {middle} {surname}"
        shorter = [f"{given} {surname}", f"{middle} {surname}", f"{given} {middle[0]} {surname}"]
        told = [whole, self.chance.choice(shorter)]
        self.chance.shuffle(told)
        return self.once_more(*told)

    def typing_slip(self):
        name = f"{self.given()} {self.surname()}"
        return self.once_more(name, self.slip(name))

    def slip(self, name: str) -> str:
        """One of the four slips, at a letter but the first."""
        at = self.chance.choice([i for i in range(1, len(name)) if name[i].isalpha()])
        letter = name[at].lower()
        row = next((row for row in KEYS if letter in row), KEYS[0])
        beside = row[max(0, row.find(letter) - 1) : row.find(letter) + 2].replace(letter, "")
        kind = self.chance.randrange(4)
        if kind == 0:
            return name[:at] + self.chance.choice(beside) + name[at + 1 :]
        if kind == 1:
            return name[:at] + name[at + 1 :]
        if kind == 2:
            return name[:at] + name[at] + self.chance.choice(letter + beside) + name[at + 1 :]
        return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]

    def other_order(self):
        given, surname = self.given(), self.surname()
        told = [f"{surname} {given}", f"{surname.upper()}, {given}", f"Ms {given} {surname}"]
        return self.once_more(f"{given} {surname}", self.chance.choice(told))

    def accents(self):
        one, other = self.two(ACCENTED)
        given = self.given()
        return self.once_more(f"{given} {one}", f"{given} {other}")

    def day_and_month(self):
        while (day := self.day()).day > 12 or day.day == day.month:
            pass
        name = f"{self.given()} {self.surname()}"
        told = f"{day.year}-{day.day:02}-{day.month:02}"
        return Person(name, day.isoformat()), Person(name, told)

    # Two people.
    def same_surname(self):
        surname, (one, other) = self.surname(), self.two(GIVEN)
        return Person(f"{one} {surname}", self.born()), Person(f"{other} {surname}", self.born())

    def same_first_name(self):
        given, (one, other) = self.given(), self.two(SURNAMES)
        return Person(f"{given} {one}", self.born()), Person(f"{given} {other}", self.born())

    def same_birthday(self):
        (one, other), (first, second) = self.two(GIVEN), self.two(SURNAMES)
        return self.once_more(f"{one} {first}", f"{other} {second}")

    def sound_alike(self):
        (one, other), surname = self.two(SOUNDS_ALIKE), self.surname()
        return Person(f"{one} {surname}", self.born()), Person(f"{other} {surname}", self.born())

    def twins(self):
        surname, (one, other) = self.surname(), self.two(GIVEN)
        return self.once_more(f"{one} {surname}", f"{other} {surname}")

    def namesakes(self):
        name = f"{self.given()} {self.surname()}"
        return Person(name, self.born()), Person(name, self.born())


SAME: dict[str, Callable] = {
    "short form": Maker.short_form,
    "transliteration": Maker.transliteration,
    "spelling": Maker.spelling,
    "double name": Maker.double_name,
    "missing part": Maker.missing_part,
    "typing slip": Maker.typing_slip,
    "order or title": Maker.other_order,
    "accents": Maker.accents,
    "day and month": Maker.day_and_month,
}
DIFFERENT: dict[str, Callable] = {
    "same surname": Maker.same_surname,
    "same first name": Maker.same_first_name,
    "same birthday": Maker.same_birthday,
    "sound alike": Maker.sound_alike,
    "twins": Maker.twins,
    "namesakes": Maker.namesakes,
}


def pairs(seed: int, each: int) -> Iterator[Pair]:
    """`each` pairs of every kind."""
    maker = Maker(seed)
    for kinds, same in ((SAME, True), (DIFFERENT, False)):
        for kind, make in kinds.items():
            for _ in range(each):
                kept, told = make(maker)
                yield Pair(kind, same, kept, told)

"""Marks what could point to a person, for somebody to decide about; it never decides by itself.

Rules, no guessing: numbers, addresses, accounts, and names from a list that the data protection
officer keeps for each request. How much of our own examples it misses is measured, and the page
says so.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable
from importlib import resources
from typing import NamedTuple

from django.db import models


class Kind(models.TextChoices):
    """What a mark stands for."""

    PHONE = "phone", "Phone number"
    EMAIL = "email", "E-mail address"
    POSTCODE = "postcode", "Postcode"
    HANDLE = "handle", "Account name"
    NI = "ni", "National Insurance number"
    NHS = "nhs", "NHS number"
    NAME = "name", "Name"


class Mark(NamedTuple):
    """One find: `words[start:end]` may be a detail of this kind."""

    start: int
    end: int
    kind: Kind


PHONE = re.compile(r"(?<![\d.])(?:\+|00)?\d(?:[\s().-]{0,2}\d){8,13}(?!\.?\d)")
EMAIL = re.compile(r"[\w.+-]+(?:@|\s?\(at\)\s?|\s?\[at\]\s?)[\w-]+(?:\.|\s?\(dot\)\s?)[\w.]+", re.I)
POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[abd-hjlnp-uw-z]{2}\b", re.I)
NI = re.compile(r"\b[a-z]{2}\s?(?:\d\s?){6}[a-d]\b", re.I)
NHS = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)")
AT_NAME = re.compile(r"(?<![\w@.])@[a-z\d_][\w.]{2,29}\b", re.I)
ACCOUNT = re.compile(
    r"\b(?:insta(?:gram)?|snap(?:chat)?|discord|tiktok|telegram|whatsapp|signal|kik|roblox|"
    r"username|user name|gamertag|handle)\b(?:\s+(?:is|name|user|account|handle|it['’]?s|:))*"
    r"[\s:]+['\"“]?(?P<name>@?[\w.#-]*(?:\d|_|#|\.)[\w.#-]*\w)",
    re.I,
)
SHORTEST_NAME = 2


def marks(words: str, names: Iterable[str] = ()) -> list[Mark]:
    """Every find in `words`, in order; of two that overlap the longer one stays.

    `names` are looked for as whole words in any case and with or without accents; those shorter
    than two letters are left out, because they would be everywhere.
    """
    found = [*_of_patterns(words), *_of_names(words, names)]
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return sorted(kept)


def _of_patterns(words: str) -> Iterable[Mark]:
    for match in NHS.finditer(words):
        if is_nhs_number(match.group()):
            yield Mark(match.start(), match.end(), Kind.NHS)
    nhs = {match.start() for match in NHS.finditer(words) if is_nhs_number(match.group())}
    for kind, pattern in ((Kind.EMAIL, EMAIL), (Kind.POSTCODE, POSTCODE), (Kind.NI, NI)):
        yield from (Mark(m.start(), m.end(), kind) for m in pattern.finditer(words))
    phones = (m for m in PHONE.finditer(words) if m.start() not in nhs)
    yield from (Mark(m.start(), m.end(), Kind.PHONE) for m in phones)
    yield from (Mark(m.start(), m.end(), Kind.HANDLE) for m in AT_NAME.finditer(words))
    yield from (Mark(*m.span("name"), Kind.HANDLE) for m in ACCOUNT.finditer(words))


def is_nhs_number(written: str) -> bool:
    """Whether ten digits carry the check digit of an NHS number (modulus 11)."""
    digits = [int(letter) for letter in written if letter.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == digits[9] and check != 10


def _of_names(words: str, names: Iterable[str]) -> Iterable[Mark]:
    wanted = [_plain(name.strip()) for name in names]
    wanted = [name for name in wanted if len(name) >= SHORTEST_NAME]
    if not wanted:
        return
    longest_first = sorted(map(re.escape, wanted), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")
    yield from (Mark(m.start(), m.end(), Kind.NAME) for m in pattern.finditer(_plain(words)))


def _plain(words: str) -> str:
    """`words` in small letters without accents, letter for letter, so that places stay the same."""
    return "".join(_bare(letter) for letter in words)


@functools.lru_cache(maxsize=4096)
def _bare(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0].lower()
    return base if len(base) == 1 else letter


class Example(NamedTuple):
    """One line of our own, with what somebody marked in it by hand."""

    words: str
    marked: list[Mark]


MARKED = re.compile(r"\[\[(\w+):([^\]]+)\]\]")


def examples() -> list[Example]:
    """Our own made-up lines; `[[kind:…]]` stands around what a person would mark."""
    text = resources.files("privacy.review").joinpath("examples.txt").read_text()
    return [_example(line) for line in text.splitlines() if line and not line.startswith("#")]


def _example(line: str) -> Example:
    words, marked, last = "", [], 0
    for match in MARKED.finditer(line):
        words += line[last : match.start()]
        marked.append(Mark(len(words), len(words) + len(match[2]), Kind(match[1])))
        words += match[2]
        last = match.end()
    return Example(words + line[last:], marked)


class Measured(NamedTuple):
    """How many of one kind stand in our examples, and how many of them were not marked."""

    kind: Kind
    there: int
    missed: int


@functools.cache
def measured() -> list[Measured]:
    """What it misses in our own examples, kind by kind; names only as far as they are listed, so
    they are counted as found by nobody."""
    there = dict.fromkeys(Kind, 0)
    missed = dict.fromkeys(Kind, 0)
    for example in examples():
        found = marks(example.words)
        for wanted in example.marked:
            there[wanted.kind] += 1
            covered = any(f.start <= wanted.start and f.end >= wanted.end for f in found)
            missed[wanted.kind] += not covered
    return [Measured(kind, there[kind], missed[kind]) for kind in Kind]

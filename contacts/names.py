"""When two names may be one person's: spelling, sound, nicknames, double names, missing parts.

Nothing here decides that two people are one. It says what is worth showing to somebody who can ask.
"""

import csv
import functools
import re
import unicodedata
from collections import defaultdict
from importlib import resources
from itertools import combinations

LONGEST = 12  # parts of a name that are looked at
TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame", "lady", "lord", "rev", "prof"}
LINKING = {
    *("al", "el", "ul", "ur", "as", "ad", "bin", "ibn", "ben", "bint", "abu", "van", "von", "der"),
    *("den", "ter", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "y"),
    *("e", "ap", "ab", "o", "the", "zu", "af", "av"),
}
PLAIN = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
# Ways of writing one sound, longest first; what they become is a sign of ours, not a letter.
SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        (r"^(?:mac|mc)(?=[a-z]{3})", "mk"),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^wh", "w"),
        (r"tsch|tch|cz|ch(?=[eiy])|tj(?=[aeiou])", "C"),
        (r"schtsch|shch|szcz", "S"),
        (r"sch|sz|sh|sj(?=[aeiou])|ş", "S"),
        (r"dzh|dsch|dj|zh|rz(?=[aeiou])|g(?=[eiy])|j", "J"),
        (r"augh|ough|igh", "a"),
        (r"ph", "f"),
        (r"kh|gh|ch|ck|q|k", "k"),
        (r"x", "ks"),
        (r"c(?=[eiy])|ts|tz", "s"),
        (r"c", "k"),
        (r"th|dh|d|t", "t"),
        (r"bh|b", "b"),
        (r"w|v|f", "f"),
        (r"z|s", "s"),
    ]
]


def plain(text: str) -> str:
    """Small letters without accents."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def parts(name: str) -> tuple[str, ...]:
    """The parts that tell somebody apart: no titles, no “van”, no “al”; double names apart."""
    text = re.sub(r"['’`.]", "", plain(name))
    found = re.findall(r"[^\W\d_]+", text)
    told = [word for word in found if word not in TITLES and word not in LINKING]
    return tuple((told or found)[:LONGEST])


@functools.lru_cache(maxsize=4096)
def sound(part: str) -> str:
    """How a part sounds, very roughly: one spelling for many ways to write its consonants."""
    vowel = part[:1] in "aeiouy" and not part.startswith("y")
    written = "j" + part[1:] if part.startswith("y") and part[1:2] in "aeiou" else part
    for pattern, sign in SOUNDS:
        written = pattern.sub(sign, written)
    kept = re.sub(r"[aeiouyh]", "", written)
    kept = re.sub(r"(.)\1+", r"\1", kept)
    return ("A" if vowel else "") + kept or part


@functools.cache
def _known() -> dict[str, frozenset[str]]:
    """Each name's full forms, by the published list of English names and nicknames."""
    full = defaultdict(set)
    with resources.files("nicknames").joinpath("names.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            full[row["name2"]].add(row["name1"])
    return {name: frozenset(forms) for name, forms in full.items()}


def full_forms(part: str) -> frozenset[str]:
    """A part and the names that it is short for."""
    return _known().get(part, frozenset()) | {part}


def codes(part: str) -> set[str]:
    """What a part is found by: its own sound, and those of the names it is short for."""
    return {sound(form) for form in full_forms(part)}


def all_codes(told: tuple[str, ...]) -> set[str]:
    """What any part of a name is found by."""
    return {code for part in told for code in codes(part)}


def without_one(code: str) -> set[str]:
    """A code, and it with any one sign missing: two codes one slip apart share one of these."""
    return {code} | {code[:i] + code[i + 1 :] for i in range(len(code)) if len(code) > 2}


def slips(one: str, other: str, most: int = 3) -> int:
    """How many typing slips lie between two words: a letter more, less, another, or two swapped."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [], list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                step = min(step, earlier[j - 2] + 1)
            row.append(step)
    return row[-1]


def alike(one: str, other: str) -> bool:
    """Whether two parts may be one name, written or said in two ways."""
    if one == other or full_forms(one) & full_forms(other):
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter == 1:
        return one[0] == other[0]
    apart = slips(one, other)
    if apart <= (0 if shorter < 3 else 1 if shorter < 6 else 2):
        return True
    if shorter >= 3 and longer - shorter >= 2 and (one.startswith(other) or other.startswith(one)):
        return True
    return sound(one) == sound(other) and len(sound(one)) > 1 and apart <= 3


def _matched(fewer: tuple[str, ...], more: tuple[str, ...]) -> int:
    """How many parts of the shorter name have a part of their own in the longer one."""
    free, found = list(more), 0
    for part in fewer:
        best = next((p for p in free if p == part), None) or next(
            (p for p in free if alike(part, p)), None
        )
        if best:
            free.remove(best)
            found += 1
    return found


def joined(told: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The parts as they are, and with each two neighbours written as one: Anne Marie, Annemarie."""
    return {told} | {
        (*told[:i], told[i] + told[i + 1], *told[i + 2 :]) for i in range(len(told) - 1)
    }


def agree(one: str, other: str) -> bool:
    """Whether two names may be one person's, where something else agrees too.

    Every part of the shorter name has its own in the longer one, or at least two parts have.
    """
    for first in joined(parts(one)):
        for second in joined(parts(other)):
            fewer, more = sorted((first, second), key=len)
            found = _matched(fewer, more)
            if found >= 2 or found == len(fewer) > 0:
                return True
    return False


def pairs(told: tuple[str, ...]) -> set[str]:
    """What two parts together are found by, whatever their order; one of them in its full forms."""
    found = set()
    for one, other in combinations(told, 2):
        found |= {"|".join(sorted((code, sound(other)))) for code in codes(one)}
        found |= {"|".join(sorted((sound(one), code))) for code in codes(other)}
    return found

"""Nicknames: a label that its owner chose, and that passes for nobody who works here (H08)."""

import re
import unicodedata

from helpline.foundation.staff.models import Staff

LONGEST = 40
# Marks by the letter they look like to a hurried eye, once case, accents and widths are gone.
LOOK_ALIKES = {
    "a": "аᴀαɑ@4", "b": "вβь", "c": "сϲ", "d": "ԁ", "e": "еєε3", "g": "ɡ", "h": "һнԍ", "k": "кκ",
    "l": "iıіιӏ1|!", "j": "ј", "m": "мμ", "n": "пη", "o": "оοσ0ø", "p": "рρ", "q": "ԛ", "r": "г",
    "s": "ѕ$5", "t": "тτ", "u": "υц", "v": "ѵν", "w": "ԝω", "x": "хχ", "y": "уγ",
}  # fmt: skip
FOLDED = str.maketrans({mark: letter for letter, marks in LOOK_ALIKES.items() for mark in marks})
ALWAYS = ("helplineworker", "chatbot")  # wherever they stand in a name
ALONE = (
    *("system", "worker", "helpline", "bot", "staff", "admin", "administrator", "moderator"),
    *("supervisor", "volunteer", "counsellor", "you", "safeguardinglead"),
)


def tidy(typed: str) -> str:
    """A nickname as it is stored: on one line, without marks that nobody sees."""
    marks = ((mark, unicodedata.category(mark)) for mark in typed)
    seen = (" " if kind == "Cc" else mark for mark, kind in marks if kind not in {"Cf", "Cs"})
    return " ".join("".join(seen).split())


def skeleton(name: str) -> str:
    """What a name looks like: two that a hurried reader takes for each other have the same."""
    folded = name.casefold().translate(FOLDED)  # before some of them become another letter
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", folded).casefold())
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return re.sub(r"[\W_]", "", letters.translate(FOLDED))


ALWAYS_LOOKS = tuple(map(skeleton, ALWAYS))
ALONE_LOOKS = frozenset(map(skeleton, ALONE))


def passes_for_one_of_us(name: str) -> bool:
    """Whether a nickname could be taken for a colleague's alias or for the system's own voice."""
    looks = skeleton(name)
    if looks in ALONE_LOOKS or any(each in looks for each in ALWAYS_LOOKS):
        return True
    aliases = Staff.objects.filter(is_active=True).values_list("alias", flat=True)
    return bool(looks) and any(looks == skeleton(alias) for alias in aliases)

"""How long a text is, as networks count it, and where a long one is cut.

Letters of the GSM 03.38 alphabet take seven bits, so 160 fit; any other letter makes the whole text
UCS-2, of which 70 units fit. Of a text in several parts each carries a head: 153 and 67.
"""

from gsm0338 import Codec

GSM = Codec()
ONE, EACH = 160, 153  # septets of a text alone, and of each part
ONE_WIDE, EACH_WIDE = 70, 67  # UCS-2 units of the same
EXTENDED = frozenset("\f^{}\\[~]|€")  # of the GSM alphabet, after an escape
AT_ONCE = 10  # parts that a provider joins to one message


def is_plain(words: str) -> bool:
    """Whether the GSM alphabet has every letter of it."""
    try:
        GSM.encode(words)
    except UnicodeError:
        return False
    return True


def units(words: str, *, plain: bool) -> list[int]:
    """Of each letter its septets (an extension such as € takes two), or its UCS-2 units (an emoji
    takes two)."""
    if plain:
        return [2 if letter in EXTENDED else 1 for letter in words]
    return [2 if ord(letter) > 0xFFFF else 1 for letter in words]


def segments(words: str) -> int:
    """How many texts a network makes of it; none for no words. No letter is cut in two."""
    plain = is_plain(words)
    one, each = (ONE, EACH) if plain else (ONE_WIDE, EACH_WIDE)
    lengths = units(words, plain=plain)
    if sum(lengths) <= one:
        return int(bool(lengths))
    parts, room = 1, each
    for length in lengths:
        if length > room:
            parts, room = parts + 1, each
        room -= length
    return parts


def messages(words: str) -> list[str]:
    """Words cut into messages of ten parts at most, between words where there is a space."""
    cut: list[str] = []
    while segments(words) > AT_ONCE:
        end = longest(words)
        space = max(words.rfind(" ", 0, end), words.rfind("\n", 0, end))
        end = space if space > end // 2 else end
        cut.append(words[:end].rstrip())
        words = words[end:].lstrip()
    return [*cut, words]


def longest(words: str) -> int:
    """How many letters from the start fit into one message."""
    low, high = 1, min(len(words), AT_ONCE * EACH)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if segments(words[:middle]) <= AT_ONCE else (low, middle - 1)
    return low

"""Addresses that look like one we have verified, and are another (E20).

Somebody who wants to be told what a person said need only own `kent-police.uk` or write `rn` for
`m`. Such an address does not come onto the list at all; whoever really has it can be rung.
"""

from collections.abc import Iterable

# What the eye takes for one another, folded to one letter; pairs first.
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
FOLDED = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "5": "s", "8": "b", "6": "b"})
SKIPPED = str.maketrans("", "", "-_")


def plain(address: str) -> bool:
    """Whether every letter is one that a keyboard here has, also behind punycode."""
    return address.isascii() and not any(
        label.startswith("xn--") for label in address.lower().replace("@", ".").split(".")
    )


def seen(address: str) -> str:
    """What stands for every address that looks like this one."""
    folded = address.lower().translate(SKIPPED)
    for pair, one in PAIRS:
        folded = folded.replace(pair, one)
    return folded.translate(FOLDED)


def one_slip_apart(one: str, other: str) -> bool:
    """Whether a single slip of the fingers leads from one to the other: a letter more, less,
    another, or two exchanged."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    start = next((at for at, (mine, theirs) in pairs if mine != theirs), None)
    if start is None:
        return True
    rest, others = one[start:], other[start:]
    exchanged = rest[:2] == others[:2][::-1] and rest[2:] == others[2:]
    return exchanged or rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]


def like(address: str, verified: Iterable[str]) -> bool:
    """Whether `address` could be taken for one of the `verified`, or for one at their domain."""
    mine, domain = address.lower(), address.lower().rpartition("@")[2]
    for other in verified:
        theirs, their_domain = other.lower(), other.lower().rpartition("@")[2]
        if domain != their_domain and (
            _alike(domain, their_domain) or _wraps(domain, their_domain)
        ):
            return True
        if mine != theirs and _alike(mine, theirs):
            return True
    return False


def _alike(one: str, other: str) -> bool:
    return seen(one) == seen(other) or one_slip_apart(one, other)


def _wraps(domain: str, verified: str) -> bool:
    """Whether a verified domain stands inside another that is not below it."""
    return verified in domain and not domain.endswith(f".{verified}")

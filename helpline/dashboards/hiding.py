"""What a published table leaves out, so that nobody can be picked out by it (rules 2.11).

A count of one to nine is never shown. Were it alone, the total would give it away, so the next
smallest counts are hidden with it until at least two are hidden that are ten together. Zeros are
shown: they are about nobody, and hiding one would protect no other.

A longer period is told as the sum of its months as they are told, and of nothing else: whoever
subtracts one from another finds what they had before. To tell more of it, where two of its hidden
months are ten together, is not safe: rows and columns together can still give a single count away.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

FEWEST = 10

Group = TypeVar("Group", bound=Hashable)


def alone(count: int) -> int | None:
    """A count that is part of no published total; None when it may not be shown."""
    return None if 0 < count < FEWEST else count


def shown(counts: Mapping[Group, int]) -> dict[Group, int | None]:
    """Counts that add up to a published total; None for those that may not be shown (M02)."""
    hidden = {group for group, count in counts.items() if alone(count) is None}
    larger = sorted((group for group in counts if counts[group] >= FEWEST), key=counts.__getitem__)
    for group in larger:
        if not hidden or (len(hidden) > 1 and sum(counts[each] for each in hidden) >= FEWEST):
            break
        hidden.add(group)
    return {group: None if group in hidden else count for group, count in counts.items()}


def sums(periods: Iterable[Mapping[Group, int | None]]) -> dict[Group, int | None]:
    """What is told of a longer period, from what is told of its shorter ones: where one of these is
    hidden, it is hidden too (M02)."""
    told: dict[Group, int | None] = {}
    for period in periods:
        for group, count in period.items():
            before = told.get(group, 0)
            told[group] = None if before is None or count is None else before + count
    return told

"""What the benchmarks found: one table, medians of several runs, and whether each goal is met."""

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

RUNS = 3


class Row(NamedTuple):
    """One goal: what was measured, its limit measured beside it, and whether it is reached."""

    work: str
    measured: str
    limit: str
    goal: str
    met: bool
    runs: str

    def marked(self) -> tuple[str, ...]:
        return (*self[:4], "yes" if self.met else "NO", self.runs)


HEAD = ("work", "median", "limit, same run", "goal", "met", "runs")


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def several(values: Sequence[float], show: Callable[[float], str]) -> str:
    """Each run by itself, so that a reader sees how far they lie apart."""
    return " · ".join(map(show, values))


def thousands(value: float) -> str:
    return f"{value / 1000:.1f}k/s" if value < 100_000 else f"{value / 1000:.0f}k/s"


def ms(value: float) -> str:
    """`value` is in seconds."""
    return f"{value * 1000:.3g} ms"


def times(value: float) -> str:
    return f"{value:.2f}×"


def drawn(rows: Sequence[Row]) -> str:
    """The table in plain text, its columns as wide as they must be."""
    lines = [HEAD, *(row.marked() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    lines.insert(1, tuple("─" * width for width in widths))
    cells = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "\n".join(line.rstrip() for line in cells)

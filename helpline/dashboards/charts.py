"""Where the bars of a chart stand: plain numbers, which the templates draw as SVG."""

from typing import NamedTuple

WIDTH = 400  # units of every drawing, about a phone's pixels
HEIGHT = 200
LEFT, TOP, BOTTOM = 44, 10, 174
GRID = 4  # lines above the base
LABELS = 5  # at most so many below the columns


class Bar(NamedTuple):
    """One bar; without an amount it is drawn empty, because its count is not shown."""

    x: float
    y: float
    width: float
    height: float
    label: str
    amount: int | None


class Chart(NamedTuple):
    """Bars, the lines behind them as (height, amount), and the measures of the drawing."""

    width: int
    height: int
    bars: list[Bar]
    lines: list[tuple[float, int]]


def step(most: int) -> int:
    """A round distance of grid lines, of which GRID reach `most`."""
    size = 1
    while True:
        for distance in (size, 2 * size, 5 * size // 2, 5 * size):
            if distance * GRID >= most:
                return distance
        size *= 10


def columns(counts: list[tuple[str, int | None]]) -> Chart:
    """Upright bars, for weeks; where they are many only some are labelled."""
    each = step(max((count or 0 for _label, count in counts), default=0))
    room = (WIDTH - LEFT) / max(len(counts), 1)
    every = -(-len(counts) // LABELS)
    bars = [
        column(LEFT + place * room, room, label if place % every == 0 else "", count, each * GRID)
        for place, (label, count) in enumerate(counts)
    ]
    lines = [(height(number * each, each * GRID), number * each) for number in range(GRID + 1)]
    return Chart(WIDTH, HEIGHT, bars, lines)


def column(x: float, room: float, label: str, count: int | None, most: int) -> Bar:
    """One upright bar; one that is not shown is as low as a first grid line."""
    y = height(count if count is not None else most / GRID, most)
    gap = room * 0.15
    return Bar(round(x + gap, 1), y, round(room - 2 * gap, 1), round(BOTTOM - y, 1), label, count)


def height(amount: float, most: int) -> float:
    """Where an amount stands above the base."""
    return round(BOTTOM - (BOTTOM - TOP) * amount / most, 1)


def rows(counts: list[tuple[str, int | None]]) -> Chart:
    """Lying bars, a drawing each, for everything whose names are long."""
    most = max((count or 0 for _label, count in counts), default=0) or 1
    bars = [
        Bar(0, 0, round(WIDTH * (count or 0) / most, 1), 1, label, count) for label, count in counts
    ]
    return Chart(WIDTH, 1, bars, [])

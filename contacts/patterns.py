"""Rows drawn fast: a template drawn once with names in braces, then filled in for each row.

The HTML stays in its template; only drawing the same few tags hundreds of times is saved. Every
value is escaped here, as a template would, so this is the one module that may call its rows safe.
"""

import functools
import string
from collections.abc import Iterable, Mapping
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

BETWEEN = "\x00"


@functools.cache
def pattern(template: str, names: tuple[str, ...], *fixed: tuple[str, object]) -> str:
    """`template` with `{name}` where each value belongs; its conditions look at `fixed`."""
    row = {name: f"{{{name}}}" for name in names} | dict(fixed)
    return str(render_to_string(template, {"row": row, "csrf_token": "{csrf}"}))


def filled(drawn: str, **values: object) -> str:
    """A pattern with each value in its place, escaped; braces in a value stay what they are."""
    return all_filled([(drawn, values)])


def all_filled(rows: Iterable[tuple[str, Mapping[str, object]]]) -> str:
    """Patterns with their values, one after the other, as a template takes them.

    All at once: one by one, escaping and filling in cost several times as much.
    """
    texts, said = [], []
    for drawn, values in rows:
        text, names = in_pieces(drawn)
        texts.append(text)
        said += [str(values[name]) for name in names]
    return mark_safe("\n".join(texts) % tuple(escaped(said)))  # noqa: S308 (all of it escaped)


def joined(rows: Iterable[str]) -> str:
    """Filled rows, one after the other, as a template takes them."""
    return mark_safe("\n".join(rows))  # noqa: S308 (filled() has escaped every value)


@functools.lru_cache(maxsize=1024)
def in_pieces(drawn: str) -> tuple[str, tuple[str, ...]]:
    """A pattern as `%` takes it, and the names of its values in their order."""
    pieces = [(before, name) for before, name, *_ in string.Formatter().parse(drawn)]
    text = "".join(before.replace("%", "%%") + ("%s" if name else "") for before, name in pieces)
    return text, tuple(name for _, name in pieces if name)


def escaped(values: list[str]) -> list[str]:
    """Every value as a template would write it."""
    together = escape(BETWEEN.join(values)).split(BETWEEN)
    if len(together) == len(values):
        return together
    return [escape(value) for value in values]  # one of them holds the mark itself

"""Writes a bundle: a page to read, the same as JSON, and the person’s own words as a sheet.

One chapter is in memory at a time, and no file carries a name, a program or a time of day.
"""

import io
import json
from collections.abc import Callable, Iterator
from importlib import resources
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import get_template
from django.utils.html import escape

from helpline.foundation import sheets
from privacy.bundle.contents import Bundle, Chapter, Part

PAGE, DATA, WORDS = "read-me.html", "everything.json", "your-own-words.csv"
NO_TIME = (1980, 1, 1, 0, 0, 0)
FORMATS = 3
OPENING = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>
{style}</style>
</head>
<body>
"""


def write(bundle: Bundle, into: IO[bytes], told: Callable[[int], object] = lambda done: None):
    """Write the zip into a file that need not be able to seek; `told` hears how many of
    `bundle.how_many` × 3 chapters are written. Raises `Refused` for one that is not whole."""
    bundle.must_be_whole()
    done = 0
    with ZipFile(into, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, pieces in ((PAGE, page), (DATA, data), (WORDS, own_words)):
            info = ZipInfo(name, NO_TIME)
            info.compress_type, info.create_system = ZIP_DEFLATED, 3
            with archive.open(info, "w") as file:
                for piece in pieces(bundle, counted := Counted(bundle)):
                    file.write(piece)
                    told(done + counted.done)
            done += bundle.how_many
            told(done)


class Counted:
    """The chapters of one pass, counted as they are read."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle, self.done = bundle, 0

    def __iter__(self) -> Iterator[Chapter]:
        for chapter in self._bundle.chapters():
            yield chapter
            self.done += 1


def page(bundle: Bundle, chapters: Counted) -> Iterator[bytes]:
    """The page, chapter by chapter; it needs nothing but itself."""
    style = resources.files("privacy.bundle").joinpath("page.css").read_text()
    yield OPENING.format(heading=escape(bundle.heading), style=style).encode()
    parts = [(part, part.label, bundle.passages[part]) for part in Part]
    yield drawn("privacy/bundle/_head.html", {"bundle": bundle, "parts": parts})
    for number, chapter in enumerate(chapters, start=1):
        yield drawn("privacy/bundle/_chapter.html", {"chapter": chapter, "number": number})
    yield b"<p>This is the end. There is nothing more in it.</p>\n</body>\n</html>\n"


def drawn(template: str, context: dict) -> bytes:
    """One piece of the page."""
    return get_template(template).render(context).encode()


def data(bundle: Bundle, chapters: Counted) -> Iterator[bytes]:
    """The same as JSON."""
    said = {
        "heading": bundle.heading,
        "made_on": bundle.made_on,
        "controller": bundle.organisation,
        "about": {
            part.value: {"words": passage.words, "listed": list(passage.rows)}
            for part, passage in ((part, bundle.passages[part]) for part in Part)
        },
    }
    yield json.dumps(said, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "chapters": ['
    for number, chapter in enumerate(chapters):
        yield (b",\n" if number else b"\n") + as_json(chapter)
    yield b"\n ]\n}\n"


def as_json(chapter: Chapter) -> bytes:
    """One chapter as an object."""
    told = {
        "heading": chapter.heading,
        "facts": dict(chapter.facts),
        "items": [item._asdict() for item in chapter.said],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def own_words(bundle: Bundle, chapters: Counted) -> Iterator[bytes]:
    """What the person said or wrote themselves, as a sheet in which nothing can run (H02)."""
    yield sheets.sheet([("From", "When", "Your words")])
    for chapter in chapters:
        own = [(chapter.heading, each.at, each.words) for each in chapter.said if each.own]
        if own:
            yield sheets.sheet(own).removeprefix(b"\xef\xbb\xbf")


def as_bytes(bundle: Bundle) -> bytes:
    """The whole zip in memory, for what is short."""
    kept = io.BytesIO()
    write(bundle, kept)
    return kept.getvalue()

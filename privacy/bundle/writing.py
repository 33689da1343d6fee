"""Writes a bundle: a page to read, the same as JSON, and the person’s own words as a sheet.

A few hundred items are in memory at a time, and no file carries a name, a program or a time of day.
"""

import io
import json
import zlib
from collections.abc import Callable, Iterator
from html import escape
from importlib import resources
from itertools import islice
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import get_template

from helpline.foundation import sheets
from privacy.bundle.contents import Bundle, Chapter, Part, Said

PAGE, DATA, WORDS = "read-me.html", "everything.json", "your-own-words.csv"
NO_TIME = (1980, 1, 1, 0, 0, 0)
AT_ONCE = 500  # items
MOST = 64 * 1024  # bytes
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
    `bundle.how_many` chapters are written. Raises `Refused` for one that is not whole.

    Everything is read and opened once; two of the three files wait, compressed, for their place.
    """
    bundle.must_be_whole()
    data, words = Waiting(), Waiting()
    with ZipFile(into, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(entry(PAGE), "w") as page:
            page.write(opening(bundle))
            data.write(about(bundle))
            words.write(sheets.sheet([("From", "When", "Your words")]))
            for number, chapter in enumerate(bundle.chapters(), start=1):
                add(chapter, number, page, data, words)
                told(number)
            page.write(b"<p>This is the end. There is nothing more in it.</p>\n</body>\n</html>\n")
            data.write(b"\n ]\n}\n")
        for name, waiting in ((DATA, data), (WORDS, words)):
            with archive.open(entry(name), "w") as file:
                for piece in waiting.pieces():
                    file.write(piece)


def entry(name: str) -> ZipInfo:
    """A file of the zip, which tells no time and no system of ours."""
    info = ZipInfo(name, NO_TIME)
    info.compress_type, info.create_system = ZIP_DEFLATED, 3
    return info


class Waiting:
    """What stands later in the zip, kept compressed until then."""

    def __init__(self) -> None:
        self._packer, self._packed = zlib.compressobj(1), []

    def write(self, piece: bytes) -> None:
        """Keep some bytes."""
        self._packed.append(self._packer.compress(piece))

    def pieces(self) -> Iterator[bytes]:
        """All of it, in order, never much at once however well it was packed."""
        unpacker = zlib.decompressobj()
        for packed in (*self._packed, self._packer.flush()):
            while packed:
                yield unpacker.decompress(packed, MOST)
                packed = unpacker.unconsumed_tail


def add(chapter: Chapter, number: int, page, data: Waiting, words: Waiting) -> None:
    """One chapter at the end of all three files, some of its items at a time."""
    page.write(drawn("privacy/bundle/_chapter.html", {"chapter": chapter, "number": number}))
    facts = {"heading": chapter.heading, "facts": dict(chapter.facts)}
    page.write(b"<ol>\n")
    start = json.dumps(facts, ensure_ascii=False)[:-1] + ', "items": ['
    data.write((",\n" if number > 1 else "\n").encode() + start.encode())
    between = ""
    items = iter(chapter.said)
    while some := list(islice(items, AT_ONCE)):
        page.write("".join(map(as_html, some)).encode())
        told = json.dumps([item._asdict() for item in some], ensure_ascii=False)
        data.write((between + told[1:-1]).encode())
        between = ", "
        if own := [(chapter.heading, each.at, each.words) for each in some if each.own]:
            words.write(sheets.sheet(own).removeprefix(b"\xef\xbb\xbf"))
    page.write(b"</ol>\n")
    data.write(b"]}")


def opening(bundle: Bundle) -> bytes:
    """The page as far as the first chapter; it needs nothing but itself."""
    style = resources.files("privacy.bundle").joinpath("page.css").read_text()
    parts = [(part, part.label, bundle.passages[part]) for part in Part]
    begins = OPENING.format(heading=escape(bundle.heading), style=style).encode()
    return begins + drawn("privacy/bundle/_head.html", {"bundle": bundle, "parts": parts})


def drawn(template: str, context: dict) -> bytes:
    """One piece of the page."""
    return get_template(template).render(context).encode()


def as_html(item: Said) -> str:
    """One item of the page, every word of it escaped; a template takes eight times as long."""
    when = f"{item.who}, {item.at}" if item.at else item.who
    removed = f'<span class="removed">{escape(item.removed)}</span>' if item.removed else ""
    kind = "said own" if item.own else "said"
    return (
        f'<li class="{kind}"><span class="when">{escape(when)}</span>{escape(item.words)}'
        f"{removed}</li>\n"
    )


def about(bundle: Bundle) -> bytes:
    """The same as JSON, as far as its first chapter."""
    said = {
        "heading": bundle.heading,
        "made_on": bundle.made_on,
        "controller": bundle.organisation,
        "about": {
            part.value: {"words": passage.words, "listed": list(passage.rows)}
            for part, passage in ((part, bundle.passages[part]) for part in Part)
        },
    }
    return json.dumps(said, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "chapters": ['


def as_bytes(bundle: Bundle) -> bytes:
    """The whole zip in memory, for what is short."""
    kept = io.BytesIO()
    write(bundle, kept)
    return kept.getvalue()

"""A bundle is whole, holds nothing that was taken out, and carries nothing it should not (D22)."""

import io
import json
import tracemalloc
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.foundation.states import Refused
from privacy.bundle import writing
from privacy.bundle.contents import Bundle, Chapter, Cut, Part, Passage, Said, without

SAID = Said("3 March 2026, 9:40", "You", "=HYPERLINK(1) he said <b>run</b>", own=True)
ANSWER = Said("3 March 2026, 9:41", "Robin, for us", "[removed: somebody else]", removed="Somebody")


def bundle(chapters=1, lines=1, **changes) -> Bundle:
    def all_of():
        for number in range(chapters):
            yield Chapter(f"Chat {number + 1}", (("Channel", "Web chat"),), [SAID, ANSWER] * lines)

    passages = {part: Passage(f"About {part.label}.", ("one", "two")) for part in Part}
    whole = Bundle("What we hold", "3 April 2026", "The charity", passages, all_of, chapters)
    return whole._replace(**changes)


def files(made: Bundle) -> dict[str, str]:
    with ZipFile(io.BytesIO(writing.as_bytes(made))) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_it_holds_a_page_the_same_as_json_and_the_own_words_as_a_sheet():
    made = files(bundle(chapters=2))
    told = json.loads(made[writing.DATA])
    assert [chapter["heading"] for chapter in told["chapters"]] == ["Chat 1", "Chat 2"]
    assert told["chapters"][0]["items"][0]["words"] == SAID.words
    assert made[writing.WORDS].count("he said") == 2
    assert "Robin" not in made[writing.WORDS]
    assert made[writing.PAGE].count("he said") == 2


@pytest.mark.parametrize("part", Part)
def test_d22_no_bundle_leaves_without_a_passage_that_the_law_asks_for(part):
    whole = bundle()
    for lacking in ({}, {part: Passage("  ")}):
        passages = {k: v for k, v in whole.passages.items() if k != part} | lacking
        with pytest.raises(Refused, match=part.label):
            writing.as_bytes(whole._replace(passages=passages))
    page, told = files(whole)[writing.PAGE], json.loads(files(whole)[writing.DATA])
    assert f'id="{part}"' in page
    assert told["about"][part]["listed"] == ["one", "two"]


def test_h01_h02_nothing_in_it_runs():
    made = files(bundle())
    assert "&lt;b&gt;run&lt;/b&gt;" in made[writing.PAGE]
    assert "'=HYPERLINK" in made[writing.WORDS]
    assert "<script" not in made[writing.PAGE]
    assert "http" not in made[writing.PAGE]


def test_the_archive_says_nothing_of_when_or_on_what_it_was_made():
    with ZipFile(io.BytesIO(writing.as_bytes(bundle()))) as archive:
        for info in archive.infolist():
            assert info.date_time == writing.NO_TIME
            assert (info.comment, info.extra) == (b"", b"")
        assert archive.comment == b""


def test_progress_is_told_chapter_by_chapter_until_all_are_written():
    heard: list[int] = []
    writing.write(bundle(chapters=5), io.BytesIO(), heard.append)
    assert heard == [1, 2, 3, 4, 5]


def test_memory_stays_flat_however_much_is_written():
    def most(chapters: int) -> int:
        tracemalloc.start()
        writing.write(bundle(chapters=chapters, lines=30), Nowhere())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(2)  # templates and tables that are made once
    assert most(60) < most(6) * 1.5


class Nowhere(io.RawIOBase):
    """A file that cannot seek and keeps nothing."""

    def writable(self):
        return True

    def write(self, piece):
        return len(piece)


def test_d06_what_is_cut_is_gone_and_its_reason_stays_in_its_place():
    words = "Marcus hits me. Marcus!"
    cuts = [Cut(0, 6, "somebody else"), Cut(16, 22, "somebody else")]
    assert without(words, cuts) == "[removed: somebody else] hits me. [removed: somebody else]!"
    with pytest.raises(ValueError, match="overlap"):
        without(words, [Cut(0, 6, "x"), Cut(5, 8, "y")])
    with pytest.raises(ValueError, match="outside"):
        without(words, [Cut(20, 99, "x")])


@given(st.text(min_size=1, max_size=80), st.data())
def test_d06_no_letter_of_a_cut_survives_it(words, data):
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert without(words, [Cut(start, end, "§")]) == f"{words[:start]}[removed: §]{words[end:]}"

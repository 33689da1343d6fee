"""What may be said as one line, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.chat.lines import LONGEST, Reason, Unsayable, clean

SAID = [
    "hello",
    "  kept   as typed  ",
    "two\nlines",
    "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe",
    "z" + "\N{COMBINING GRAVE ACCENT}" * 3999,
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
    "\N{GOTHIC LETTER AHSA}",
    "\N{ZERO WIDTH NO-BREAK SPACE}a",
    "{{7*7}} %s {0.__class__} '; DROP TABLE",
    "x" * LONGEST,
]
REFUSED = [
    ("", Reason.EMPTY),
    (" \t\r\n\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}", Reason.EMPTY),
    ("\N{ZERO WIDTH SPACE}" * 50, Reason.EMPTY),
    ("x" * (LONGEST + 1), Reason.TOO_LONG),
    ("nul\0", Reason.UNSENDABLE),
    ("half \ud83d", Reason.UNSENDABLE),
]


@pytest.mark.parametrize("text", SAID, ids=ascii)
def test_h06_odd_characters_are_kept_as_they_were_typed(text):
    assert clean(text) == text


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=lambda value: ascii(value)[:20])
def test_h06_what_cannot_be_stored_or_seen_is_refused_with_plain_words(text, reason):
    with pytest.raises(Unsayable) as refusal:
        clean(text)
    assert refusal.value.reason is reason


def test_every_kind_of_line_end_is_one_and_counts_once():
    assert clean("a\r\nb\rc\nd") == "a\nb\nc\nd"
    assert len(clean("\r\n" * (LONGEST - 1) + "x")) == LONGEST


@given(st.text(st.characters(), max_size=60))
def test_h06_whatever_is_accepted_can_be_stored_and_stays_as_it_is(text):
    try:
        said = clean(text)
    except Unsayable:
        return
    assert said.encode()
    assert clean(said) == said


def test_a_refusal_never_repeats_the_text():
    with pytest.raises(Unsayable) as refusal:
        clean("my father\0")
    assert "father" not in str(refusal.value)

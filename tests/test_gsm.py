"""Long texts are counted as networks count them, and cut where a phone joins them again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.written import gsm

GSM_LETTERS = "abc XYZ 019 @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà€[]{}^~|"


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # two septets each
        ("€" * 81, 2),
        ("€" * 152, 2),  # 76 in a part: none is cut in two
        ("€" * 153, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😟" * 35, 1),  # two units each
        ("😟" * 36, 2),
        ("😟" * 66, 2),  # 33 in a part
        ("😟" * 67, 3),
        ("a" * 69 + "’", 1),  # one letter outside makes all of it wide
        ("a" * 70 + "’", 2),
    ],
)
def test_a_text_is_counted_as_networks_count_it(words, texts):
    assert gsm.segments(words) == texts


@pytest.mark.parametrize("letter", GSM_LETTERS)
def test_every_letter_of_gsm_03_38_is_plain(letter):
    assert gsm.is_plain(letter)


@pytest.mark.parametrize("letter", "’“”–…ж😟中`\t")
def test_any_other_letter_is_not(letter):
    assert not gsm.is_plain(letter)


@given(st.text(st.sampled_from("ab €ж😟\n"), max_size=4000))
def test_what_is_cut_is_whole_again_and_no_message_is_too_long(words):
    cut = gsm.messages(words)
    assert "".join("".join(cut).split()) == "".join(words.split())
    assert all(gsm.segments(each) <= gsm.AT_ONCE for each in cut)


def test_words_are_cut_between_words():
    cut = gsm.messages("word " * 700)
    assert all(each.split() == ["word"] * len(each.split()) for each in cut)

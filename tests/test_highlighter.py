"""The highlighter marks for a person to decide, says what it misses, and decides nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.review.highlighter import Kind, examples, is_nhs_number, marks, measured


def found(words: str, names=()) -> list[tuple[str, str]]:
    return [(mark.kind, words[mark.start : mark.end]) for mark in marks(words, names)]


@pytest.mark.parametrize(
    ("words", "kind", "what"),
    [
        ("my number is 07700 900123 ok", Kind.PHONE, "07700 900123"),
        ("it is +44 7700 900456.", Kind.PHONE, "+44 7700 900456"),
        ("write to sam.lowe@example.org please", Kind.EMAIL, "sam.lowe@example.org"),
        ("we live in SW14 7JE now", Kind.POSTCODE, "SW14 7JE"),
        ("ni QQ 12 34 56 C here", Kind.NI, "QQ 12 34 56 C"),
        ("nhs 943 476 5919 here", Kind.NHS, "943 476 5919"),
        ("add @kit.draws there", Kind.HANDLE, "@kit.draws"),
        ("my snap is kit_2010", Kind.HANDLE, "kit_2010"),
    ],
)
def test_it_marks_what_points_to_a_person(words, kind, what):
    assert found(words) == [(kind, what)]


def test_names_are_those_the_data_protection_officer_lists_for_the_request():
    words = "Marcus said so, and José did too; marcusville is a town"
    assert found(words) == []
    assert found(words, ["marcus", "Jose", "x"]) == [(Kind.NAME, "Marcus"), (Kind.NAME, "José")]


@pytest.mark.parametrize("words", ["i am 15", "bus 73, 10:45", "45.50", "2024/118", ""])
def test_ordinary_numbers_are_left_alone(words):
    assert found(words) == []


def test_ten_digits_are_an_nhs_number_only_with_their_check_digit():
    assert is_nhs_number("943 476 5919")
    assert not is_nhs_number("943 476 5918")
    assert not is_nhs_number("111 111 1111")
    assert found("ring 943 476 5918")[0][0] == Kind.PHONE


@given(st.text(max_size=300), st.lists(st.text(max_size=8), max_size=4))
def test_marks_never_overlap_and_always_lie_within_the_words(words, names):
    last = 0
    for mark in marks(words, names):
        assert last <= mark.start < mark.end <= len(words)
        last = mark.end


def test_what_it_misses_is_counted_from_our_examples_and_is_not_nothing():
    """A person must look: the page says so with figures that come from here."""
    counts = {each.kind: each for each in measured()}
    assert sum(each.there for each in counts.values()) == sum(len(e.marked) for e in examples())
    assert all(each.there >= 3 for each in counts.values())
    assert counts[Kind.NAME].missed == counts[Kind.NAME].there
    assert 0 < counts[Kind.PHONE].missed < counts[Kind.PHONE].there / 2

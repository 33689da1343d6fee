"""What is published picks nobody out, not by itself and not by subtraction (M02)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.dashboards.hiding import FEWEST, alone, shown

GROUPS = st.dictionaries(st.text(max_size=3), st.integers(0, 60), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 9, "b": 40, "c": 12}, {"a": None, "b": 40, "c": None}),
        ({"a": 10, "b": 40}, {"a": 10, "b": 40}),
        ({"a": 0, "b": 40}, {"a": 0, "b": 40}),
        ({"a": 3, "b": 4, "c": 30, "d": 50}, {"a": None, "b": None, "c": None, "d": 50}),
        ({"a": 6, "b": 7, "c": 30}, {"a": None, "b": None, "c": 30}),
        ({"a": 9}, {"a": None}),
        ({"a": 9, "b": 0}, {"a": None, "b": 0}),
        ({"a": 9, "b": 90}, {"a": None, "b": None}),
        ({}, {}),
    ],
)
def test_m02_a_small_count_and_what_would_give_it_away_are_hidden(counts, told):
    assert shown(counts) == told


@given(GROUPS)
def test_m02_no_small_count_is_ever_shown(counts):
    for group, count in shown(counts).items():
        assert count is None or count == counts[group]
        assert count == 0 or count is None or count >= FEWEST


@given(GROUPS)
def test_m02_the_total_gives_no_hidden_count_away(counts):
    hidden = [counts[group] for group, count in shown(counts).items() if count is None]

    if hidden and alone(sum(counts.values())) is not None:
        assert len(hidden) > 1
        assert sum(hidden) >= FEWEST


@given(GROUPS)
def test_zeros_are_shown_and_hide_no_other(counts):
    told = shown(counts)
    assert all(told[group] == 0 for group, count in counts.items() if count == 0)


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (9, None), (10, 10)])
def test_a_total_is_hidden_when_it_is_small(count, told):
    assert alone(count) == told

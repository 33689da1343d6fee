"""Dates as the charity counts them (rules 2.1.2)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from helpline.foundation.calendar import (
    add_months,
    is_working,
    london_date,
    london_today,
    roll,
    span_words,
    to_the_minute,
)

days = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 8, 31), 18, date(2027, 2, 28)),
        (date(2024, 2, 29), 18, date(2025, 8, 29)),
        (date(2022, 8, 31), 18, date(2024, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 1, 1), -1, date(2024, 12, 1)),
        (date(2025, 5, 5), 0, date(2025, 5, 5)),
    ],
)
def test_months_are_calendar_months(day, months, then):
    assert add_months(day, months) == then


@given(days, st.integers(-600, 600))
def test_a_month_is_never_overshot(day, months):
    then = add_months(day, months)
    assert (then.year - day.year) * 12 + then.month - day.month == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(1)).day == 1)


@given(days, days)
def test_a_later_day_is_never_over_sooner(one, other):
    first, last = sorted([one, other])
    assert add_months(first, 18) <= add_months(last, 18)


@pytest.mark.parametrize(("day", "months"), [(date(9999, 1, 1), 12), (date(1, 1, 1), -1)])
def test_there_is_nothing_outside_the_calendar(day, months):
    with pytest.raises(ValueError, match="outside the calendar"):
        add_months(day, months)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 1, 23, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 7, 1, 22, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_a_day_ends_at_midnight_in_london(moment, day):
    assert london_date(moment) == day
    with time_machine.travel(moment, tick=False):
        assert london_today() == day


def test_stored_times_have_no_seconds():
    moment = datetime(2026, 7, 1, 22, 59, 58, 999, tzinfo=UTC)
    assert to_the_minute(moment) == datetime(2026, 7, 1, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 20), True),  # a Friday
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),  # Boxing Day falls on a Saturday
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 3, 17), True),  # a holiday in Northern Ireland only
        (date(2022, 9, 19), False),  # the funeral of Elizabeth II
    ],
)
def test_working_days_are_those_of_england_and_wales(day, working):
    assert is_working(day) is working


@given(st.dates(date(2012, 1, 1), date(2040, 1, 1)))
def test_a_deadline_rolls_forward_to_a_working_day_at_most_five_days_on(day):
    then = roll(day)
    assert is_working(then)
    assert timedelta(0) <= then - day <= timedelta(5)
    assert (then == day) == is_working(day)


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        ((26, 2, 21), (26, 5, 21), "26 July 2026, 3:21 to 6:21"),
        ((26, 20, 0), (26, 23, 5), "26 July 2026, 21:00 to 27 July 2026, 0:05"),
    ],
)
def test_a_span_says_its_day_once_unless_it_passes_midnight_in_london(begins, ends, words):
    begin, end = (datetime(2026, 7, *each, tzinfo=UTC) for each in (begins, ends))
    assert span_words(begin, end) == words

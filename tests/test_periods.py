"""Every week belongs to one month and one quarter, and none is told before it is over."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.dashboards.periods import (
    WEEK,
    Quarter,
    a_month,
    first_week,
    last_whole_month,
    month_of,
    months,
    weeks_of,
)
from helpline.foundation.calendar import add_months

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(DAYS)
def test_weeks_of_a_month_are_those_whose_thursday_is_in_it(day):
    monday = day - timedelta(days=day.weekday())
    month = month_of(monday)

    assert (monday + timedelta(days=3)).replace(day=1) == month
    assert first_week(month) <= monday < first_week(add_months(month, 1))
    assert month_of(first_week(month)) == month
    assert month_of(first_week(month) - WEEK) == add_months(month, -1)


@given(DAYS)
def test_the_newest_whole_month_is_over_and_the_next_is_not(today):
    month = last_whole_month(today)
    assert first_week(add_months(month, 1)) <= today < first_week(add_months(month, 2))


@given(DAYS)
def test_a_quarter_has_the_weeks_of_its_three_months(day):
    monday = day - timedelta(days=day.weekday())
    quarter = Quarter.of(month_of(monday))
    weeks = [week for month in quarter.months(date(2200, 1, 1)) for week in weeks_of(month)]

    assert monday in weeks
    assert 12 <= len(weeks) <= 14
    assert {month_of(week) for week in weeks} == set(
        months(quarter.first, add_months(quarter.first, 2))
    )


def test_a_month_that_is_not_over_does_not_count_yet():
    quarter = Quarter(date(2026, 10, 1))
    october, november = date(2026, 10, 1), date(2026, 11, 1)

    assert quarter.months(date(2026, 11, 29)) == [october]
    assert quarter.months(date(2026, 11, 30)) == [october, november]


def test_quarters_are_named_as_people_name_them():
    quarter = Quarter.of(date(2026, 11, 1))

    assert (quarter.code, quarter.words) == ("2026-4", "October to December 2026")
    assert quarter.before(4).code == "2025-4"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "0000-01", "26-01", "٢٠٢٦-٠١"])
def test_a_malformed_month_is_refused_h09(text):
    with pytest.raises(ValueError, match=r"month|year"):
        a_month(text)

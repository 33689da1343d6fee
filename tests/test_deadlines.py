"""When an answer is due: the law's month, the charity's 30 days, and every other clock (4.B)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.foundation.calendar import (
    ENGLAND,
    add_months,
    bank_holidays,
    is_working,
    knows,
    london_date,
    roll,
)
from privacy import deadlines
from privacy.deadlines import Facts, Limits, Pause, excluded, limits, started

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
starts = st.dates(date(2024, 1, 1), date(2040, 12, 31))
spans = st.integers(0, 120).map(lambda days: timedelta(days=days))


def d(text: str) -> date:
    return date.fromisoformat(text)


def found(received: str, today: str = "2040-01-01", **facts) -> Limits:
    given_ = {name: d(value) if isinstance(value, str) else value for name, value in facts.items()}
    return limits(Facts(d(received), **given_), d(today))


def stood(*pauses: tuple[str, str | None]) -> tuple[Pause, ...]:
    return tuple(Pause(d(asked), answered and d(answered)) for asked, answered in pauses)


VECTORS = [  # rules 2.1.3: start, statutory, promise, three months
    ("2024-11-25", "2024-12-27", "2024-12-25", "2025-02-25"),
    ("2026-01-01", "2026-02-02", "2026-01-31", "2026-04-01"),
    ("2026-01-30", "2026-03-02", "2026-03-01", "2026-04-30"),
    ("2026-01-31", "2026-03-02", "2026-03-02", "2026-04-30"),
    ("2028-01-31", "2028-02-29", "2028-03-01", "2028-05-02"),
    ("2026-02-28", "2026-03-30", "2026-03-30", "2026-05-28"),
    ("2026-03-03", "2026-04-07", "2026-04-02", "2026-06-03"),
    ("2026-11-25", "2026-12-29", "2026-12-25", "2027-02-25"),
    ("2026-11-28", "2026-12-29", "2026-12-28", "2027-03-01"),
    ("2027-11-25", "2027-12-29", "2027-12-25", "2028-02-25"),
    ("2026-06-30", "2026-07-30", "2026-07-30", "2026-09-30"),
]


@pytest.mark.parametrize(("start", "statutory", "promise", "longer"), VECTORS)
def test_b01_the_vectors(start, statutory, promise, longer):
    """B01."""
    plain, extended = found(start), found(start, extended_on=start)

    assert (plain.start, plain.statutory, plain.promise) == (d(start), d(statutory), d(promise))
    assert plain.due == min(d(statutory), d(promise))
    assert plain.first_limit == extended.first_limit == d(statutory)
    assert extended.statutory == d(longer)
    assert plain.target == d(start) + 28 * DAY
    assert plain.is_sure
    assert (plain.is_extended, extended.is_extended) == (False, True)


@given(starts)
def test_b02_the_month_has_28_to_35_days_and_ends_on_a_working_day(start):
    """B02."""
    one = limits(Facts(start), start)

    assert 28 <= (one.statutory - start).days <= 35
    assert is_working(one.statutory)
    assert roll(one.statutory) == one.statutory
    assert one.promise == start + 30 * DAY
    assert one.due == min(one.statutory, one.promise)
    assert one.statutory <= limits(Facts(start + DAY), start).statutory


@given(starts, spans, spans, spans, spans)
def test_b02_a_pause_never_shortens_and_an_extension_is_never_earlier(start, a, b, c, e):
    """B02, B10."""
    first = Pause(start + a, start + a + b)
    both = (first, Pause(start + c, start + c + e))
    today = start + 400 * DAY
    none, one, two = (limits(Facts(start, pauses=p), today) for p in ((), (first,), both))

    assert none.statutory <= one.statutory <= two.statutory
    assert none.stopped == 0
    assert one.stopped == b.days
    assert max(b, e).days <= two.stopped <= (b + e).days
    assert two.statutory <= two.literal
    assert is_working(two.statutory)
    assert is_working(two.literal)
    assert is_working(two.rolled_first)
    longer = limits(Facts(start, pauses=both, extended_on=start), today)
    assert longer.is_extended
    assert longer.statutory >= two.statutory
    assert longer.first_limit == two.first_limit == two.statutory


@given(starts, st.lists(st.tuples(spans, spans), max_size=6))
def test_b10_days_are_counted_once_however_pauses_lie(start, drawn):
    """B10: against a count day by day."""
    pauses = [Pause(start - 30 * DAY + at, start - 30 * DAY + at + length) for at, length in drawn]
    days = {
        asked + n * DAY
        for asked, answered in pauses
        for n in range((answered - asked).days)
        if asked + n * DAY >= start
    }
    gaps = {day for day in days if day - DAY not in days}

    assert excluded(pauses, start, start) == (len(days), len(gaps))
    assert excluded(reversed(pauses), start, start) == (len(days), len(gaps))


@pytest.mark.parametrize(
    ("pauses", "days"),
    [
        ([("2026-09-10", "2026-09-20")], (10, 1)),
        ([("2026-09-10", "2026-09-20"), ("2026-09-12", "2026-09-15")], (10, 1)),
        ([("2026-09-10", "2026-09-20"), ("2026-09-20", "2026-09-22")], (12, 1)),
        ([("2026-09-10", "2026-09-20"), ("2026-09-15", "2026-09-25")], (15, 1)),
        ([("2026-09-10", "2026-09-12"), ("2026-09-14", "2026-09-15")], (3, 2)),
        ([("2026-08-20", "2026-09-05")], (2, 1)),
        ([("2026-08-20", "2026-09-03")], (0, 0)),
        ([("2026-09-10", "2026-09-10")], (0, 0)),
        ([("2026-09-10", None)], (20, 1)),
    ],
)
def test_b09_b10_which_days_a_stopped_clock_leaves_out(pauses, days):
    """B09 (zero length), B10."""
    assert excluded(stood(*pauses), d("2026-09-03"), d("2026-09-30")) == days


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
    ],
)
def test_b03_a_shorter_month_ends_on_its_last_day(day, months, then):
    """B03."""
    assert add_months(d(day), months) == d(then)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 1, 22, 59, tzinfo=UTC), "2026-07-01"),
        (datetime(2026, 7, 1, 23, 1, tzinfo=UTC), "2026-07-02"),
        (datetime(2026, 12, 1, 23, 59, tzinfo=UTC), "2026-12-01"),
        (datetime(2026, 12, 2, 0, 1, tzinfo=UTC), "2026-12-02"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=LONDON), "2026-10-25"),
    ],
)
def test_b04_the_day_of_receipt_is_the_day_in_london(moment, day):
    """B04."""
    assert london_date(moment) == d(day)


def test_b05_the_month_runs_from_the_information_the_promise_from_the_confirmation():
    """B05."""
    one = found(
        "2026-06-01",
        identity_asked_on="2026-06-05",
        identity_received_on="2026-06-09",
        identity_confirmed_on="2026-06-20",
    )

    assert one.start == d("2026-06-09")
    assert one.statutory == d("2026-07-09")
    assert one.promise == d("2026-07-20")
    assert one.due == d("2026-07-09")


def test_b06_who_never_had_to_prove_it_is_counted_from_receipt():
    """B06."""
    one = found("2026-06-01", identity_confirmed_on="2026-06-15")

    assert (one.start, one.promise) == (d("2026-06-01"), d("2026-07-01"))


@pytest.mark.parametrize(
    "waits",
    [
        {"identity_asked_on": "2026-06-05"},
        {"authority_asked_on": "2026-06-20"},
        {"fee_asked_on": "2026-06-02"},
        {
            "authority_asked_on": "2026-06-02",
            "fee_asked_on": "2026-06-02",
            "fee_paid_on": d("2026-06-03"),
        },
    ],
)
def test_no_month_runs_while_what_was_asked_for_is_not_here(waits):
    one = found("2026-06-01", **waits)

    assert one == Limits(*[None, 0], *[None] * 7, False, True)


def test_d04_the_latest_of_all_that_was_needed_starts_the_month():
    """D04: authority asked for, and the clock from its arrival."""
    one = found(
        "2026-06-01",
        authority_asked_on="2026-06-02",
        authority_received_on="2026-06-24",
        fee_asked_on="2026-06-02",
        fee_paid_on="2026-06-10",
    )
    early = found("2026-06-09", authority_asked_on="2026-06-09", authority_received_on="2026-06-08")
    fee = found("2026-06-01", fee_asked_on="2026-06-02", fee_paid_on="2026-06-10")

    assert (one.start, one.promise) == (d("2026-06-24"), d("2026-07-24"))
    assert early.start == d("2026-06-09")
    assert fee.start == d("2026-06-10")


@pytest.mark.parametrize(("asked", "moves"), [(0, True), (7, True), (8, False), (29, False)])
def test_b07_a_question_that_comes_late_moves_no_limit(asked, moves):
    """B07."""
    received = d("2026-06-01")
    facts = Facts(
        received,
        identity_asked_on=received + asked * DAY,
        identity_received_on=received + 40 * DAY,
        identity_confirmed_on=received + 41 * DAY,
    )

    assert started(facts) == (received + 40 * DAY if moves else received)
    assert limits(facts, received).promise == received + 71 * DAY


def test_b07_a_late_question_without_answer_leaves_the_month_of_receipt():
    """B07."""
    one = found("2026-06-01", identity_asked_on="2026-06-29")

    assert (one.start, one.statutory, one.promise) == (d("2026-06-01"), d("2026-07-01"), None)
    assert one.due == d("2026-07-01")


def test_b11_the_three_readings_of_a_pause():
    """B11: the shortest is due, the longer two are stored beside it."""
    one = found(
        "2026-09-03",
        identity_asked_on="2026-09-03",
        identity_received_on="2026-09-03",
        identity_confirmed_on="2026-09-20",
        pauses=stood(("2026-09-10", "2026-09-20")),
    )

    assert (one.stopped, one.due) == (10, d("2026-10-13"))
    assert (one.literal, one.rolled_first) == (d("2026-10-14"), d("2026-10-15"))


def test_b11_the_promise_of_30_days_knows_no_pause():
    """B11: kept even where the law is laxer (S2-45)."""
    one = found("2026-09-03", pauses=stood(("2026-09-10", "2026-09-20")))

    assert (one.statutory, one.due) == (d("2026-10-13"), d("2026-10-03"))
    assert found("2026-06-02", pauses=stood(("2026-06-04", "2026-06-06"))).rolled_first == d(
        "2026-07-06"
    )
    assert found("2026-06-02").rolled_first == found("2026-06-02").statutory == d("2026-07-02")


def test_b09_b17_how_long_is_long_ago_and_how_long_a_clock_may_stand():
    assert (deadlines.LATE_FROM, deadlines.STANDSTILL) == (60 * DAY, 90 * DAY)


@pytest.mark.parametrize(
    ("noticed", "holds"), [("2026-07-05", True), ("2026-07-06", True), ("2026-07-07", False)]
)
def test_b12_the_notice_must_come_within_the_first_month(noticed, holds):
    """B12: 4 July 2026 is a Saturday, so that the month ends on Monday the 6th."""
    one = found("2026-06-04", extended_on=noticed)

    assert one.first_limit == d("2026-07-06")
    assert one.is_extended is holds
    assert one.statutory == d("2026-09-04" if holds else "2026-07-06")


def test_b12_what_is_due_after_an_extension_is_the_promise_or_the_third_month():
    """B12, S2-45: never the first month, which the notice has moved."""
    asked = {"identity_asked_on": "2026-06-05", "extended_on": "2026-07-01"}
    proved = {"identity_received_on": "2026-06-09", "identity_confirmed_on": "2026-06-20"}
    confirmed = found("2026-06-01", **asked, **proved)
    late = found("2026-06-01", **asked | {"identity_asked_on": "2026-06-29"})

    assert (confirmed.first_limit, confirmed.due) == (d("2026-07-09"), d("2026-07-20"))
    assert (late.first_limit, late.promise) == (d("2026-07-01"), None)
    assert late.due == late.statutory == d("2026-09-01")


def test_b13_an_open_pause_moves_the_day_for_the_notice_too():
    """B13: and it is counted anew when the answer comes."""
    still = found("2026-06-01", today="2026-06-25", pauses=stood(("2026-06-11", None)))
    later = found("2026-06-01", today="2026-07-20", pauses=stood(("2026-06-11", None)))
    answered = found("2026-06-01", pauses=stood(("2026-06-11", "2026-06-21")))

    assert (still.stopped, still.first_limit) == (14, d("2026-07-15"))
    assert (later.stopped, later.first_limit) == (39, d("2026-08-10"))
    assert (answered.stopped, answered.first_limit) == (10, d("2026-07-13"))
    noticed = found(
        "2026-06-01",
        today="2026-07-14",
        pauses=stood(("2026-06-11", None)),
        extended_on="2026-07-14",
    )
    assert noticed.is_extended


def test_b14_a_holiday_proclaimed_later_only_moves_a_limit_back(settings):
    """B14."""
    before = limits(Facts(d("2027-06-30")), d("2027-07-01"), bank_holidays("ENG"))
    settings.PROCLAIMED_HOLIDAYS = ["2027-07-30", "SCT:2027-08-31"]
    after = limits(Facts(d("2027-06-30")), d("2027-07-01"), bank_holidays("ENG"))

    assert (before.statutory, after.statutory) == (d("2027-07-30"), d("2027-08-02"))
    assert d("2027-07-30") not in ENGLAND
    assert d("2027-07-30") in bank_holidays("NIR")
    assert d("2027-08-31") in bank_holidays("SCT")
    assert d("2027-08-31") not in bank_holidays("ENG")


def test_b14_each_nation_has_its_own_holidays_and_an_unknown_one_is_refused():
    """B14: 2 January is a holiday in Scotland alone, 12 July in Northern Ireland."""
    asked = Facts(d("2027-12-12"), extended_on=d("2027-12-12"))
    ends = {
        nation: limits(Facts(d("2028-06-12")), d("2028-06-12"), bank_holidays(nation)).statutory
        for nation in ("ENG", "SCT", "NIR")
    }

    assert ends == {"ENG": d("2028-07-12"), "SCT": d("2028-07-12"), "NIR": d("2028-07-13")}
    assert limits(asked, d("2028-01-01"), bank_holidays("SCT")).first_limit == d("2028-01-12")
    assert roll(d("2029-01-02"), bank_holidays("SCT")) == d("2029-01-03")
    every = Facts(d("2028-06-02"), pauses=stood(("2028-06-05", "2028-06-14")))
    north = limits(every, d("2029-01-01"), bank_holidays("NIR"))
    assert (north.statutory, north.literal) == (d("2028-07-11"), d("2028-07-13"))
    plain = limits(Facts(d("2028-06-12")), d("2029-01-01"), bank_holidays("NIR"))
    assert plain.first_limit == plain.literal == plain.rolled_first == d("2028-07-13")
    late = Facts(d("2028-06-10"), pauses=stood(("2028-06-15", "2028-06-17")))
    assert limits(late, d("2029-01-01"), bank_holidays("NIR")).rolled_first == d("2028-07-13")
    with pytest.raises(ValueError, match="do not know the bank holidays"):
        bank_holidays("FRA")


def test_b14_a_year_without_known_holidays_has_none_and_says_so():
    """B14: the earlier day stands, with a warning."""
    one = limits(Facts(d("2101-11-25")), d("2101-11-25"))

    assert one.statutory == d("2101-12-26")
    assert not one.is_sure
    assert not found("2100-11-15", extended_on="2100-11-15").is_sure
    assert found("2100-11-15").is_sure
    assert knows(d("2100-12-31"))
    assert not knows(d("2101-01-01"))


def test_b15_a_complaint_received_on_a_saturday():
    """B15."""
    assert deadlines.acknowledge_by(d("2026-11-28")) == d("2026-12-29")
    assert deadlines.acknowledge_by(d("2026-06-01")) == d("2026-07-01")
    assert deadlines.acknowledge_by(d("2028-06-12"), bank_holidays("NIR")) == d("2028-07-13")
    assert deadlines.progress_by(d("2026-06-01")) == d("2026-06-29")


@given(starts)
def test_b15_a_complaint_is_acknowledged_within_30_days_or_on_the_next_working_day(received):
    """B15."""
    by = deadlines.acknowledge_by(received)

    assert is_working(by)
    assert 30 <= (by - received).days <= 35


def test_b16_72_hours_over_a_weekend_on_which_the_clocks_change():
    """B16."""
    aware = datetime(2026, 3, 27, 18, 0, tzinfo=LONDON)

    by = deadlines.report_by(aware)

    assert by.astimezone(LONDON).replace(tzinfo=None) == datetime(2026, 3, 30, 19, 0)
    assert by - aware.astimezone(UTC) == timedelta(hours=72)


def test_b19_the_day_itself_is_not_late_the_next_one_is():
    """B19."""
    one = found("2026-06-30")
    apart = found("2026-03-03")

    assert not deadlines.is_overdue(one, d("2026-07-30"))
    assert deadlines.is_overdue(one, d("2026-07-31"))
    assert not deadlines.is_promise_missed(apart, d("2026-04-02"))
    assert deadlines.is_promise_missed(apart, d("2026-04-03"))
    assert not deadlines.is_overdue(apart, d("2026-04-03"))
    assert not deadlines.is_overdue(Limits(), d("2040-01-01"))
    assert not deadlines.is_promise_missed(Limits(), d("2040-01-01"))


@pytest.mark.parametrize(
    ("obtained", "relied", "valid"),
    [
        ("2026-05-15", "2026-11-15", True),
        ("2026-05-15", "2026-11-16", False),
        ("2026-08-31", "2027-02-28", True),
        ("2026-08-31", "2027-03-01", False),  # 28 February 2027 is a Sunday: not rolled
        ("2026-05-15", "2026-05-15", True),
        ("2026-05-15", "2026-05-14", False),
    ],
)
def test_b20_an_opinion_holds_for_six_months_to_the_day(obtained, relied, valid):
    """B20."""
    assert deadlines.is_opinion_valid(d(obtained), d(relied)) is valid

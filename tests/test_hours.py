"""When somebody answers, and how people are told: weeks, bank holidays, closures, clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from contacts import hours_words
from contacts.hours import Hours, span, utc
from contacts.models import Closure, Day, Opening
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import ENGLAND, LONDON
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import Refused, WrongState
from tests.racing import outcome, rivals, somebody_waits, until

CHAT = Service.IS_THIS_OK
MIDNIGHT = time()
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # the clocks change at 1:00 UTC
CHRISTMAS = date(2026, 12, 25)

times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
near_changes = st.sampled_from([SPRING, AUTUMN]).flatmap(
    lambda day: st.integers(-36 * 60, 36 * 60).map(
        lambda minutes: datetime.combine(day, time(1), UTC) + timedelta(minutes=minutes)
    )
)


@st.composite
def weeks(draw):
    """Hours that the pages would accept: no span of a day is empty or overlaps another."""
    found = []
    for day in Day:
        edges = sorted(draw(st.sets(times, max_size=4)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        found += [Opening(service=CHAT, day=day, opens=a, closes=b) for a, b in pairs]
        if len(edges) % 2:
            found.append(Opening(service=CHAT, day=day, opens=edges[-1], closes=MIDNIGHT))
    return Hours(found, draw(st.sets(st.sampled_from([SPRING, AUTUMN, CHRISTMAS]))))


def daily(opens: time, closes: time) -> Hours:
    return Hours([Opening(day=day, opens=opens, closes=closes) for day in Day], set())


def shown(hours: Hours, moment: datetime) -> bool:
    """Whether the clock on the wall shows a time within the hours: the rule, put plainly."""
    local = moment.astimezone(LONDON)
    day = Day.BANK_HOLIDAY if local.date() in ENGLAND else local.weekday()
    mine = [each for each in hours.openings if each.day == day]
    at = local.time().replace(tzinfo=None)
    return local.date() not in hours.closed and any(
        each.opens <= at and (at < each.closes or each.closes == MIDNIGHT) for each in mine
    )


# What is true of all hours ------------------------------------------------------------------------


@given(weeks(), moments | near_changes)
def test_it_is_open_whenever_the_clock_shows_an_hour_of_the_day(hours, moment):
    if shown(hours, moment):
        assert hours.now(moment)
    elif moment.date() not in (SPRING, AUTUMN):
        assert not hours.now(moment)


@given(weeks(), moments | near_changes)
def test_what_opens_next_is_later_and_open_from_then_on(hours, moment):
    following = hours.next(moment)
    if following:
        assert utc(following.opens) > moment
        assert hours.now(following.opens)


@given(weeks(), moments | near_changes)
def test_until_is_the_end_and_the_minute_before_is_not(hours, moment):
    until = hours.until(moment)
    if until:
        assert hours.now(moment)
        assert not hours.now(until)
        assert hours.now(utc(until) - timedelta(microseconds=1))


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), times, times)
def test_no_span_ends_before_it_begins(day, one, other):
    opens, closes = min(one, other), max(one, other)
    found = span(day, Opening(opens=opens, closes=closes))
    assert utc(found.opens) <= utc(found.closes)


# The two days of the year -------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "really"), [(SPRING, 5), (AUTUMN, 7), (date(2026, 6, 1), 6)])
def test_a_night_across_the_clock_change_is_as_long_as_it_really_is(day, really):
    night = span(day, Opening(opens=MIDNIGHT, closes=time(6)))
    assert utc(night.closes) - utc(night.opens) == timedelta(hours=really)


def test_the_hour_that_comes_twice_is_open_twice_and_closes_once():
    hours = daily(time(0, 30), time(1, 30))
    first, between, second = (
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC) + timedelta(minutes=minutes)
        for minutes in (0, 35, 60)
    )
    assert [bool(hours.now(each)) for each in (first, between, second)] == [True, True, True]
    assert not hours.now(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


def test_the_hour_that_never_comes_moves_to_the_jump():
    opens = span(SPRING, Opening(opens=time(1, 30), closes=time(6))).opens
    assert utc(opens) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert opens.hour == 2


def test_a_service_that_closes_at_eleven_does_so_on_both_sides_of_the_change():
    hours = daily(time(9), time(23))
    for day in (date(2026, 3, 28), SPRING, date(2026, 10, 24), AUTUMN):
        until = hours.until(datetime.combine(day, time(20), LONDON))
        assert (until.date(), until.time()) == (day, time(23))


# Words --------------------------------------------------------------------------------------------


@pytest.fixture
def told(db):
    """Hours of the chat service: 4 pm to 11 pm, on bank holidays from noon."""
    for day in Day:
        opens = time(12) if day == Day.BANK_HOLIDAY else time(16)
        Opening.objects.create(service=CHAT, day=day, opens=opens, closes=time(23))


def at(*when) -> datetime:
    return datetime(*when, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(2026, 7, 1, 16, 0), "Open now, until 11 pm."),
        (at(2026, 7, 1, 22, 59), "Open now, until 11 pm."),
        (at(2026, 7, 1, 9, 0), "Closed now. Opens today at 4 pm."),
        (at(2026, 7, 1, 23, 0), "Closed now. Opens tomorrow at 4 pm."),
        (at(2026, 12, 24, 23, 30), "Closed now. Opens tomorrow at noon."),
        (at(2026, 12, 25, 12, 0), "Open now, until 11 pm."),
    ],
)
def test_i06_whether_it_is_open_is_said_in_one_sentence(told, moment, words):
    assert hours_words.now_words(CHAT, moment) == words


def test_i06_a_closure_is_told_and_passed_over(told):
    closure = Closure.objects.create(service=CHAT, on=date(2026, 7, 2), why="staff training")
    words = "Closed on Thursday 2 July 2026: staff training"
    assert hours_words.closures_words(CHAT, date(2026, 7, 1)) == [words]
    assert hours_words.closures_words(CHAT, date(2026, 7, 3)) == []
    assert hours_words.opens_words(CHAT, at(2026, 7, 1, 23, 30)) == "on Friday at 4 pm"
    assert not hours_words.is_open(CHAT, at(2026, 7, 2, 17))
    closure.delete()
    assert hours_words.minutes_left(CHAT, at(2026, 7, 2, 22, 50)) == 10


def test_a_week_is_told_in_as_few_lines_as_it_takes(told):
    assert hours_words.week_words(CHAT) == [
        ("Monday to Sunday", "4 pm to 11 pm"),
        ("Bank holidays", "noon to 11 pm"),
    ]
    Opening.objects.filter(day__in=[Day.SATURDAY, Day.SUNDAY]).delete()
    Opening.objects.create(service=CHAT, day=Day.MONDAY, opens=time(9), closes=time(10, 30))
    assert hours_words.week_words(CHAT)[:3] == [
        ("Monday", "9 am to 10:30 am and 4 pm to 11 pm"),
        ("Tuesday to Friday", "4 pm to 11 pm"),
        ("Saturday and Sunday", "closed"),
    ]


@pytest.mark.django_db
def test_a_service_without_hours_is_closed_and_says_no_more():
    assert hours_words.now_words(CHAT) == "Closed now."
    assert hours_words.week_words(CHAT) == [("Every day", "closed")]
    assert hours_words.minutes_left(CHAT) is None


def test_day_and_night_has_no_end(db):
    for day in Day:
        Opening.objects.create(service=CHAT, day=day, opens=MIDNIGHT, closes=MIDNIGHT)
    assert hours_words.now_words(CHAT) == "Open now, day and night."
    assert hours_words.week_words(CHAT) == [("Every day", "all day")]


def test_an_end_that_is_days_away_says_on_which_day(db):
    for day in (Day.MONDAY, Day.TUESDAY):
        Opening.objects.create(service=CHAT, day=day, opens=MIDNIGHT, closes=MIDNIGHT)
    Opening.objects.create(service=CHAT, day=Day.WEDNESDAY, opens=MIDNIGHT, closes=time(17))
    assert hours_words.now_words(CHAT, at(2026, 6, 1, 9)) == "Open now, until 5 pm on Wednesday."


# Changing them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "closes", "why"),
    [
        (time(9), time(9), "before it opens"),
        (time(22), time(2), "before it opens"),
        (time(9), time(17), "overlap"),
        (time(22), MIDNIGHT, "overlap"),
        (MIDNIGHT, MIDNIGHT, "overlap"),
        (time(17), time(18), "overlap"),
    ],
)
def test_an_empty_or_overlapping_span_is_refused_and_none_of_its_days_is_added(
    told, supervisor, opens, closes, why
):
    Opening.objects.filter(day=Day.MONDAY).delete()
    with pytest.raises(Refused, match=why):
        Opening.objects.add(CHAT, [Day.MONDAY, Day.TUESDAY], opens, closes, by=supervisor)
    assert not Opening.objects.filter(day=Day.MONDAY).exists()


def test_hours_that_touch_others_are_added_and_recorded(told, supervisor):
    Opening.objects.add(CHAT, [Day.MONDAY], time(9), time(16), by=supervisor)
    Opening.objects.add(CHAT, [Day.MONDAY], time(23), MIDNIGHT, by=supervisor)
    Opening.objects.add(Service.HELPLINE, [Day.MONDAY], time(10), time(20), by=supervisor)
    assert AuditEvent.objects.filter(action=Action.HOURS_CHANGED).count() == 3


def test_a_span_is_changed_and_removed_once(told, supervisor):
    span = Opening.objects.get(day=Day.MONDAY)
    span.change(time(15), time(22), by=supervisor)
    with pytest.raises(Refused, match="before it opens"):
        span.change(time(15), time(14), by=supervisor)
    stale = Opening.objects.get(day=Day.MONDAY)
    assert (stale.opens, stale.closes) == (time(15), time(22))
    span.remove(by=supervisor)
    with pytest.raises(WrongState, match="meanwhile"):
        stale.remove(by=supervisor)
    with pytest.raises(WrongState, match="meanwhile"):
        stale.change(time(1), time(2), by=supervisor)
    assert AuditEvent.objects.filter(action=Action.HOURS_CHANGED).count() == 2


def test_a_day_is_closed_once_and_opened_again(told, supervisor):
    closure = Closure.objects.add(CHAT, CHRISTMAS, "Christmas Day", by=supervisor)
    with pytest.raises(Refused, match="already"):
        Closure.objects.add(CHAT, CHRISTMAS, "", by=supervisor)
    stale = Closure.objects.get()
    closure.remove(by=supervisor)
    with pytest.raises(WrongState, match="meanwhile"):
        stale.remove(by=supervisor)
    assert AuditEvent.objects.filter(action=Action.HOURS_CHANGED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_add_overlapping_hours_at_once_the_later_is_refused(supervisor):
    def add(opens, closes):
        Opening.objects.add(CHAT, [Day.MONDAY], time(opens), time(closes), by=supervisor)

    with rivals() as start:
        with transaction.atomic():
            add(9, 17)
            later = start(add, 10, 18)
            until(somebody_waits)
        assert isinstance(outcome(later), Refused)
    assert Opening.objects.get().opens == time(9)

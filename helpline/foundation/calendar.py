"""Dates as the charity counts them: calendar months, working days and London midnights."""

import calendar
import functools
from collections.abc import Container
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")
MONTHS = tuple(calendar.month_name)  # looked up in there, a name is put together every time
NATIONS = ("ENG", "SCT", "NIR")  # whose bank holidays we can count with; Wales has England's
ENGLAND = holidays.country_holidays("GB", subdiv="ENG")


def add_months(day: date, months: int) -> date:
    """`day` moved by calendar months, cut to the last day of a shorter month.

    31 August plus 18 months is 28 February (rules 2.1.2). Raises `ValueError` outside years 1–9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError("That is outside the calendar.")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def london_date(moment: datetime) -> date:
    """The date on a London wall calendar at `moment`, which must carry its time zone."""
    return timezone.localtime(moment, LONDON).date()


def london_today() -> date:
    """Today in London; midnight there is when a contact's 18 months end (S2-36)."""
    return london_date(timezone.now())


def to_the_minute(moment: datetime) -> datetime:
    """`moment` without its seconds: no stored time of a contact is finer than that (S0-01)."""
    return moment.replace(second=0, microsecond=0)


def this_minute() -> datetime:
    """Now, to the minute: when something was written down about a contact."""
    return to_the_minute(timezone.now())


def bank_holidays(nation: str) -> Container[date]:
    """The bank holidays of one nation, with those of `PROCLAIMED_HOLIDAYS`, which came later.

    Raises `ValueError` for a nation whose holidays we do not know. A year beyond `knows` has none,
    so that a limit in it is too early rather than too late.
    """
    if nation not in NATIONS:
        raise ValueError("We do not know the bank holidays of this part of the country.")
    return _holidays_with(nation, frozenset(proclaimed(nation)))


def proclaimed(nation: str) -> set[date]:
    """The days of `PROCLAIMED_HOLIDAYS` that hold in one nation.

    Raises `ValueError` for what is no date, and for a nation that we do not know.
    """
    split = [each.rpartition(":") for each in settings.PROCLAIMED_HOLIDAYS]
    if {where for where, _, _ in split} - {"", *NATIONS}:
        raise ValueError("PROCLAIMED_HOLIDAYS names a part of the country that we do not know.")
    return {date.fromisoformat(day) for where, _, day in split if where in ("", nation)}


@functools.cache
def _holidays_with(nation: str, added: frozenset[date]) -> Container[date]:
    days = holidays.country_holidays("GB", subdiv=nation)
    days.update(dict.fromkeys(added, "Proclaimed"))
    return days


def knows(day: date) -> bool:
    """Whether the bank holidays of the year of `day` are known at all."""
    return ENGLAND.start_year <= day.year <= ENGLAND.end_year


def is_working(day: date, closed: Container[date] = ENGLAND) -> bool:
    """Whether `day` is neither a weekend nor `closed`, by default a bank holiday in England and
    Wales."""
    return day.weekday() < 5 and day not in closed


def roll(day: date, closed: Container[date] = ENGLAND) -> date:
    """`day`, or the next working day when it is none."""
    while not is_working(day, closed):
        day += timedelta(days=1)
    return day


def day_words(day: date) -> str:
    """A date as people write it: 22 November 2026."""
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def moment_words(moment: datetime) -> str:
    """A date and a time in London as people write them: 22 November 2026, 9:40."""
    local = moment.astimezone(LONDON)
    return f"{day_words(local)}, {local.hour}:{local.minute:02}"


def time_words(moment: datetime) -> str:
    """The time of day in London: 9:40."""
    local = moment.astimezone(LONDON)
    return f"{local.hour}:{local.minute:02}"


def span_words(begins: datetime, ends: datetime) -> str:
    """From one moment to another, the day said once: 22 November 2026, 9:40 to 11:00."""
    same_day = london_date(begins) == london_date(ends)
    return f"{moment_words(begins)} to {time_words(ends) if same_day else moment_words(ends)}"

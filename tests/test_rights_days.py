"""The days of a request move with the calendar and never by themselves (B14); whoever was asked and
does not answer is asked again (rules 2.1.2)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from helpline.celery import app
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import bank_holidays, day_words, london_today, roll
from helpline.foundation.states import WrongState
from privacy import tasks
from privacy.models import RightsRequest
from privacy.models.rights_clock import HOLIDAY
from privacy.rights.kinds import Asker, Kind, Nation, Status
from tests import rights
from tests.rights import WHY, letter, take_in, with_code

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def limit_of(request) -> date:
    return RightsRequest.objects.get(pk=request.pk).statutory_on


@pytest.fixture
def proclaim(settings):
    """The day on which a limit ends becomes a bank holiday; it returns the day it moves to."""

    def proclaiming(day: date, nation: str = "") -> date:
        said = f"{nation}:{day.isoformat()}" if nation else day.isoformat()
        settings.PROCLAIMED_HOLIDAYS = [*settings.PROCLAIMED_HOLIDAYS, said]
        return roll(day, bank_holidays(nation or "ENG"))

    return proclaiming


@pytest.fixture
def open_request(dpo):
    return take_in(by=dpo)


def test_b14_the_next_day_every_open_limit_has_moved_and_it_is_written_down(open_request, proclaim):
    was = open_request.statutory_on
    moved = proclaim(was)
    tasks.follow_calendar()
    tasks.follow_calendar()

    assert limit_of(open_request) == moved > was
    step = open_request.steps.get(what=HOLIDAY)
    assert (step.field, step.was, step.became, step.by) == ("statutory_on", was, moved, None)
    event = AuditEvent.objects.get(action=Action.RIGHTS_MOVED, detail__step=HOLIDAY)
    assert event.detail["days"] == (moved - was).days


def test_b14_beat_looks_every_day():
    jobs = {job["task"]: job["schedule"] for job in app.conf.beat_schedule.values()}
    assert jobs["privacy.tasks.follow_calendar"].hour == {0}


def test_b14_the_page_shows_the_day_and_what_it_did(open_request, proclaim, dpo, signed_in):
    was = open_request.statutory_on
    moved = proclaim(was)
    tasks.follow_calendar()
    page = signed_in(dpo).get(open_request.get_absolute_url()).content.decode()
    assert "A bank holiday that was proclaimed" in page
    assert f"{day_words(was)} became {day_words(moved)}." in page
    assert "The calendar" in page


@pytest.mark.parametrize("days", range(-3, 40))
def test_b14_a_proclaimed_day_only_ever_moves_a_limit_back(open_request, proclaim, days):
    was = limit_of(open_request)
    proclaim(london_today() + timedelta(days=days))
    tasks.follow_calendar()
    assert limit_of(open_request) >= was
    assert open_request.steps.filter(what=HOLIDAY).exists() is (limit_of(open_request) > was)


def test_b14_only_the_nation_that_has_it(dpo, proclaim):
    here, there = take_in(by=dpo), take_in(by=dpo, nation=Nation.SCOTLAND)
    was = limit_of(here)
    proclaim(limit_of(there), "SCT")
    tasks.follow_calendar()
    assert limit_of(here) == was
    assert there.steps.filter(what=HOLIDAY).exists()


def test_b14_a_complaint_moves_too_and_what_is_answered_does_not(dpo, proclaim):
    with time_machine.travel(date(2027, 7, 1)):  # its 30 days end on a Saturday
        complaint, over = take_in(Kind.COMPLAINT, by=dpo), take_in(by=dpo)
        over.withdraw(by=dpo, why=WHY)
        was, before = limit_of(complaint), limit_of(over)
        proclaim(was)
        proclaim(before)
        tasks.follow_calendar()
        assert limit_of(complaint) == was + DAY
        assert limit_of(over) == before


def test_b14_while_the_clock_stands_nothing_moves(dpo, make_contact, second, proclaim):
    request = rights.stands(Status.CLOCK_STOPPED, dpo, second, make_contact("x", ended=True))
    proclaim(limit_of(request))
    tasks.follow_calendar()
    assert not request.steps.filter(what=HOLIDAY).exists()


@pytest.mark.parametrize("said", ["FRA:2027-06-04", "4 June", "ENG:someday"])
def test_b14_an_unknown_nation_or_day_is_refused_before_anything_starts(settings, said):
    settings.PROCLAIMED_HOLIDAYS = [said]
    assert "helpline.E020" in {found.id for found in run_checks()}
    settings.PROCLAIMED_HOLIDAYS = ["2027-06-04", "NIR:2027-06-07"]
    assert "helpline.E020" not in {found.id for found in run_checks()}


# Asked, and not answered -------------------------------------------------------------------------


def page_in(days: int, request, staff, signed_in) -> tuple[str, str]:
    """The page and the desk so many days from now."""
    with time_machine.travel(london_today() + timedelta(days=days)):
        client = signed_in(staff)
        asked = client.get(request.get_absolute_url()).content.decode()
        return asked, client.get(reverse("rights")).content.decode()


def clarify(request, by, contact) -> None:
    rights.known(request, by)
    request.locate(by=by)
    request.find_by_code(with_code(contact), by=by)
    request.stop_clock(WHY, by=by)


@pytest.fixture(params=["clock-stopped", "id-requested", "authority"])
def asked(request, dpo, make_contact):
    """A request in which the person has the next word, and the letter with the question."""
    others = {"asker": Asker.REPRESENTATIVE} if request.param == "authority" else {}
    made = take_in(by=dpo, **others)
    if request.param == "clock-stopped":
        clarify(made, dpo, make_contact("x", ended=True))
    elif request.param == "id-requested":
        made.ask_identity(WHY, by=dpo)
    else:
        made.ask_authority(by=dpo)
    made.send_letter(request.param, letter(made, request.param), by=dpo)
    return made, request.param


AGAIN = "have not answered. Ask once more."


@pytest.mark.parametrize(
    ("days", "owed", "tone"), [(13, 0, "quiet"), (14, 1, "warn"), (28, 1, "bad")]
)
def test_after_14_and_28_days_without_an_answer_they_are_asked_again(
    asked, dpo, signed_in, days, owed, tone
):
    made, _ = asked
    page, desk = page_in(days, made, dpo, signed_in)
    assert page.count(AGAIN) == owed
    card = desk.partition(made.reference.replace("-", " "))[2].partition("</article>")[0]
    assert f"Asked {days} days ago" in card
    assert f"tag--{tone}" in card


def test_a_letter_does_it_until_28_days_are_over(asked, dpo, signed_in):
    made, kind = asked
    with time_machine.travel(london_today() + timedelta(days=15)):
        made.send_letter(kind, letter(made, kind), by=dpo)
    assert AGAIN not in page_in(27, made, dpo, signed_in)[0]
    assert AGAIN in page_in(28, made, dpo, signed_in)[0]


def test_who_has_answered_is_not_asked_again(dpo, make_contact, signed_in):
    made = take_in(by=dpo)
    clarify(made, dpo, make_contact("x", ended=True))
    made.restart_clock(by=dpo)
    page, desk = page_in(30, made, dpo, signed_in)
    assert AGAIN not in page
    assert "Asked 30 days ago" not in desk


# What they are told ------------------------------------------------------------------------------


def answer_page(words: str) -> str:
    """What whoever asked reads of their request with their seven words."""
    return " ".join(Client().post("/your-data/answer/", {"words": words}).content.decode().split())


def test_b12_who_is_told_that_it_takes_longer_is_told_the_day_of_the_law(dpo):
    """B12, Art 12A(3): in the letter and on their page, not the 30 days that we have promised."""
    made = take_in(by=dpo)
    words = made.new_follow_up()
    with pytest.raises(WrongState):
        made.send_letter("extended", letter(made, "extended"), by=dpo)
    assert day_words(made.due_on) in answer_page(words)

    made.extend("complex", by=dpo, reasons=WHY)
    made.send_letter("extended", letter(made, "extended"), by=dpo)

    told, promised = day_words(made.limits().statutory), day_words(made.promised_on)
    assert made.due_on == made.promised_on < made.limits().statutory
    assert f"Our answer comes by {told}" in " ".join(letter(made, "extended").split())
    assert f"We answer by <b>{told}</b>" in answer_page(words)
    assert promised not in answer_page(words)


def test_b08_while_the_clock_stands_no_day_is_told(dpo, make_contact, signed_in):
    """B08: neither to them nor at the desk; it is told again once the clock goes on."""
    made = take_in(by=dpo)
    words = made.new_follow_up()
    clarify(made, dpo, make_contact("x", ended=True))
    made.extend("complex", by=dpo, reasons=WHY)
    assert made.due_on is None
    assert "They go on once you have answered" in letter(made, "extended")
    _, desk = page_in(60, made, dpo, signed_in)
    card = desk.partition(made.reference.replace("-", " "))[2].partition("</article>")[0]
    assert "Asked 60 days ago" in card
    assert "Due " not in card
    assert "We answer by" not in answer_page(words)
    assert "We wait for your answer" in answer_page(words)

    with time_machine.travel(london_today() + timedelta(days=60)):
        made.restart_clock(by=dpo)
        assert made.due_on == made.limits().due
        assert f"We answer by <b>{day_words(made.statutory_on)}</b>" in answer_page(words)


def test_what_is_answered_while_the_clock_stands_was_due_on_a_day(dpo, make_contact):
    made = take_in(by=dpo)
    clarify(made, dpo, make_contact("x", ended=True))
    made.withdraw(by=dpo, why=WHY)
    assert made.due_on == made.limits().due

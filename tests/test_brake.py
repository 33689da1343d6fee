"""So much at once looks like a wrong clock: the purge stops and asks two people (C11)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from privacy import retention
from privacy.models import Brake, Clock, PurgeRun
from tests.due import TODAY, contacts_of

pytestmark = pytest.mark.django_db
STOPPED, DONE = PurgeRun.Result.STOPPED, PurgeRun.Result.DONE


@pytest.fixture
def few_are_many(monkeypatch):
    """More than five at once are too many."""
    monkeypatch.setattr(retention, "BRAKE_COUNT", 5)


@pytest.fixture
def stopped(few_are_many):
    """A stop over six contacts, all there are."""
    contacts_of(6)
    assert retention.purge_all(TODAY).result == STOPPED
    return Brake.objects.standing()


# When --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "living", "stops"),
    [
        (1000, 1000, False),
        (1001, 1001, True),
        (1001, 5004, True),
        (1001, 5005, False),
        (5000, 100_000, False),
        (20_001, 100_000, True),
    ],
)
def test_c11_it_stops_above_a_thousand_and_a_fifth_of_all(due, living, stops):
    assert (retention._brake(due, living) == Brake.Reason.TOO_MANY) is stops


def test_c11_a_thousand_and_one_of_a_thousand_and_one_stay_where_they_are(capsys):
    contacts_of(1001, began=add_months(london_today(), -18))
    with pytest.raises(SystemExit) as ended:
        call_command("purge")
    assert ended.value.code == 3
    assert Contact.objects.count() == 1001
    assert PurgeRun.objects.get().result == STOPPED
    with pytest.raises(SystemExit) as ended:
        call_command("purge", "--rehearse")
    assert ended.value.code == 3
    assert "due=1001" in capsys.readouterr().out


@pytest.mark.parametrize(
    "jump", [timedelta(days=5 * 365), timedelta(days=-1), timedelta(minutes=6)]
)
def test_c11_a_clock_that_jumps_deletes_nothing(jump):
    contacts_of(1)
    with time_machine.travel(timezone.now() + jump):
        run = retention.purge_all(london_today())
    assert run.result == STOPPED
    assert Contact.objects.count() == 1
    assert Brake.objects.standing().reason == Brake.Reason.CLOCKS


@pytest.mark.parametrize(
    ("minutes", "result"), [(-6, STOPPED), (-4, DONE), (4, DONE), (6, STOPPED)]
)
def test_c11_the_clock_of_the_web_machine_counts_too(minutes, result):
    contacts_of(1)
    Clock.objects.report("web")
    Clock.objects.filter(process="web").update(its_time=F("heard_at") + timedelta(minutes=minutes))
    assert retention.purge_all(TODAY).result == result


def test_a_clock_that_is_right_again_lets_the_purge_go_on_by_itself():
    contacts_of(1)
    Clock.objects.report("web")
    Clock.objects.update(its_time=F("heard_at") + timedelta(hours=1))
    retention.purge_all(TODAY)
    Clock.objects.report("web")

    assert retention.purge_all(TODAY).result == DONE
    assert Brake.objects.standing() is None


# Two people --------------------------------------------------------------------------------------


def test_c11_two_people_let_it_go_on(stopped, dpo, lead):
    stopped.agree(by=dpo)
    assert retention.purge_all(TODAY).result == STOPPED
    stopped.agree(by=lead)

    assert retention.purge_all(TODAY).purged == 6
    stopped.refresh_from_db()
    assert stopped.status == Brake.Status.SPENT
    acts = [Action.BRAKE_PULLED, Action.BRAKE_LIFT_ASKED, Action.BRAKE_LIFTED]
    assert list(AuditEvent.objects.about(stopped).values_list("action", flat=True)) == acts


def test_f13_the_same_person_cannot_agree_twice(stopped, dpo):
    stopped.agree(by=dpo)
    with pytest.raises(Refused, match="second person"):
        stopped.agree(by=dpo)
    assert Brake.objects.standing().status == Brake.Status.ASKED


def test_f13_nor_can_the_same_human_on_another_account(stopped, dpo, make_staff):
    stopped.agree(by=dpo)
    twin = make_staff("twin", Role.LEAD, person=dpo)
    with pytest.raises(Refused, match="second person"):
        stopped.agree(by=twin)
    assert retention.purge_all(TODAY).result == STOPPED


def test_the_database_wants_two_accounts_as_well(stopped, dpo):
    with pytest.raises(IntegrityError, match="brake_lifted_by_two"):
        Brake.objects.update(asked_by=dpo, lifted_by=dpo)


def test_of_two_who_agree_at_once_one_is_told(stopped, dpo, lead):
    stale = Brake.objects.get(pk=stopped.pk)
    stopped.agree(by=dpo)
    with pytest.raises(WrongState):
        stale.agree(by=lead)


def test_a_stop_that_is_over_cannot_be_agreed_to(stopped, dpo, lead, admin):
    stopped.agree(by=dpo)
    stopped.agree(by=lead)
    with pytest.raises(WrongState):
        stopped.agree(by=admin)


# To what they agreed -----------------------------------------------------------------------------


def test_whoever_agreed_to_fewer_has_not_agreed_to_more(stopped, dpo, lead):
    stopped.agree(by=dpo)
    contacts_of(1)
    retention.purge_all(TODAY)
    stop = Brake.objects.standing()
    assert (stop.pk, stop.due, stop.status, stop.asked_by) == (stopped.pk, 7, "pulled", None)


def test_two_who_let_six_go_have_not_let_seven_go(stopped, dpo, lead):
    stopped.agree(by=dpo)
    stopped.agree(by=lead)
    contacts_of(1)
    assert retention.purge_all(TODAY).result == STOPPED
    assert Contact.objects.count() == 7


def test_two_who_let_many_go_have_not_said_that_the_clocks_are_right(stopped, dpo, lead):
    stopped.agree(by=dpo)
    stopped.agree(by=lead)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert retention.purge_all(london_today()).result == STOPPED
    assert Contact.objects.count() == 6


def test_one_stop_stands_at_a_time(stopped):
    for _ in range(2):
        retention.purge_all(TODAY)
    assert Brake.objects.count() == 1
    assert AuditEvent.objects.filter(action=Action.BRAKE_PULLED).count() == 1


def test_a_stop_that_no_longer_applies_is_over(stopped):
    Contact.objects.filter(pk=Contact.objects.first().pk).update(purge_on=TODAY + timedelta(days=9))
    assert retention.purge_all(TODAY).purged == 5
    assert Brake.objects.standing() is None

"""Who is on call: named people who may, in order, and a warning when there is nobody (E21)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpline.context import counts_for
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import LONDON
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import GRANTS, Permission, Role
from helpline.foundation.states import Refused, WrongState
from privacy import facts
from safeguarding.escalations.clock import database_now
from safeguarding.models import OnCall, Post
from safeguarding.on_call.showing import midnight, rota
from tests.racing import outcome, rivals

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LIST = reverse("on_call")


@pytest.fixture
def now() -> datetime:
    return database_now()


@pytest.fixture
def put(lead, now):
    """Put somebody on call for hours from now."""

    def put(staff, begins=-1, ends=100, *, post=Post.ON_CALL, service="helpline", by=lead):
        return OnCall.objects.put(
            service, post, staff, now + begins * HOUR, now + ends * HOUR, by=by
        )

    return put


def test_the_chain_is_supervisor_lead_deputy_on_call_and_each_person_once(
    put, make_staff, supervisor, lead, now
):
    """Rules 2.8.1."""
    deputy, fourth = make_staff("deputy", Role.LEAD), make_staff("fourth", Role.LEAD)
    put(fourth)
    put(deputy, post=Post.DEPUTY)
    put(lead, post=Post.LEAD)
    put(supervisor, post=Post.SUPERVISOR)
    twin = make_staff("twin", Role.LEAD, person=lead)
    put(twin)
    put(make_staff("later", Role.LEAD), begins=1)
    put(make_staff("elsewhere", Role.LEAD), service="is-this-ok")
    chain = OnCall.objects.chain("helpline", now)
    assert chain == [supervisor, lead, deputy, fourth]


@pytest.mark.parametrize("who", ["worker", "dpo", "admin"])
def test_only_who_may_look_into_escalations_can_stand_in_it(request, put, who):
    with pytest.raises(Refused, match="Only somebody active"):
        put(request.getfixturevalue(who))


def test_nobody_of_another_service_can_stand_in_it(put, make_staff):
    with pytest.raises(Refused, match="Only somebody active"):
        put(make_staff("far", Role.LEAD, services=["is-this-ok"]))


@pytest.mark.parametrize("how", ["deactivated", "without the role", "out of the service"])
def test_e21_whoever_cannot_be_alerted_falls_out_and_the_gap_warns(
    put, supervisor, lead, admin, now, how
):
    put(supervisor)
    assert OnCall.objects.gaps_soon(lead, now)[0].service == "is-this-ok"
    before = [gap for gap in OnCall.objects.gaps_soon(lead, now) if gap.service == "helpline"]
    if how == "deactivated":
        supervisor.deactivate(by=admin)
    elif how == "without the role":
        supervisor.grants.get().end(by=admin)
    else:
        supervisor.assign(["is-this-ok"], [], by=admin)
    gaps = [gap for gap in OnCall.objects.gaps_soon(lead, now) if gap.service == "helpline"]
    assert (before, gaps) == ([], [("helpline", now, now + 14 * 24 * HOUR)])
    assert OnCall.objects.chain("helpline", now) == []


def test_gaps_are_what_no_shift_covers(put, supervisor, lead, now):
    put(lead, -1, 10)
    put(supervisor, 8, 20)
    put(lead, 22, 30)
    gaps = OnCall.objects.gaps("helpline", now, now + 40 * HOUR)
    assert [(gap.begins - now, gap.ends - now) for gap in gaps] == [
        (20 * HOUR, 22 * HOUR),
        (30 * HOUR, 40 * HOUR),
    ]


def test_e21_a_gap_that_begins_within_72_hours_warns_and_is_told_whole(put, supervisor, lead, now):
    put(lead, -1, 71)
    put(supervisor, 80, 100)
    lead.services = ["helpline"]
    assert OnCall.objects.gaps_soon(lead, now) == [("helpline", now + 71 * HOUR, now + 80 * HOUR)]
    assert OnCall.objects.gaps_soon(lead, now - 2 * HOUR)[0].ends == now - HOUR


def test_shifts_that_lie_in_one_another_leave_no_gap(put, supervisor, lead, now):
    put(lead, -1, 50)
    put(supervisor, 2, 4)
    assert OnCall.objects.gaps("helpline", now, now + 50 * HOUR) == []


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (5, 5, "before it begins"),
        (5, 4, "before it begins"),
        (-3, -1, "over already"),
        (0, 15 * 24, "at most 14 days"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(put, lead, begins, ends, words):
    with pytest.raises(Refused, match=words):
        put(lead, begins, ends)
    assert not OnCall.objects.exists()


def test_nobody_is_on_call_twice_at_once(put, lead):
    put(lead, 0, 10)
    put(lead, 10, 12)
    with pytest.raises(Refused, match="on call already"):
        put(lead, 9, 11, post=Post.DEPUTY)
    put(lead, 9, 11, service="is-this-ok")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_the_same_person_on_call_at_once_one_is_refused(put, lead):
    with rivals(2) as start:
        ended = [outcome(each) for each in [start(put, lead, 0, 10) for _ in range(2)]]
    assert sorted(type(each).__name__ for each in ended) == ["OnCall", "Refused"]
    assert "on call already" in str(next(each for each in ended if isinstance(each, Refused)))


def test_postgresql_refuses_a_shift_that_ends_before_it_begins(put, lead, now):
    shift = put(lead)
    with pytest.raises(IntegrityError, match="shift_ends"), transaction.atomic():
        OnCall.objects.filter(pk=shift.pk).update(ends=shift.begins)


def test_what_is_over_stays_as_it_was(put, lead, now):
    shift = put(lead, -5, 5)
    OnCall.objects.update(ends=now - HOUR)
    with pytest.raises(WrongState, match="This shift is over"):
        shift.remove(by=lead)
    with pytest.raises(WrongState, match="This shift is over"):
        shift.change(Post.LEAD, lead, now, now + HOUR, by=lead)
    assert OnCall.objects.get().post == Post.ON_CALL


def test_a_shift_removed_meanwhile_is_said_to_be(put, lead):
    shift = put(lead)
    OnCall.objects.get().remove(by=lead)
    with pytest.raises(WrongState, match="removed this shift"):
        shift.remove(by=lead)


def test_who_keeps_the_list_does_so_in_their_own_services(put, lead, worker, make_staff):
    far = make_staff("far", Role.LEAD, services=["is-this-ok"])
    for by in (worker, far):
        with pytest.raises(Refused, match="not one of your services"):
            put(lead, by=by)


def test_every_change_of_the_list_is_in_the_trail(put, lead, now):
    shift = put(lead)
    shift.change(Post.DEPUTY, lead, now, now + HOUR, by=lead)
    shift.remove(by=lead)
    events = AuditEvent.objects.filter(action=Action.ROTA_CHANGED)  # to the minute: no order
    assert sorted(event.detail["change"] for event in events) == ["added", "changed", "removed"]
    assert {event.actor for event in events} == {str(lead.pk)}


def test_shifts_go_six_years_after_their_end(put, lead, now):
    put(lead, -5, 5)
    assert facts.end_all(now.date())["shifts"] == 0
    OnCall.objects.update(begins=now - 3000 * 24 * HOUR, ends=now - 2999 * 24 * HOUR)
    assert facts.end_all(now.date())["shifts"] == 1


def test_e21_a_gap_is_a_red_count_in_the_navigation_of_those_who_keep_the_list(
    put, supervisor, lead, worker
):
    Staff.objects.update(services=["helpline"])
    lead.refresh_from_db()
    worker.refresh_from_db()
    assert counts_for(lead, anew=True)["On call"] == "1"
    assert counts_for(worker, anew=True)["On call"] == ""
    put(supervisor)
    assert counts_for(lead, anew=True)["On call"] == ""


def test_the_page_says_who_is_on_call_and_when_nobody_is(put, signed_in, supervisor, lead, worker):
    put(supervisor, -1, 10, post=Post.SUPERVISOR)
    page = signed_in(worker).get(LIST).content.decode()
    assert supervisor.alias in page
    assert "Helpline: nobody is on call from" in page
    assert "Nobody is on call." in page  # in the other service, now
    assert reverse("on_call_add") not in page
    assert reverse("on_call_add") in signed_in(lead).get(LIST).content.decode()


def test_the_page_asks_as_much_for_many_shifts_as_for_one(put, signed_in, supervisor, lead):
    client = signed_in(lead)
    put(lead, 0, 1)
    client.get(LIST)
    counts = []
    for number in range(2):
        for hour in range(number * 12):
            put(supervisor, hour, hour + 1)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 12


def test_a_shift_is_added_changed_and_removed_on_pages_with_a_confirmation(
    signed_in, supervisor, lead
):
    client = signed_in(lead)
    given = {"post": 1, "staff": supervisor.pk, "begins": "2030-01-01T22:00"}
    answer = client.post(f"{reverse('on_call_add')}?service=helpline", given)
    assert "This field is required" in answer.content.decode()
    given["ends"] = "2030-01-02T06:00"
    assert client.post(f"{reverse('on_call_add')}?service=helpline", given).url == LIST
    shift = OnCall.objects.get()
    assert shift.begins.astimezone(LONDON).hour == 22

    address = reverse("on_call_change", args=[shift.pk])
    refused = client.post(address, given | {"ends": "2030-03-02T06:00"}).content.decode()
    assert "at most 14 days" in refused
    assert "2030-03-02T06:00" in refused
    assert client.post(address, given | {"post": 3}).url == LIST
    assert OnCall.objects.get().post == Post.DEPUTY

    address = reverse("on_call_remove", args=[shift.pk])
    assert "Remove this shift?" in client.get(address).content.decode()
    assert OnCall.objects.exists()
    assert client.post(address).url == LIST
    assert not OnCall.objects.exists()


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_e11_the_picture_holds_on_the_days_on_which_the_clocks_change(lead, day, hours):
    """A shift of the whole day lasts 23 or 25 hours and ends at midnight all the same."""
    begins = midnight(datetime.fromisoformat(day).date())
    ends = begins.astimezone(UTC) + hours * HOUR
    OnCall.objects.create(service="helpline", post=1, staff=lead, begins=begins, ends=ends)
    first, second = rota("helpline", begins + HOUR / 2).days[:2]
    assert [shift.words for shift in first.shifts] == ["all day"]
    assert (first.gap_words, second.gap_words) == ("", "all day")


def test_roles_that_keep_the_list():
    assert {role for role in Role if Permission.KEEP_ROTA in GRANTS[role]} == {
        Role.SUPERVISOR,
        Role.LEAD,
    }

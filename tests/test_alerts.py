"""Somebody is alerted, then the next, until somebody looks: never lost, never twice (E11, E21)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.roles import Role
from safeguarding import sweeping
from safeguarding.escalations import limits
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Urgency
from safeguarding.models import Alert, Alerted, Escalation, OnCall, Post, Sweep
from safeguarding.sweeping import sweep
from tests.worries import brought_to, raised

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FIVE = 5 * MINUTE


@pytest.fixture
def deputy(make_staff):
    return make_staff("deputy", Role.LEAD)


@pytest.fixture
def spare(make_staff):
    """A supervisor of another team who is not on call."""
    return make_staff("spare", Role.SUPERVISOR)


@pytest.fixture
def rota(supervisor, lead, deputy):
    """Three people on call for two days, in the order of the chain."""
    now = database_now()
    posts = {Post.SUPERVISOR: supervisor, Post.LEAD: lead, Post.DEPUTY: deputy}
    for post, staff in posts.items():
        OnCall.objects.put("helpline", post, staff, now - HOUR, now + 48 * HOUR, by=lead)
    return [supervisor, lead, deputy]


def told(escalation) -> list[set[str]]:
    """Who was alerted at each step."""
    return [
        {each.staff.name for each in alert.told.select_related("staff")}
        for alert in escalation.alerts.order_by("step")
    ]


def test_e11_an_immediate_one_goes_to_the_first_at_once_and_on_after_every_five_minutes(
    rota, contact, worker, spare
):
    escalation = raised(contact, worker)
    at = escalation.raised_at
    assert told(escalation) == [{"Supervisor"}]
    sweep(at + FIVE - SECOND)
    assert told(escalation) == [{"Supervisor"}]
    sweep(at + FIVE)
    assert told(escalation) == [{"Supervisor"}, {"Lead"}]
    for minutes in range(6, 21):
        sweep(at + minutes * MINUTE)
    everybody_else = {"Supervisor", "Lead", "Deputy", "Spare"}
    assert told(escalation)[2:] == [{"Deputy"}, everybody_else, everybody_else]


@pytest.mark.parametrize("urgency", [Urgency.TODAY, Urgency.PLANNED])
def test_what_can_wait_goes_to_the_first_when_its_limit_is_over(rota, contact, worker, urgency):
    escalation = raised(contact, worker, urgency=urgency)
    limit = escalation.acknowledge_by
    OnCall.objects.update(ends=limit + 200 * HOUR)
    sweep(limit - SECOND)
    assert told(escalation) == []
    sweep(limit)
    assert told(escalation) == [{"Supervisor"}]
    second = limits.acknowledge_by(urgency, limit)
    sweep(second - SECOND)
    assert told(escalation) == [{"Supervisor"}]
    sweep(second)
    assert told(escalation) == [{"Supervisor"}, {"Lead"}]


def test_once_somebody_looks_nobody_is_alerted_any_more(rota, contact, worker, lead):
    escalation = raised(contact, worker, urgency=Urgency.TODAY)
    sweep(escalation.acknowledge_by)
    escalation.acknowledge(by=lead)
    assert sweep(escalation.acknowledge_by + 9 * HOUR) == 0
    assert told(escalation) == [{"Supervisor"}]


def test_e11_after_an_outage_everybody_who_should_know_is_told_once(rota, contact, worker, spare):
    """Eight hours without any process: 96 steps were due, and no one is told 96 times."""
    escalation = raised(contact, worker)
    back = escalation.raised_at + 8 * HOUR
    assert sweep(back) == 3
    assert told(escalation) == [{"Supervisor"}, {"Lead"}, {"Deputy"}, {"Supervisor", "Spare"}]
    assert sweep(back + 15 * SECOND) == 0
    assert sweep(back + FIVE) == 1


def test_e11_an_outage_of_two_steps_loses_neither(rota, contact, worker):
    escalation = raised(contact, worker)
    assert sweep(escalation.raised_at + 11 * MINUTE) == 2
    assert told(escalation) == [{"Supervisor"}, {"Lead"}, {"Deputy"}]
    due = escalation.alerts.order_by("step").values_list("due_at", flat=True)
    assert [at - escalation.raised_at for at in due] == [0 * FIVE, FIVE, 2 * FIVE]


def test_e11_a_clock_that_goes_back_tells_nobody_twice_and_forward_loses_nobody(
    rota, contact, worker
):
    escalation = raised(contact, worker)
    at = escalation.raised_at
    sweep(at + FIVE)
    for wrong in (at - HOUR, at, at + FIVE - SECOND, at + FIVE):
        assert sweep(wrong) == 0
    assert sweep(at + 2 * FIVE) == 1
    assert told(escalation) == [{"Supervisor"}, {"Lead"}, {"Deputy"}]


def test_e21_with_nobody_on_call_every_supervisor_and_lead_of_the_service_is_told(
    contact, worker, supervisor, lead, make_staff, dpo
):
    make_staff("far", Role.LEAD, services=["is-this-ok"])
    escalation = raised(contact, worker)
    assert told(escalation) == [{"Supervisor", "Lead"}]
    assert escalation.alerts.get().nobody_on_call


def test_e21_whoever_left_is_passed_over_and_the_next_is_told(
    rota, contact, worker, supervisor, admin
):
    supervisor.deactivate(by=admin)
    assert told(raised(contact, worker)) == [{"Lead"}]


def test_e21_with_nobody_left_at_all_the_step_is_written_down_all_the_same(contact, worker):
    escalation = raised(contact, worker)
    assert told(escalation) == [set()]
    assert escalation.alerts.get().nobody_on_call


def test_whoever_comes_on_call_later_is_next(rota, contact, worker, lead, make_staff):
    escalation = raised(contact, worker)
    at = escalation.raised_at
    late = make_staff("late", Role.SUPERVISOR)
    OnCall.objects.put("helpline", Post.SUPERVISOR, late, at, at + 9 * HOUR, by=lead)
    sweep(at + FIVE)
    assert told(escalation) == [{"Supervisor"}, {"Late"}]


def test_s0_22_mail_and_webhook_say_that_an_escalation_waits_and_nothing_else(
    rota, contact, worker, supervisor, settings
):
    settings.ALERT_WEBHOOK_URL = "https://pager.example/in"
    escalation = raised(contact, worker, concern="They will jump tonight")
    link = settings.SITE_URL + reverse("escalation", args=[escalation.pk])
    hook, mail = Message.objects.select_related("key").order_by("way").reverse()
    assert (mail.to, mail.subject) == (supervisor.email, "An escalation waits")
    assert str(mail.body).split() == [
        *["Hello,", "An", "escalation", "waits.", "It", "is", "here:"],
        link,
    ]
    assert str(hook.body) == f'{{"text": "An escalation waits", "url": "{link}"}}'
    assert hook.to == "https://pager.example/in"


def test_without_a_webhook_none_is_put(rota, contact, worker):
    raised(contact, worker)
    assert [message.way for message in Message.objects.all()] == ["mail"]


def test_every_step_is_a_fact_without_a_name(rota, contact, worker):
    escalation = raised(contact, worker)
    sweep(escalation.raised_at + FIVE)
    events = AuditEvent.objects.about(escalation).filter(action=Action.ESCALATION_ALERTED)
    assert sorted(event.detail["step"] for event in events) == [1, 2]
    assert {event.actor for event in events} == {"system"}
    assert {key for event in events for key in event.detail} == {"step", "people", "owner_away"}


def test_a_supervisor_of_another_team_may_open_what_they_were_alerted_of(
    contact, worker, spare, lead
):
    now = database_now()
    quiet = raised(contact, worker, urgency=Urgency.TODAY)
    assert not Escalation.objects.visible_to(spare).filter(pk=quiet.pk).exists()
    OnCall.objects.put("helpline", Post.SUPERVISOR, spare, now - HOUR, now + HOUR, by=lead)
    escalation = raised(contact, worker)
    assert Escalation.objects.visible_to(spare).get(pk=escalation.pk)


@pytest.mark.parametrize("constraint", ["alert_step_told_once", "alert_due_told_once"])
def test_e11_postgresql_refuses_a_step_and_a_moment_that_were_told(
    rota, contact, worker, constraint
):
    escalation = raised(contact, worker)
    first = Alert.objects.values().get()
    again = {"alert_step_told_once": {"due_at": first["due_at"] - SECOND}}
    values = first | again.get(constraint, {"step": 2}) | {"id": escalation.pk}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Alert.objects.create(**values)


def test_a_step_that_fails_leaves_nothing_behind_and_is_tried_again(
    rota, contact, worker, monkeypatch, caplog
):
    """One broken escalation keeps no other from its turn, and the sweep does not count as done."""
    broken, sound = raised(contact, worker), raised(contact, worker)
    at = sound.raised_at + FIVE
    before = Message.objects.count()
    whole = Alert.leave

    def leave(self, people):
        whole(self, people)
        if self.escalation_id == broken.pk:
            raise ValueError("kenopsia")

    monkeypatch.setattr(Alert, "leave", leave)
    assert sweep(at) == 1
    assert (told(broken), told(sound)) == ([{"Supervisor"}], [{"Supervisor"}, {"Lead"}])
    assert Message.objects.count() == before + 1
    assert not Sweep.objects.exists()
    assert "An alert failed: ValueError" in caplog.text
    assert "kenopsia" not in caplog.text
    monkeypatch.undo()
    assert sweep(at) == 1
    assert told(broken) == [{"Supervisor"}, {"Lead"}]


def test_health_turns_red_when_nothing_has_swept_for_a_minute(client, db):
    sweep()
    swept = Sweep.objects.get().swept_at
    assert not sweeping.is_late(swept + 59 * SECOND)
    assert sweeping.is_late(swept + 61 * SECOND)
    assert client.get("/health").json()["alerts"] == "ok"
    Sweep.objects.update(swept_at=swept - 61 * SECOND)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["alerts"]) == (200, "failing")
    assert answer.json()["state"] == "attention"


def test_a_sweep_asks_no_more_for_many_escalations_that_nobody_need_be_told_of(
    rota, contact, worker, lead, signed_in
):
    counts = []
    signed_in(lead)
    sweep()
    for number in (1, 8):
        for _ in range(number):
            brought_to(raised(contact, worker), Status.ACKNOWLEDGED, by=lead)
        with CaptureQueriesContext(connection) as queries:
            assert sweep() == 0
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_banner_and_page_of_the_person_alerted_lead_to_it_without_javascript(
    rota, contact, worker, supervisor, lead, signed_in
):
    client, other = signed_in(supervisor), signed_in(lead)
    page = reverse("on_call")
    assert "An escalation waits" not in client.get(page).content.decode()
    escalation = raised(contact, worker)
    client.post(reverse("staff_still_here"))  # so that the counts are counted anew
    other.post(reverse("staff_still_here"))
    assert "An escalation waits" in client.get(page).content.decode()
    assert "An escalation waits" not in other.get(page).content.decode()
    assert client.get(reverse("alerts")).url == escalation.get_absolute_url()

    escalation.acknowledge(by=lead)
    client.post(reverse("staff_still_here"))
    assert "An escalation waits" not in client.get(page).content.decode()
    assert client.get(reverse("alerts")).url == page


def test_the_sign_of_a_page_answers_only_when_something_has_changed(
    rota, contact, worker, supervisor, signed_in
):
    client = signed_in(supervisor)
    sign = reverse("alerts_sign")
    assert client.post(sign, {"shown": "0"}).status_code == 204
    raised(contact, worker)
    changed = client.post(sign, {"shown": "0"})
    assert "An escalation waits" in changed.content.decode()
    assert client.post(sign, {"shown": "1"}).status_code == 204


def test_two_that_wait_are_counted_and_the_first_is_opened_first(
    rota, contact, worker, supervisor, signed_in
):
    first = raised(contact, worker)
    raised(contact, worker)
    client = signed_in(supervisor)
    assert "2 escalations wait" in client.post(reverse("alerts_sign")).content.decode()
    assert client.get(reverse("alerts")).url == first.get_absolute_url()


def test_nothing_waits_for_whoever_lost_the_role(rota, contact, worker, supervisor, admin):
    raised(contact, worker)
    assert len(Alerted.objects.waiting_for(supervisor, database_now())) == 1
    supervisor.grants.get().end(by=admin)
    supervisor.refresh_from_db()
    assert Alerted.objects.waiting_for(supervisor, database_now()) == []


def test_the_intervals_are_settings():
    assert settings.ESCALATION_ACKNOWLEDGE["immediate"] == FIVE


def test_the_page_of_an_escalation_says_who_was_alerted_and_that_nobody_was_on_call(
    contact, worker, supervisor, lead, signed_in
):
    escalation = raised(contact, worker)
    page = signed_in(lead).get(escalation.get_absolute_url()).content.decode()
    assert "lead alias, supervisor alias" in page
    assert "Nobody was on call." in page


def test_the_on_call_page_says_when_nothing_sweeps(rota, lead, signed_in):
    sweep()
    client = signed_in(lead)
    assert "Alerts may be late" not in client.get(reverse("on_call")).content.decode()
    Sweep.objects.update(swept_at=database_now() - 61 * SECOND)
    assert "Alerts may be late" in client.get(reverse("on_call")).content.decode()


def test_e21_the_board_warns_those_who_keep_the_list_of_a_gap(rota, lead, worker, signed_in):
    words = "Helpline: nobody is on call from"
    assert words in signed_in(lead).get(reverse("escalations")).content.decode()
    assert words not in signed_in(worker).get(reverse("escalations")).content.decode()

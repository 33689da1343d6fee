"""Nobody leaves an immediate escalation behind: whoever goes, the next is alerted (E12)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from helpline.foundation.staff.models import Session
from helpline.foundation.staff.roles import Role
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Urgency
from safeguarding.models import Alerted, OnCall, Post, Presence
from safeguarding.sweeping import sweep
from tests.worries import CONCERN, brought_to, do, raised

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SIGN, OUT = reverse("alerts_sign"), reverse("account_logout")


@pytest.fixture
def deputy(make_staff):
    return make_staff("deputy", Role.LEAD)


@pytest.fixture
def rota(supervisor, lead, deputy):
    now = database_now()
    for post, staff in [(1, supervisor), (2, lead), (3, deputy)]:
        OnCall.objects.put("helpline", Post(post), staff, now - HOUR, now + 48 * HOUR, by=lead)


@pytest.fixture
def browser(rota, supervisor, signed_in):
    """The supervisor at work, on a page that gives signs."""
    client = signed_in(supervisor)
    client.post(SIGN)
    return client


@pytest.fixture
def owned(browser, contact, worker, supervisor):
    """An immediate escalation that the supervisor owns."""
    return brought_to(raised(contact, worker, concern=CONCERN), Status.ACKNOWLEDGED, by=supervisor)


def gone(escalation) -> list[set[str]]:
    """Who was alerted because its owner had gone, at each step."""
    steps = escalation.alerts.exclude(owner_away=None).order_by("step")
    return [{each.staff.name for each in step.told.select_related("staff")} for step in steps]


def test_an_owner_who_is_there_alerts_nobody(owned):
    assert sweep() == 0
    assert gone(owned) == []


def ways_to_leave():
    return {
        "signing out": lambda client, owner, admin: client.post(OUT, {"anyway": "yes"}),
        "the way out of every page": lambda client, owner, admin: client.get(reverse("exit")),
        "deactivation": lambda client, owner, admin: owner.deactivate(by=admin),
        "losing the role": lambda client, owner, admin: owner.grants.get().end(by=admin),
        "another service": lambda client, owner, admin: owner.assign(["is-this-ok"], [], by=admin),
        "the end of the session": lambda client, owner, admin: Session.objects.all().delete(),
        "fifteen quiet minutes": lambda client, owner, admin: Session.objects.update(
            seen_at=database_now() - 15 * MINUTE
        ),
        "eight hours": lambda client, owner, admin: Session.objects.update(
            started_at=database_now() - 8 * HOUR
        ),
        "closing the browser": lambda client, owner, admin: Presence.objects.update(
            here_at=database_now() - 36 * SECOND
        ),
    }


@pytest.mark.parametrize("way", ways_to_leave())
def test_e12_whoever_leaves_by_any_way_alerts_the_next_on_call(
    owned, browser, supervisor, admin, way
):
    if way == "closing the browser":  # its session began before its signs fell silent
        Session.objects.update(started_at=database_now() - HOUR)
    ways_to_leave()[way](browser, supervisor, admin)
    sweep()
    sweep()
    assert gone(owned) == [{"Lead"}]
    sweep(database_now() + 5 * MINUTE)
    assert gone(owned) == [{"Lead"}, {"Deputy"}]


def test_e12_it_is_noticed_within_a_minute(owned):
    """A sign every 15 seconds, silence of 35, and a sweep every 15: 50 seconds at most."""
    last = Presence.objects.get().here_at
    sweep(last + 34 * SECOND)
    assert gone(owned) == []
    sweep(last + 36 * SECOND)
    assert gone(owned) == [{"Lead"}]


def test_each_absence_is_told_from_the_first_on_and_being_back_ends_it(owned, browser, lead):
    def waits():
        return len(Alerted.objects.waiting_for(lead, database_now()))

    Presence.objects.update(here_at=database_now() - MINUTE)
    Session.objects.update(started_at=database_now() - HOUR)
    sweep()
    assert (gone(owned), waits()) == ([{"Lead"}], 1)
    browser.post(SIGN)
    assert (sweep(), waits()) == (0, 0)
    Session.objects.all().delete()
    sweep()
    assert (gone(owned), waits()) == ([{"Lead"}, {"Lead"}], 1)


def test_e12_whoever_steps_in_takes_it_on_and_ends_the_alerts(owned, browser, lead, signed_in):
    Session.objects.all().delete()
    sweep()
    client = signed_in(lead)
    page = client.get(owned.get_absolute_url()).content.decode()
    assert "Its owner is not there." in page
    client.post(reverse("escalation_move", args=[owned.pk]), {"do": "take-on"})
    assert Alerted.objects.waiting_for(lead, database_now()) == []
    assert sweep(database_now() + 5 * MINUTE) == 0
    page = client.get(owned.get_absolute_url()).content.decode()
    assert "Its owner is not there." not in page
    assert type(owned).objects.get().owner == lead


def test_e12_of_what_somebody_owns_who_is_there_nothing_is_offered(owned, lead, signed_in):
    page = signed_in(lead).get(owned.get_absolute_url()).content.decode()
    assert "Its owner is not there." not in page
    assert 'value="take-on"' not in page


def test_what_is_closed_needs_nobody(owned, browser, lead):
    for verb in ["assess", "decide", "act", "inform", "look_back", "close"]:
        do(owned, verb, by=lead)
    Session.objects.all().delete()
    assert sweep() == 0


@pytest.mark.parametrize("urgency", [Urgency.TODAY, Urgency.PLANNED])
def test_e21_what_can_wait_alerts_only_when_its_owner_may_not_look_after_it_any_more(
    rota, contact, worker, supervisor, admin, urgency
):
    escalation = raised(contact, worker, urgency=urgency)
    escalation.acknowledge(by=supervisor)
    assert sweep() == 0
    supervisor.deactivate(by=admin)
    sweep()
    assert gone(escalation) == [{"Lead"}]


def test_a_browser_without_javascript_is_there_as_long_as_its_session(
    rota, contact, worker, supervisor, signed_in
):
    signed_in(supervisor)
    escalation = raised(contact, worker)
    escalation.acknowledge(by=supervisor)
    assert sweep(database_now() + 10 * MINUTE) == 0
    assert sweep(database_now() + 16 * MINUTE) == 1


def test_signs_of_the_session_before_say_nothing_about_the_new_one(
    owned, browser, supervisor, signed_in
):
    Presence.objects.update(here_at=database_now() - 10 * MINUTE)
    Session.objects.all().delete()
    signed_in(supervisor)
    assert sweep() == 0


def test_e12_signing_out_asks_first_and_says_how_to_hand_over(owned, browser, supervisor):
    asked = browser.post(OUT)
    page = asked.content.decode()
    assert "Before you go" in page
    assert owned.get_absolute_url() in page
    assert Session.objects.filter(staff=supervisor).exists()
    left = browser.post(OUT, {"anyway": "yes"})
    assert left.headers["Clear-Site-Data"]
    assert not Session.objects.filter(staff=supervisor).exists()


def test_e12_whoever_owns_nothing_immediate_signs_out_at_once(
    rota, contact, worker, supervisor, signed_in
):
    raised(contact, worker, urgency=Urgency.TODAY).acknowledge(by=supervisor)
    signed_in(supervisor).post(OUT)
    assert not Session.objects.exists()


def test_signs_are_forgotten_after_a_day(browser, supervisor):
    now = Presence.objects.get().here_at
    sweep(now + 23 * HOUR)
    assert Presence.objects.exists()
    sweep(now + 25 * HOUR)
    assert not Presence.objects.exists()

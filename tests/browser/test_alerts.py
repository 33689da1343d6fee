"""An alert reaches somebody at their page, and nobody leaves what they own unasked (E11, E12)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contacts.models import Contact
from helpline.demo import people
from safeguarding.escalations.clock import database_now
from safeguarding.models import Escalation, OnCall, Post, Presence
from tests.browser.looking import faults
from tests.racing import until
from tests.worries import raised

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def on_call(enter):
    """The supervisor of the cast is on call, and the safeguarding lead comes next."""
    now = database_now()
    lead = people.member("lead")
    for post, who in [(Post.SUPERVISOR, people.member("supervisor")), (Post.LEAD, lead)]:
        OnCall.objects.put("helpline", post, who, now - HOUR, now + 30 * HOUR, by=lead)


def worry() -> Escalation:
    worker = people.member("worker")
    call = Contact.objects.start(service="helpline", channel="phone", by=worker)
    return raised(call, worker)


def test_e11_a_banner_appears_on_the_open_page_of_whoever_is_alerted_and_goes_again(
    site, enter, on_call
):
    page, other = enter("supervisor"), enter("lead")
    for each in (page, other):
        each.goto("/staff/on-call/")
    until(lambda: Presence.objects.count() == 2, 30)
    escalation = worry()
    expect(page.get_by_text("An escalation waits.")).to_be_visible()
    expect(other.get_by_text("An escalation waits.")).to_have_count(0)
    assert faults(page) == []

    page.get_by_role("link", name="Open it").click()
    page.wait_for_url(f"**{escalation.get_absolute_url()}")
    page.get_by_text("Who was alerted").wait_for()
    escalation.acknowledge(by=people.member("lead"))
    expect(page.get_by_text("An escalation waits.")).to_have_count(0)


def test_e11_a_list_that_is_open_hears_of_it_within_seconds(site, enter, on_call):
    """By the stream that it has anyway, not by the next sign."""
    page = enter("supervisor")
    with page.expect_request("**/live/contacts/**"):
        page.goto("/staff/contacts/waiting/")
    until(Presence.objects.exists, 30)
    worry()
    expect(page.get_by_text("An escalation waits.")).to_be_visible(timeout=8_000)


def test_e12_signing_out_with_an_immediate_one_asks_first_and_silence_alerts_the_next(
    site, enter, on_call
):
    page = enter("supervisor")
    escalation = worry()
    escalation.acknowledge(by=people.member("supervisor"))
    page.goto("/staff/on-call/")
    until(Presence.objects.exists, 30)
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("heading", name="Before you go").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="Hand over first").click()
    page.wait_for_url(f"**{escalation.get_absolute_url()}")
    assert not escalation.alerts.exclude(owner_away=None).exists()

    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("button", name="Sign out anyway").click()
    page.wait_for_url("**/sign-in/**")
    until(lambda: escalation.alerts.exclude(owner_away=None).exists(), 60)
    told = escalation.alerts.exclude(owner_away=None).get().told.get()
    assert told.staff == people.member("lead")


def test_e12_a_closed_browser_alerts_the_next_within_a_minute(site, enter, on_call):
    page = enter("supervisor")
    escalation = worry()
    escalation.acknowledge(by=people.member("supervisor"))
    page.goto("/staff/on-call/")
    until(lambda: Presence.objects.filter(staff__alias="Wren").exists(), 30)
    page.context.close()
    closed = database_now()
    until(lambda: escalation.alerts.exclude(owner_away=None).exists(), 70)
    alert = escalation.alerts.exclude(owner_away=None).get()
    assert alert.alerted_at - closed < timedelta(seconds=60)


def test_e11_a_page_that_nobody_looks_at_goes_on_giving_signs(site, enter, on_call):
    page = enter("supervisor")
    page.goto("/staff/on-call/")
    until(Presence.objects.exists, 30)
    first = Presence.objects.get().here_at
    page.context.new_page().goto("about:blank")
    until(lambda: Presence.objects.get().here_at > first, 40)


@pytest.mark.parametrize("path", ["/staff/on-call/", "/staff/on-call/add/?service=helpline"])
def test_the_on_call_pages_are_accessible_on_every_screen(site, enter, on_call, path):
    page = enter("lead")
    page.goto(path)
    assert faults(page) == []

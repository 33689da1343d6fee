"""A number is seen once, by one person, for a reason that another has read; by no one otherwise."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import faults
from tests.texting import texted

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, REASON = "+447700900863", "They said that they will not wake up tomorrow."


def test_two_people_break_the_glass_and_it_closes_again(enter):
    """S0-14: asked for with a reason, agreed by a second person, seen once."""
    supervisor, lead = enter("supervisor"), enter("lead")
    talk = texted("hello", NUMBER)
    supervisor.goto(f"/staff/chats/{talk.pk}/")
    supervisor.get_by_role("link", name="Ask to see it").click()
    supervisor.get_by_label("Why you need to see it").fill("no")
    supervisor.get_by_role("button", name="Ask for it").click()
    expect(supervisor.get_by_label("Why you need to see it")).to_have_value("no")
    assert faults(supervisor) == []
    supervisor.get_by_label("Why you need to see it").fill(REASON)
    supervisor.get_by_role("button", name="Ask for it").click()
    supervisor.get_by_text("Somebody else decides now.").wait_for()
    assert faults(supervisor) == []

    lead.goto("/staff/chats/addresses/")
    lead.get_by_text(REASON).wait_for()
    assert faults(lead) == []
    lead.get_by_role("button", name="Agree").click()
    lead.get_by_text("Nobody has asked").wait_for()
    assert NUMBER[3:] not in lead.content()

    supervisor.reload()
    assert NUMBER[3:] not in supervisor.content()
    assert faults(supervisor) == []
    supervisor.get_by_role("button", name="Show it now").click()
    supervisor.get_by_text(NUMBER).wait_for()
    assert faults(supervisor) == []
    supervisor.get_by_role("link", name="Back to the conversation").click()
    supervisor.get_by_role("link", name="Ask to see it").click()
    supervisor.get_by_label("Why you need to see it").wait_for()
    assert NUMBER[3:] not in supervisor.content()

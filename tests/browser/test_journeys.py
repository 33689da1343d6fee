"""The spine, walked in a real browser: imported, found, read, held, passed over, released, gone."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.calendar import day_words, london_date, london_today
from privacy import retention

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "my stepbrother keeps asking where i am"
REASON = "They said somebody is looking for them and may ask us for help again soon."


@pytest.fixture
def old_chat(site, tmp_path):
    """One conversation of four months ago, imported from another system's file."""
    began = timezone.now() - timedelta(days=120)
    said = {
        "external_id": "chat-1",
        "started_at": began.isoformat(),
        "nickname": "J",
        "ip": "203.0.113.9",
        "lines": [
            {"speaker": "person", "at": began.isoformat(), "text": WORDS},
            {"speaker": "worker", "at": began.isoformat(), "text": "You need not tell him."},
        ],
        "survey": [],
    }
    file = tmp_path / "old.jsonl"
    file.write_text(json.dumps(said))
    call_command("import_transcripts", str(file), "--service", "is-this-ok")
    return Contact.objects.get()


def find(page, chat):
    """See a chat in the list of ended ones, and open it by its handle."""
    page.get_by_role("link", name="Ended").first.click()
    page.get_by_role("link", name=chat.handle_words).wait_for()
    page.get_by_label("Open by handle").fill(chat.handle_words)
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url(f"**{chat.get_absolute_url()}")


def falls_due(chat):
    Contact.objects.filter(pk=chat.pk).update(purge_on=london_today())


def test_d05_an_imported_chat_is_found_read_held_passed_over_released_and_gone(
    enter, old_chat, refused
):
    """D-05, S2-36, S2-37, D-06."""
    supervisor, lead = enter("supervisor"), enter("lead")
    find(supervisor, old_chat)
    supervisor.get_by_text(WORDS).wait_for()

    supervisor.get_by_role("link", name="Hold", exact=True).click()
    supervisor.get_by_label("What is believed").select_option("harmed-now")
    supervisor.get_by_label("Why keeping it").fill(REASON)
    supervisor.get_by_role("button", name="Hold it").click()
    lead.goto("/staff/holds/")
    lead.get_by_role("button", name="Approve").click()
    lead.get_by_text("The hold is approved.").wait_for()

    falls_due(old_chat)
    assert retention.purge_all(london_today()).purged == 0
    lead.goto(old_chat.get_absolute_url())
    lead.get_by_text(WORDS).wait_for()

    lead.get_by_role("link", name="Release").click()
    lead.get_by_label("Why it is no longer needed").fill("They are safe and have said so twice.")
    lead.get_by_role("button", name="Release it").click()
    lead.get_by_text("The hold is released.").wait_for()
    refused.add(old_chat.get_absolute_url())
    for page in (lead, supervisor):
        assert page.goto(old_chat.get_absolute_url()).status == 404

    retention.purge_all(london_today() + timedelta(7))
    assert not Contact.objects.exists()


def test_a_hold_released_too_soon_brings_the_words_back_within_a_week(enter, old_chat):
    supervisor, lead = enter("supervisor"), enter("lead")
    supervisor.goto(f"{old_chat.get_absolute_url()}hold/")
    supervisor.get_by_label("Why keeping it").fill(REASON)
    supervisor.get_by_role("button", name="Hold it").click()
    falls_due(old_chat)
    lead.goto("/staff/holds/")
    lead.get_by_role("link", name="Release").click()
    lead.get_by_label("Why it is no longer needed").fill("We thought that they were safe now.")
    lead.get_by_role("button", name="Release it").click()

    lead.get_by_role("link", name="Hold again").click()
    lead.get_by_label("Why keeping it").fill(REASON)
    lead.get_by_role("button", name="Hold it").click()

    lead.get_by_text("The contact is held.").wait_for()
    assert lead.goto(old_chat.get_absolute_url()).status == 200


def test_a_call_is_started_in_two_clicks_noted_and_ended(enter):
    """S0-07: nothing on the way asks about the person."""
    page = enter("worker")
    page.get_by_role("link", name="New contact").click()
    page.get_by_role("button", name="Start").click()
    notes = page.get_by_role("region", name="Notes", exact=True)
    notes.get_by_label("Add a note").fill("Asked how to pass on a message.")
    notes.get_by_role("button", name="Save").click()
    notes.get_by_role("paragraph").get_by_text("Asked how to pass on a message.").wait_for()

    page.get_by_label("They have the information they wanted").check()
    page.get_by_role("button", name="End the contact").click()
    page.get_by_text("The contact has ended.").wait_for()
    assert Contact.objects.get().status == Contact.Status.ENDED


def test_the_board_tells_the_dpo_what_leaves_and_what_left(enter, old_chat):
    page = enter("dpo")
    falls_due(old_chat)
    page.goto("/staff/retention/")
    due = page.get_by_role("row").filter(has_text="Today")
    assert due.get_by_role("cell").first.inner_text() == "1"

    retention.purge_all(london_today())
    page.reload()
    page.get_by_role("row").filter(has_text="Words of a contact").wait_for()
    assert day_words(london_date(old_chat.started_at)) in page.content()

"""The desk under a worker's hands: a call from ring to end with the keyboard, and a note sent
back."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from contacts.models import Contact, Note, Signpost
from helpline.demo import people

pytestmark = pytest.mark.django_db(transaction=True)


def reach(page, name: str) -> None:
    """Press Tab until the control of this name has the focus; it must be reachable."""
    wanted = page.get_by_label(name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    )
    wanted = wanted.or_(page.get_by_role("link", name=name, exact=True)).first
    for _ in range(120):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with the keyboard")


def card(page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def test_a_worker_takes_a_call_from_ring_to_end_with_the_keyboard(site, enter):
    """S0-03, S0-04, S1-03, S1-07, S2-26: in any order, nothing required but how it ended."""
    Signpost.objects.create(name="Night shelter", offers="a bed", reached_by="on foot")
    page = enter("worker")
    reach(page, "New contact")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start/")
    reach(page, "Start")
    page.keyboard.press("Enter")
    page.get_by_text("Talking for").wait_for()

    reach(page, "Confidentiality explained")
    page.keyboard.press("Enter")
    card(page, "At the start").locator(".tag").wait_for()
    reach(page, "Write it down")
    page.keyboard.type("Wants to sleep somewhere safe tonight.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    card(page, "What they need and want").get_by_role("listitem").wait_for()
    reach(page, "Add a note")
    page.keyboard.type("Gave 07700 900123 to ring back.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("This seems to hold a phone number").wait_for()
    reach(page, "Why it is needed")
    page.keyboard.type("They asked us to ring.")
    page.keyboard.press("Enter")
    card(page, "Notes").get_by_role("listitem").wait_for()
    reach(page, "Somewhere safe to stay")
    page.keyboard.press("Space")
    page.locator("#card-topics [name=shown][value='safe-place']").wait_for(state="attached")

    reach(page, "We listened")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    reach(page, "End the contact")
    page.keyboard.press("Enter")
    page.get_by_text("The contact has ended.").wait_for()
    found = Contact.objects.get()
    assert (found.outcome, found.topics.get().topic) == ("signposted", "safe-place")
    page.get_by_role("button", name="I am back").first.wait_for()


def test_a_supervisor_sends_a_note_back_and_the_worker_answers(site, enter):
    """S1-16."""
    supervisor, worker = enter("supervisor"), enter("worker")
    mine = people.member("worker")
    contact = Contact.objects.start(service="helpline", channel="phone", by=mine)
    contact.add_note("He was difficult.", by=mine)
    supervisor.goto("/staff/contacts/notes/")
    supervisor.get_by_text("Send back with a question").click()
    supervisor.get_by_label("Your question").fill("What did he do?")
    supervisor.get_by_role("button", name="Send back", exact=True).click()
    supervisor.get_by_text("Sent back with your question.").wait_for()

    worker.goto("/staff/contacts/notes/back/")
    worker.get_by_text("What did he do?").wait_for()
    worker.get_by_label("Your answer").fill("He shouted twice; I should have written that.")
    worker.get_by_role("button", name="Answer").click()
    worker.get_by_text("Nothing has come back").wait_for()
    assert Note.objects.get().review.answered_at


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_is_accessible_with_every_card_open(site, enter, scheme):
    page = enter("worker")
    page.emulate_media(color_scheme=scheme)
    page.goto("/staff/contacts/start/")
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Add a note").fill("seems attention seeking, ring 07700 900123")
    card(page, "Notes").get_by_role("button", name="Save").click()
    page.get_by_text("as if we judged them").wait_for()
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    for width in (1366, 390, 320):
        page.set_viewport_size({"width": width, "height": 768})
        found = Axe().run(page).response["violations"]
        assert not found, [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
        assert page.locator("html").evaluate("it => it.scrollWidth <= innerWidth")

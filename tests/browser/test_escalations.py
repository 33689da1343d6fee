"""A worry in real browsers: raised beside a chat, seen on the board, and looked into to its end."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from helpline.demo import people
from safeguarding.escalations.drawn import Status
from safeguarding.models import Escalation
from tests.browser.looking import faults
from tests.chatting import a_chat, fresh
from tests.worries import CONCERN, WHY, brought_to, raised

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "I have the tablets here"


def talking(page, words="I cannot go on"):
    """A worker’s console with one chat open in it."""
    visit = a_chat(words)
    page.goto("/staff/chats/")
    page.locator("#take-next").click()
    page.locator("#box").wait_for()
    return visit.contact


def test_two_presses_in_the_console_and_the_board_shows_it_by_itself(enter):
    """What is typed in the box stays there, and the words of the worry can follow."""
    worker, supervisor = enter("worker"), enter("supervisor")
    with supervisor.expect_response("**/live/escalations/**"):
        supervisor.goto("/staff/escalations/")
    talking(worker)
    worker.locator("#box").fill("half a sentence")

    worker.get_by_role("link", name="Escalate").click()
    worker.get_by_role("button", name="Suicide").click()

    expect(worker.get_by_text("Supervisors see it now")).to_be_visible()
    expect(worker.get_by_text("We cannot find this person.")).to_be_visible()
    expect(worker.locator("#box")).to_have_value("half a sentence")
    made = Escalation.objects.get()
    row = supervisor.get_by_role("row").filter(has_text=made.name_words)
    expect(row).to_contain_text("Acknowledge within 4 min")
    worker.get_by_label("What they said").fill(SAID)
    worker.get_by_role("button", name="Add what you know").click()
    expect(worker.get_by_text("It is added")).to_be_visible()
    assert made.assessments.count() == 1
    made.acknowledge(by=people.arrive()["supervisor"])
    expect(row).to_contain_text("Acknowledged")
    assert Axe().run(worker).response["violations"] == []


def test_words_of_a_worry_outlive_the_end_of_its_chat(enter):
    """It is ended in another window while a worker writes what worries them: nothing is lost."""
    page = enter("worker")
    contact = talking(page)
    page.get_by_role("link", name="Escalate").click()
    page.get_by_text("Write something with it").click()
    page.get_by_label("What they said").fill(SAID)
    fresh(contact.visit).end(by=people.arrive()["worker"])
    expect(page.locator("#state")).to_contain_text("Ended")
    expect(page.get_by_label("What they said")).to_have_value(SAID)


def press(page, label: str, **fields: str) -> None:
    """Fill in the form of one button, and press it."""
    form = page.locator("form").filter(has=page.get_by_role("button", name=label, exact=True))
    for name, words in fields.items():
        form.locator(f"[name={name}]").fill(words)
    form.get_by_role("button", name=label, exact=True).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_one_is_looked_into_from_the_board_to_its_end(enter, room, scripts, site):
    cast = people.arrive()
    raised(a_chat("I cannot go on").contact, cast["worker"], said=SAID)
    page = enter("supervisor")
    if not scripts:
        held = page.context.storage_state()
        page = room(java_script_enabled=False, storage_state=held).new_page()
    page.goto("/staff/escalations/")
    page.get_by_role("link", name="Suicide").click()
    press(page, "I am looking at it")
    press(page, "Write down what you judge", concern=CONCERN)
    page.get_by_label("Support them, and share nothing").check()
    press(page, "Decide", why=WHY)
    press(page, "It is being done")
    press(page, "They have been told", why=WHY)
    press(page, "Look back on it", why=WHY)
    press(page, "Close it", why="all fine")
    page.get_by_text("at least 20").first.wait_for()
    press(page, "Close it", why=WHY)
    page.get_by_text("It is closed.").first.wait_for()
    assert Escalation.objects.get().status == Status.CLOSED


def test_every_page_is_sound_on_every_screen(enter):
    """axe in both themes, on a wide screen and a phone, and nothing wider than 320 px."""
    cast = people.arrive()
    contact = a_chat("I cannot go on").contact
    one = raised(contact, cast["worker"], said=SAID, concern=CONCERN)
    brought_to(raised(contact, cast["worker"]), Status.ACTING, by=cast["supervisor"])
    page = enter("supervisor")
    paths = ["/staff/escalations/", "/staff/escalations/new/", one.get_absolute_url()]
    paths += [f"/staff/escalations/?show={which}" for which in ("mine", "closed")]
    for path in paths:
        page.goto(path)
        assert faults(page) == [], path
    brought_to(one, Status.DECIDED, by=cast["supervisor"])
    page.goto(one.get_absolute_url())
    assert faults(page) == []

"""Lines on their way from a worker: none is lost, none passes another, none is read twice (H13)."""

import pytest
from playwright.sync_api import expect

from contacts.models import Draft
from helpline.demo import people
from tests.browser.test_console import log, send
from tests.chatting import a_chat, fresh, said_in
from tests.racing import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alone(chromium, site):
    """As `enter`, at a browser whose console may say that a line was lost."""
    room = chromium.new_context(base_url=site)

    def as_role(role: str):
        page = room.new_page()
        page.goto("/staff/account/sign-in/")
        page.locator(f"button[name=role][value={role}]").click()
        page.get_by_role("button", name="Sign out").first.wait_for()
        return page

    yield as_role
    room.close()


def in_chat(enter):
    """A chat, and the worker who has it at its page, which listens to keys."""
    visit = a_chat("hi", worker=people.arrive()["worker"])
    page = enter("worker")
    page.goto(f"/staff/chats/{visit.pk}/")
    expect(page.locator("#box")).to_be_focused()
    return visit, page


def test_a_line_that_cannot_be_sent_is_not_lost_and_is_said_once(alone):
    """H13: the same form goes again, with the same nonce."""
    visit, page = in_chat(alone)
    page.route("**/say/", lambda route: route.abort())
    send(page, "Hello.")
    page.get_by_text("Not sent. Nothing is lost").wait_for()
    assert page.locator("#box").input_value() == "Hello."
    page.unroute("**/say/")
    page.keyboard.press("Enter")
    log(page).get_by_text("Hello.").wait_for()
    page.get_by_text("Sent.", exact=True).wait_for()
    assert page.locator("#box").input_value() == ""
    assert fresh(visit).last_line == 2


def held_back(page) -> list:
    """The lines of this page from now on, each of them on its way until the test lets it go."""
    lines: list = []
    page.route("**/say/", lambda line: lines.append(line))
    return lines


def on_its_way(lines: list, page):
    """The line that is on its way, once the page has sent it."""
    until(lambda: page.locator("html").is_visible() and lines, patience=30)
    return lines.pop()


def test_what_is_written_while_a_line_is_on_its_way_leaves_after_it(enter):
    """H13: Enter is never in vain; without Enter the words wait in the box."""
    visit, page = in_chat(enter)
    lines = held_back(page)
    send(page, "I am here.")
    page.get_by_text("Sending …").wait_for()
    for words in ("Take your time.", "", "There is no hurry."):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    page.keyboard.type("Are you")
    on_its_way(lines, page).continue_()
    log(page).get_by_text("I am here.").wait_for()
    second = on_its_way(lines, page)
    assert page.locator("#box").input_value() == "Are you"
    page.keyboard.type(" warm?")
    second.continue_()
    log(page).get_by_text("There is no hurry.").wait_for()
    page.get_by_text("Sent.", exact=True).wait_for()
    assert page.locator("#box").input_value() == "Are you warm?"
    words = [words for _who, words in said_in(visit)]
    assert words == ["hi", "I am here.", "Take your time.\nThere is no hurry."]


@pytest.mark.parametrize("fault", ["stopped", "lost"])
def test_what_is_written_behind_a_line_that_is_not_taken_stands_behind_it_in_the_box(alone, fault):
    """H13, S1-14: nothing leaves before a line that was written before it."""
    visit, page = in_chat(alone)
    lines = held_back(page)
    send(page, "Ring me on 07700 900123")
    page.get_by_text("Sending …").wait_for()
    page.keyboard.type("when it is dark")
    page.keyboard.press("Enter")
    page.keyboard.type("or")
    line = on_its_way(lines, page)
    if fault == "stopped":
        line.continue_()
        page.get_by_text("Not sent. This seems to hold").wait_for()
    else:
        line.abort()
        page.get_by_text("Not sent. Nothing is lost").wait_for()
    assert page.locator("#box").input_value() == "Ring me on 07700 900123\nwhen it is dark\nor"
    assert fresh(visit).last_line == 1


def test_a_line_whose_answer_was_lost_is_not_read_twice_with_what_was_written_behind_it(alone):
    """H13: the same words go first, alone, and are known by their nonce."""
    visit, page = in_chat(alone)
    lines = held_back(page)
    send(page, "Are you safe?")
    page.get_by_text("Sending …").wait_for()
    page.keyboard.type("Take your time.")
    line = on_its_way(lines, page)
    line.fetch()  # it is stored, and the answer never comes
    line.abort()
    page.get_by_text("Not sent. Nothing is lost").wait_for()
    assert page.locator("#box").input_value() == "Are you safe?\nTake your time."
    page.keyboard.press("Enter")
    on_its_way(lines, page).continue_()
    on_its_way(lines, page).continue_()
    log(page).get_by_text("Take your time.").wait_for()
    words = [words for _who, words in said_in(visit)]
    assert words == ["hi", "Are you safe?", "Take your time."]


def test_a_line_that_was_stopped_is_still_in_the_box_after_another_chat(enter):
    """H13: whatever was typed without a pause."""
    worker = people.arrive()["worker"]
    one, other = a_chat("one", worker=worker), a_chat("other", worker=worker)
    page = enter("worker")
    page.goto(f"/staff/chats/{one.pk}/")
    expect(page.locator("#box")).to_be_focused()
    send(page, "Ring me on 07700 900123")
    page.get_by_text("Not sent. This seems to hold").wait_for()
    page.locator(f"#seat-{other.pk}").click()
    log(page).get_by_text("other", exact=True).wait_for()
    until(Draft.objects.exists, patience=30)  # it is sent while the page is left
    page.locator(f"#seat-{one.pk}").click()
    log(page).get_by_text("one", exact=True).wait_for()
    assert page.locator("#box").input_value() == "Ring me on 07700 900123"


def test_whoever_writes_elsewhere_by_now_is_left_there(enter):
    """What they write there is not for the person."""
    _visit, page = in_chat(enter)
    lines = held_back(page)
    send(page, "I am here.")
    page.get_by_text("Sending …").wait_for()
    page.locator("summary", has_text="Ask a supervisor").click()
    question = page.get_by_label("Your question")
    question.press_sequentially("Is this")
    on_its_way(lines, page).continue_()
    page.get_by_text("Sent.", exact=True).wait_for()
    expect(question).to_be_focused()
    assert question.input_value() == "Is this"

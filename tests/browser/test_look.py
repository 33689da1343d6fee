"""How pages behave under hands and eyes: the way out, keys, themes, narrow and forced screens."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpline.demo import people, story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slow_exit(page):
    """The way out, on a line so bad that the browser stays where it is."""
    page.route("**/exit/", lambda route: route.fulfill(status=204))


def broken(page) -> list:
    """Every axe rule that the page breaks."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


def too_wide(page) -> int:
    """How far the page is wider than a phone at 320 px, which is a screen at 400 % (1.4.10)."""
    page.set_viewport_size({"width": 320, "height": 640})
    return page.locator("html").evaluate("it => it.scrollWidth - innerWidth")


def test_exit_is_the_first_key_stop_and_enter_blanks_the_page_at_once(page, slow_exit):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Exit this page"

    with page.expect_request("**/exit/"):
        page.keyboard.press("Enter")

    assert not page.locator("main").is_visible()


def test_three_presses_of_shift_blank_the_page_at_once(page, slow_exit):
    page.goto("/")

    with page.expect_request("**/exit/"):
        for _ in range(3):
            page.keyboard.press("Shift")

    assert not page.locator("main").is_visible()


def test_two_presses_three_slow_ones_and_capital_letters_stay(page, slow_exit):
    page.clock.install()
    page.goto("/")
    for _ in range(2):
        page.keyboard.press("Shift")
    page.clock.run_for(6000)
    page.keyboard.press("Shift")
    for letter in "ABC":
        page.keyboard.press(f"Shift+{letter}")

    page.locator("main").wait_for()


def test_exit_leads_away_by_way_of_forgetting(page, elsewhere):
    page.goto("/")

    with page.expect_request(elsewhere) as asked:
        page.click("a.exit")

    assert asked.value.redirected_from.url.endswith("/exit/")


def test_exit_stays_in_sight_at_the_end_of_a_narrow_page(page):
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto("/")

    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")

    box = page.locator("a.exit").bounding_box()
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 320


@pytest.fixture
def week(site):
    """The demonstration's story, told."""
    people.arrive()
    story.tell()


PAGES = {
    "worker": ["contacts/waiting/", "contacts/mine/", "contacts/start/", "contacts/notes/back/"],
    "supervisor": [
        *("contacts/team/", "contacts/ended/?began_from=2036-01-01", "holds/"),
        *("contacts/notes/", "contacts/signposts/"),
    ],
    "dpo": ["retention/", "approvals/"],
    "administrator": ["people/", "account/second-factor/", "account/password/"],
}


@pytest.mark.parametrize("role", PAGES)
def test_pages_are_accessible_light_and_dark_wide_and_narrow(page, week, role):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/staff/account/sign-in/")
    page.click(f"button[value={role}]")
    faults = {}
    for path in PAGES[role]:
        page.goto(f"/staff/{path}")
        page.set_viewport_size({"width": 1366, "height": 768})
        page.emulate_media(color_scheme="light")
        found = broken(page)
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="dark")
        faults[path] = [*found, *broken(page), *filter(None, [too_wide(page)])]

    assert not any(faults.values()), faults


def test_a_contact_is_walked_to_noted_and_its_draft_survives_a_reload(page, week):
    page.goto("/staff/account/sign-in/")
    page.click("button[value=worker]")
    page.goto("/staff/contacts/mine/")
    page.locator("a[data-row]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert broken(page) == []

    box = page.get_by_label("Add a note")
    with page.expect_response("**/draft/"):
        box.press_sequentially("Wants to think it over.")
    page.reload()
    assert box.input_value() == "Wants to think it over."
    box.press("Control+Enter")

    page.locator("#card-notes li", has_text="Wants to think it over.").wait_for()


def test_a_quiet_session_is_warned_and_one_key_extends_it(page, week):
    page.clock.install()
    page.goto("/staff/account/sign-in/")
    page.click("button[value=worker]")
    page.wait_for_url("**/chats/")
    page.clock.fast_forward("13:05")
    page.clock.run_for(1000)
    page.locator("#idle").wait_for()
    assert broken(page) == []

    with page.expect_response("**/still-here/") as answer:
        page.keyboard.press("a")

    assert answer.value.status == 204
    page.locator("#idle").wait_for(state="hidden")

"""The way out under frightened hands: blank at once, and nothing that comes back."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from helpline.foundation.staff.models import Session
from tests.browser.looking import PATHS, seen, sideways

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = {"width": 320, "height": 256}  # a laptop at 400 %, or a phone above its keyboard
NEAR_THE_END = "window.scrollTo(0, document.body.scrollHeight)"
WRITING = """() => {
  const box = document.createElement("textarea");
  document.querySelector("main").append(box);
  box.focus();
}"""
WIDTH = "document.querySelector('a.exit').getBoundingClientRect().width"
IN_SIGHT = """() => {
  const screen = window.visualViewport, link = document.querySelector("a.exit");
  const box = link.getBoundingClientRect();
  const on_top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const spare = [box.left - screen.offsetLeft, box.top - screen.offsetTop,
    screen.offsetLeft + screen.width - box.right, screen.offsetTop + screen.height - box.bottom];
  return on_top === link && Math.min(...spare) >= -0.5;
}"""


def test_p03_exit_is_in_sight_at_400_percent_at_the_end_of_every_page(page):
    page.set_viewport_size(SMALL)
    for path in PATHS:
        page.goto(path)
        page.evaluate(NEAR_THE_END)
        assert page.evaluate(IN_SIGHT), path
        assert page.locator("a.exit").bounding_box()["height"] >= 24, path  # P07
        assert sideways(page) <= 0, path


def test_p03_a_keyboard_on_the_screen_leaves_exit_in_sight(room):
    """The keyboard takes the page's lower half, because the page asks for that."""
    page = room(viewport={"width": 320, "height": 568}, is_mobile=True, has_touch=True).new_page()
    for path in PATHS:
        page.set_viewport_size({"width": 320, "height": 568})
        page.goto(path)
        page.evaluate(WRITING)
        page.set_viewport_size(SMALL)
        page.locator("textarea").scroll_into_view_if_needed()
        assert page.evaluate("document.activeElement.localName") == "textarea"
        assert page.evaluate(IN_SIGHT), path
        asked = page.locator("meta[name=viewport]").get_attribute("content")
        assert "interactive-widget=resizes-content" in asked


def test_p03_two_fingers_leave_exit_in_sight_at_its_size(room):
    """As does a keyboard on phones whose pages stay as they are and only slide up."""
    page = room(viewport={"width": 390, "height": 664}, is_mobile=True, has_touch=True).new_page()
    tools = page.context.new_cdp_session(page)
    for path in PATHS:
        page.goto(path)
        page.evaluate(NEAR_THE_END)
        width = page.evaluate(WIDTH)
        tools.send("Input.synthesizePinchGesture", {"x": 100, "y": 400, "scaleFactor": 4})
        zoom = page.evaluate("visualViewport.scale")
        assert zoom > 3
        assert page.evaluate(IN_SIGHT), path
        assert page.evaluate(WIDTH) * zoom == pytest.approx(width, rel=0.02)


LEAVE = {
    "click": lambda page: page.click("a.exit"),
    "enter": lambda page: page.press("a.exit", "Enter"),
    "shift": lambda page: [page.keyboard.press("Shift") for _ in range(3)],
}
WATCH = """() => {
  for (const kind of ["pointerup", "keyup", "keydown"])
    addEventListener(kind, (event) => { window.pressed = event.timeStamp; }, true);
  new MutationObserver(() => { window.blank = performance.now(); })
    .observe(document.documentElement, {attributes: true});
}"""


def test_p01_the_page_is_blank_within_200_ms_of_a_click_enter_or_three_shifts(page):
    page.route("**/exit/", lambda route: route.fulfill(status=204))  # a line that never answers
    for path in PATHS:
        for name, leave in LEAVE.items():
            page.goto(path)
            page.evaluate(WATCH)
            with page.expect_request("**/exit/"):
                leave(page)
            assert seen(page) == "", (path, name)
            assert page.evaluate("blank - pressed") <= 200, (path, name)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_p01_three_shifts_are_promised_only_where_they_work(room, scripts):
    page = room(java_script_enabled=scripts).new_page()
    for path in PATHS:
        page.goto(path)
        for told in page.get_by_text("Shift", exact=True).all():
            expect(told).to_be_visible(visible=scripts)
        assert page.locator("[data-shift]").count() >= 1, path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_p01_leaving_ends_a_session_that_somebody_has_here(room, site, worker, signed_in, scripts):
    page = room(java_script_enabled=scripts).new_page()
    name = settings.SESSION_COOKIE_NAME
    key = signed_in(worker).cookies[name].value
    page.context.add_cookies([{"name": name, "value": key, "url": site}])
    page.goto("/privacy/")

    with page.expect_navigation(url="**/weather"):
        page.click("a.exit")

    assert not Session.objects.exists()
    assert page.context.cookies() == []


def test_g09_no_other_site_can_put_ours_into_a_frame_or_hold_its_window(chromium, site, elsewhere):
    page = chromium.new_page()
    page.goto(elsewhere)
    page.evaluate(FRAMED, f"{site}/")
    framed = page.frames[-1]
    framed.wait_for_load_state()
    assert framed.url.startswith("chrome-error:")

    with page.expect_popup() as opened:
        page.evaluate("address => { window.held = window.open(address); }", f"{site}/")
    opened.value.wait_for_load_state()
    assert opened.value.locator("h1").is_visible()
    assert opened.value.evaluate("window.opener") is None
    assert page.evaluate("window.held.closed")  # to whoever opened it, it is gone
    page.close()


FRAMED = """address => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.addEventListener("load", done);
  frame.src = address;
  document.body.append(frame);
})"""


def test_p02_back_and_forward_after_exit_show_nothing(page):
    page.goto("/")
    page.click("footer >> text=Privacy")
    with page.expect_navigation(url="**/weather"):
        page.click("a.exit")

    page.go_back()  # the first page: the privacy page itself was replaced

    assert page.title() == "Support"
    assert seen(page) == "Show the page"
    page.go_forward()
    assert page.title() == "Weather"
    page.go_back()
    page.get_by_role("button", name="Show the page").click()
    page.locator("h1").wait_for()


def test_p02_going_back_from_page_to_page_here_works_as_ever(page):
    page.goto("/")
    page.click("footer >> text=Privacy")
    page.wait_for_url("**/privacy/")

    page.go_back()

    page.locator("h1").wait_for()


def test_p02_a_browser_that_cannot_tell_where_one_was_covers_what_comes_back(page):
    page.add_init_script("Object.defineProperty(window, 'navigation', {value: undefined})")
    page.goto("/")
    page.goto("/privacy/")

    page.go_back()

    assert seen(page) == "Show the page"


def test_p02_a_page_that_was_closed_is_accessible(page, elsewhere):
    page.goto("/")
    page.goto(elsewhere)
    page.go_back()

    assert seen(page) == "Show the page"
    wanted = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag22aa"]}}
    assert Axe().run(page, options=wanted).response["violations"] == []

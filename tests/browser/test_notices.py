"""The public pages under a reader's hands: every page, the way out, and what comes back."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from helpline.foundation.staff.models import Session
from helpline.notices import NOTICES
from tests.browser.conftest import FLAGS
from tests.serving import free_port, served

PATHS = [notice.path for notice in NOTICES.values()]
SCREENS = [(320, 640, "dark"), (390, 844, "light"), (1366, 768, "light"), (1366, 768, "dark")]
WEATHER = b"<!doctype html><link rel=icon href=data:,><title>Weather</title><h1>Rain later</h1>"
NEAR_THE_END = "window.scrollTo(0, document.body.scrollHeight)"

pytestmark = pytest.mark.django_db(transaction=True)


class Weather(BaseHTTPRequestHandler):
    """The place where the way out leads, without the internet."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(WEATHER)

    def log_message(self, *words):
        pass


@pytest.fixture
def elsewhere():
    """The address of that place."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/weather"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(transactional_db, keys, tmp_path, elsewhere):
    """The product, with its way out leading there: its address."""
    port = free_port()
    ours = {"KEYS_DIR": str(keys), "SITE_URL": f"http://localhost:{port}", "EXIT_TO": elsewhere}
    with open(tmp_path / "log", "wb") as log, served(log, port=port, **ours):
        yield ours["SITE_URL"]


@pytest.fixture
def reader(chromium, site):
    """A browser with scripts off on a small phone, and the addresses it asks for."""
    screen = {"width": 320, "height": 640}
    context = chromium.new_context(base_url=site, java_script_enabled=False, viewport=screen)
    page = context.new_page()
    page.asked = []
    context.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


def seen(page) -> str:
    """What somebody looking at the screen can read."""
    return page.evaluate(
        "document.body.getClientRects().length ? document.body.innerText.trim() : ''"
    )


def sideways(page) -> int:
    """How far one would have to scroll sideways, in pixels."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def test_every_page_is_read_with_scripts_off_at_320_px(reader, site, elsewhere):
    reader.goto("/")
    for notice in NOTICES.values():
        with reader.expect_navigation():
            reader.get_by_role("navigation", name="All pages").get_by_text(
                notice.label, exact=True
            ).click()
        assert reader.url == site + notice.path
        assert reader.locator("h1").is_visible()
        assert sideways(reader) <= 0, notice.path
        assert not reader.locator(".again, .printed").first.is_visible()
        with reader.expect_navigation():
            reader.get_by_role("link", name="version 1").click()
        assert reader.url == f"{site}/{notice.slug}/1/"

    with reader.expect_navigation():
        reader.locator("a.exit").click()

    assert reader.title() == "Weather"
    assert all(url.startswith((site, elsewhere)) for url in reader.asked)  # S0-02
    assert reader.context.cookies() == []


def test_p03_exit_is_in_sight_at_400_percent_at_the_end_of_every_page(page):
    page.set_viewport_size({"width": 320, "height": 256})
    for path in PATHS:
        page.goto(path)
        page.evaluate(NEAR_THE_END)
        box = page.locator("a.exit").bounding_box()
        assert box["y"] >= 0, path
        assert box["x"] + box["width"] <= 320, path
        assert box["height"] >= 24, path  # P07
        assert sideways(page) <= 0, path


def test_p05_every_page_is_accessible_light_and_dark_on_every_screen(page):
    faults = {}
    page.emulate_media(reduced_motion="reduce")
    for path in PATHS:
        page.goto(path)
        for width, height, scheme in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            broken = [rule["id"] for rule in Axe().run(page).response["violations"]]
            if broken or sideways(page) > 0:
                faults[path, width, scheme] = broken

    assert not faults


def test_s0_02_p09_no_page_asks_elsewhere_or_stores_anything(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PATHS:
        page.goto(path)
        stored = page.evaluate(
            "async () => [localStorage.length, sessionStorage.length, document.cookie.length,"
            " (await indexedDB.databases()).length, window.name.length]"
        )
        assert stored == [0, 0, 0, 0, 0], path

    assert all(url.startswith(site) for url in asked)
    assert page.context.cookies() == []


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


def test_p01_leaving_ends_a_session_that_somebody_has_here(page, site, worker, signed_in):
    name = settings.SESSION_COOKIE_NAME
    key = signed_in(worker).cookies[name].value
    page.context.add_cookies([{"name": name, "value": key, "url": site}])
    page.goto("/privacy/")

    with page.expect_navigation(url="**/weather"):
        page.click("a.exit")

    assert not Session.objects.exists()
    assert page.context.cookies() == []


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
    assert page.locator("h1").is_visible()


def test_p02_going_back_from_page_to_page_here_works_as_ever(page):
    page.goto("/")
    page.click("footer >> text=Privacy")
    page.wait_for_url("**/privacy/")

    page.go_back()

    assert page.locator("h1").is_visible()


def test_p02_a_page_kept_whole_by_the_browser_comes_back_covered(page):
    page.goto("/")
    assert page.locator("h1").is_visible()

    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    assert seen(page) == "Show the page"


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


def profile(playwright, path, *more):
    """A browser whose tabs, history and cache live on a disk."""
    return playwright.launch_persistent_context(
        path, executable_path="/usr/bin/chromium", args=[*FLAGS, *more]
    )


def test_p02_the_disk_keeps_no_word_of_a_page(chromium, site, tmp_path):
    context = profile(chromium.browser_type, tmp_path)
    page = context.pages[0]
    for path in PATHS:
        page.goto(site + path)
    context.close()

    kept = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert any(b"/confidentiality/" in held for held in kept)  # history: beyond us, and we say so
    assert not [held for held in kept if b"We are here to listen" in held]


def test_p02_a_restored_tab_shows_nothing(chromium, site, tmp_path):
    context = profile(chromium.browser_type, tmp_path)
    context.pages[0].goto(f"{site}/confidentiality/")
    context.close()

    again = profile(chromium.browser_type, tmp_path, "--restore-last-session")
    restored = [page for page in again.pages if page.url.startswith(site)]

    assert restored
    for page in restored:
        page.wait_for_load_state()
    assert {seen(page) for page in restored} == {"Show the page"}
    again.close()


def test_p14_paper_says_support_and_nothing_of_the_helpline(page):
    for path in PATHS:
        page.goto(path)
        page.emulate_media(media="print")
        assert seen(page).startswith("Support\n"), path
        assert not page.locator("a.exit, .brand, footer").first.is_visible()
        page.emulate_media(media="screen")

"""The public pages under a reader's hands: every page, the way out, and what comes back."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpline.notices import NOTICES
from tests.browser.looking import PATHS, seen, sideways

SCREENS = [(320, 640, "dark"), (390, 844, "light"), (1366, 768, "light"), (1366, 768, "dark")]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(room):
    """A browser with scripts off on a small phone, and the addresses it asks for."""
    page = room(java_script_enabled=False, viewport={"width": 320, "height": 640}).new_page()
    page.asked = []
    page.context.on("request", lambda request: page.asked.append(request.url))
    return page


def test_every_page_is_read_with_scripts_off_at_320_px(reader, site, elsewhere):
    reader.goto("/")
    for notice in NOTICES.values():
        with reader.expect_navigation():
            reader.get_by_role("navigation", name="All pages").get_by_text(
                notice.label, exact=True
            ).click()
        assert reader.url == site + notice.path
        reader.locator("h1").wait_for()
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


def test_p14_paper_says_support_and_nothing_of_the_helpline(page):
    for path in PATHS:
        page.goto(path)
        page.emulate_media(media="print")
        assert seen(page).startswith("Support\n"), path
        assert not page.locator("a.exit, .brand, footer").first.is_visible()
        page.emulate_media(media="screen")

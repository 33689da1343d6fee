"""What a browser keeps by itself: whole pages, tabs, sources, its disk. None of it tells."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from helpline.foundation.staff.models import Session
from tests.browser.conftest import FLAGS, program
from tests.browser.looking import PATHS, seen

pytestmark = pytest.mark.django_db(transaction=True)

TELL = "addEventListener('pageshow', (event) => { window.kept = event.persisted; })"
COVERED = "Show the page"


@pytest.fixture
def keeping(chromium, site):
    """A page of a browser that keeps whole pages for its back button, as browsers do at home."""
    browser = chromium.browser_type.launch(
        executable_path=program(),
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],  # the driver's own
    )
    page = browser.new_page(base_url=site)
    page.add_init_script(TELL)
    yield page
    browser.close()


def go_back(page, address) -> bool:
    """Press Back and wait for that address; whether the browser had kept the page whole.

    The driver's own `go_back` waits for a load that never comes when the page was kept.
    """
    with page.expect_event("framenavigated", lambda frame: frame.url == address):
        page.evaluate("void setTimeout(() => history.back())")
    page.wait_for_function("window.kept !== undefined")
    return page.evaluate("window.kept")


def sign_in(page, site, key) -> None:
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site}
    page.context.add_cookies([cookie])


@pytest.fixture
def at_work(keeping, site, worker, signed_in):
    """That page, with the worker signed in."""
    sign_in(keeping, site, signed_in(worker).cookies[settings.SESSION_COOKIE_NAME].value)
    return keeping


def test_p02_this_browser_does_keep_pages_whole(keeping, site, elsewhere):
    keeping.goto(elsewhere)
    keeping.goto(f"{site}/cookies/")

    assert go_back(keeping, elsewhere)
    assert seen(keeping) == "Rain later"


def test_p02_a_page_kept_whole_comes_back_covered(keeping, site, elsewhere):
    keeping.goto("/")
    keeping.goto(elsewhere)

    assert go_back(keeping, f"{site}/")
    assert seen(keeping) == COVERED
    keeping.get_by_role("button", name=COVERED).click()
    keeping.locator("h1").wait_for()


def test_p02_a_page_kept_whole_comes_back_as_it_was_from_another_page_of_ours(keeping, site):
    keeping.goto("/")
    keeping.click("footer >> text=Privacy")
    keeping.wait_for_url("**/privacy/")

    assert go_back(keeping, f"{site}/")
    keeping.locator("h1").wait_for()


def test_p02_after_exit_no_page_is_kept_whole(keeping, site):
    keeping.goto("/")
    keeping.click("footer >> text=Privacy")
    with keeping.expect_navigation(url="**/weather"):
        keeping.click("a.exit")

    assert not go_back(keeping, f"{site}/")  # the privacy page itself was replaced
    assert seen(keeping) == COVERED


def test_g03_words_do_not_come_back_after_signing_out(at_work, contact):
    """P02."""
    at_work.goto(contact.get_absolute_url())
    at_work.get_by_text("my dad shouts").wait_for()
    at_work.get_by_role("button", name="Sign out").first.click()
    at_work.wait_for_url("**/sign-in/")

    at_work.evaluate("void setTimeout(() => history.back())")

    at_work.wait_for_url("**/sign-in/?next=*")
    assert "my dad shouts" not in at_work.content()


def test_g02_words_do_not_come_back_after_the_session_has_ended(at_work, contact, elsewhere):
    """P02: as this browser does it by itself, which keeps no page of somebody signed in."""
    at_work.goto(contact.get_absolute_url())
    at_work.goto(elsewhere)
    Session.objects.all().delete()

    at_work.evaluate("void setTimeout(() => history.back())")

    at_work.wait_for_url("**/sign-in/?next=*")
    assert "my dad shouts" not in at_work.content()


def test_p02_a_page_of_the_desk_that_a_browser_kept_is_put_away_blank_and_asked_for_afresh(
    at_work, contact
):
    """Browsers differ in what they keep; this one is told that it did."""
    at_work.goto(contact.get_absolute_url())
    Session.objects.all().delete()
    at_work.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert seen(at_work) == ""

    at_work.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    at_work.wait_for_url("**/sign-in/?next=*")


def test_p02_the_source_of_a_page_is_asked_for_afresh(at_work, site, contact):
    at_work.goto(contact.get_absolute_url())
    at_work.goto(f"view-source:{site}{contact.get_absolute_url()}")
    assert "my dad shouts" in at_work.locator("body").inner_text()

    at_work.goto(f"{site}/")
    with at_work.expect_navigation(url="**/weather"):
        at_work.click("a.exit")
    at_work.goto(f"view-source:{site}{contact.get_absolute_url()}")

    source = at_work.locator("body").inner_text()
    assert "<form" in source
    assert "my dad shouts" not in source


# What lies on the disk ----------------------------------------------------------------------------


def profile(playwright, path, *more):
    """A browser whose tabs, history and cache live on a disk."""
    return playwright.launch_persistent_context(
        path, executable_path=program(), args=[*FLAGS, *more]
    )


def on_disk(folder, words: str) -> list[str]:
    """The files of a profile that hold these words, in either way that browsers write text."""
    forms = [words.encode(), words.encode("utf-16-le")]
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if any(form in file.read_bytes() for form in forms)]


def test_p02_the_disk_keeps_no_word_of_a_page(chromium, site, elsewhere, tmp_path):
    context = profile(chromium.browser_type, tmp_path)
    page, words = context.pages[0], set()
    for path in PATHS:
        page.goto(site + path)
        words |= set(page.locator("h1, h2, main p").all_inner_texts())
    with page.expect_navigation(url="**/weather"):
        page.click("a.exit")
    context.close()

    assert on_disk(tmp_path, "Rain later")  # whoever lets pages be kept finds them here
    assert on_disk(tmp_path, "/confidentiality/")  # history: beyond us, and we say so
    told = [line for text in words for line in text.splitlines() if len(line.split()) > 3]
    assert len(told) > 50
    assert not [line for line in told if on_disk(tmp_path, line)]


def test_p02_the_disk_keeps_no_word_of_a_contact(
    chromium, site, tmp_path, worker, contact, signed_in
):
    context = profile(chromium.browser_type, tmp_path)
    page = context.pages[0]
    sign_in(page, site, signed_in(worker).cookies[settings.SESSION_COOKIE_NAME].value)
    page.goto(site + contact.get_absolute_url())
    page.get_by_label("Add a note").fill("zebrafish in the kitchen")
    expect(page.get_by_text("my dad shouts")).to_be_visible()
    context.close()  # with the words still on the screen, as when the lid is shut

    assert on_disk(tmp_path, str(contact.pk))
    for words in ("my dad shouts", "that sounds hard", "zebrafish", contact.handle_words):
        assert not on_disk(tmp_path, words), words


def test_p02_a_restored_tab_shows_nothing(chromium, site, tmp_path):
    context = profile(chromium.browser_type, tmp_path)
    context.pages[0].goto(f"{site}/confidentiality/")
    context.close()

    again = profile(chromium.browser_type, tmp_path, "--restore-last-session")
    restored = [page for page in again.pages if page.url.startswith(site)]

    assert restored
    for page in restored:
        page.wait_for_load_state()
    assert {seen(page) for page in restored} == {COVERED}
    again.close()

"""A chat is for everybody: by ear, by keyboard, on small screens, without scripts; and it leaves no
trace in the browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from contacts.models import Contact, Speaker, Visit
from tests.browser.looking import seen, sideways
from tests.browser.saying import BOX, listens, said
from tests.browser.test_coming_back import profile
from tests.browser.test_leaving import LEAVE, WATCH

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = [(320, 640, "dark"), (390, 844, "light"), (1366, 768, "light"), (1366, 768, "dark")]


# Screen readers and keys --------------------------------------------------------------------------

HEARD = """() => {
  window.heard = [];
  const log = document.querySelector("[role=log]");
  const hear = (node) => { if (node.nodeType === 1) window.heard.push(node.textContent); };
  new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach(hear)))
    .observe(log, {childList: true, subtree: true});
}"""


def test_p06_the_log_is_polite_and_says_each_line_once(talking, contact):
    log = talking.get_by_role("log")
    assert log.get_attribute("tabindex") == "0"
    assert log.get_attribute("aria-relevant") == "additions"
    talking.evaluate(HEARD)
    said(talking, "spoken once", 3)
    contact.say(Speaker.WORKER, "answered once")
    expect(talking.locator("#line-4")).to_be_visible()
    heard = talking.evaluate("heard")
    assert len([words for words in heard if "spoken once" in words]) == 1
    assert len([words for words in heard if "answered once" in words]) == 1


def test_p06_a_whole_chat_by_keyboard(page, worker):
    page.goto("/chat/")
    tab_to(page, "Start a chat")
    page.keyboard.press("Enter")
    page.get_by_label(BOX).wait_for()
    listens(page)
    tab_to(page, BOX)
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.locator("#line-1")).to_be_visible()
    contact = Contact.objects.with_key().get()
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "hi")
    page.locator("summary").get_by_text("Come back to this chat later").wait_for()
    tab_to(page, "Come back to this chat later")
    page.keyboard.press("Enter")
    tab_to(page, "Show my words")
    page.keyboard.press("Enter")
    expect(page.locator(".words li")).to_have_count(7)
    tab_to(page, "I want to stop now")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you for talking to us")).to_be_visible()


NAME = """() => {
  const it = document.activeElement;
  return [it.labels && it.labels[0] ? it.labels[0].textContent.trim() : it.textContent.trim(),
          it.getBoundingClientRect().top, document.querySelector(".masthead").offsetHeight,
          it.closest(".masthead") !== null];
}"""


def tab_to(page, name: str) -> None:
    """Walk by Tab to what has this name; whatever has the focus is never under the way out."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found, top, bar, in_bar = page.evaluate(NAME)
        assert in_bar or page.evaluate("document.activeElement === document.body") or top >= bar - 1
        if found == name:
            return
    raise AssertionError(f"{name} is not reached by keyboard")


# Looks and rules in every state -------------------------------------------------------------------


def faults(page, state: str) -> dict:
    """What is broken in this state, on every screen."""
    found = {}
    page.emulate_media(reduced_motion="reduce")
    for width, height, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        broken = [(v["id"], v["nodes"][0]["html"]) for v in Axe().run(page).response["violations"]]
        wide = sideways(page)
        if broken or wide > 0:
            found[state, width, scheme] = broken, wide
    page.set_viewport_size({"width": 1366, "height": 768})
    return found


def test_p05_every_state_is_accessible_on_every_screen(page, worker):
    page.goto("/chat/")
    found = faults(page, "before")
    page.get_by_label("A nickname").fill("x" * 41)
    page.get_by_role("button", name="Start a chat").click()
    page.locator(".errorlist").wait_for()
    found |= faults(page, "refused nickname")
    page.get_by_label("A nickname").fill("")
    page.get_by_role("button", name="Start a chat").click()
    page.get_by_role("button", name="I am not safe right now").click()
    page.get_by_text("We take you first.").wait_for()
    found |= faults(page, "waiting")
    listens(page)
    page.get_by_label(BOX).fill("hello " * 200)
    page.get_by_label(BOX).press("Enter")
    expect(page.locator(".line--person:not(.line--pending)")).to_have_count(1)
    contact = Contact.objects.with_key().get()
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "https://example.org/" + "long" * 80)
    page.get_by_text("Come back to this chat later").locator("visible=true").click()
    found |= faults(page, "talking")
    page.get_by_role("button", name="Show my words").click()
    page.locator(".words").wait_for()
    page.get_by_label(BOX).fill("x" * 4001)
    page.get_by_label(BOX).press("Enter")
    page.locator(".chat__alert [role=alert]").wait_for()
    found |= faults(page, "code shown, line refused")
    page.get_by_label(BOX).fill("")
    words = " ".join(page.locator(".words li").all_inner_texts())
    page.get_by_role("button", name="I want to stop now").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    found |= faults(page, "stopped")
    Contact.objects.get().end(by=worker)
    page.goto("/chat/")
    found |= faults(page, "ended")
    page.goto("/back/read/")
    found |= faults(page, "read")
    page.context.clear_cookies()
    page.goto("/back/")
    page.get_by_label("Your seven words").fill("wrong")
    page.get_by_role("button", name="Open my chat").click()
    page.locator(".errorlist").wait_for()
    found |= faults(page, "wrong code")
    page.get_by_label("Your seven words").fill(words)
    page.get_by_role("button", name="Open my chat").click()
    page.get_by_role("heading", name="Good to see you again").wait_for()
    found |= faults(page, "again")
    assert not found


def test_p05_a_line_that_failed_is_accessible(talking):
    talking.route("**/chat/say/", lambda route: route.fulfill(status=500, body="no"))
    talking.get_by_label(BOX).fill("x")
    talking.get_by_label(BOX).press("Enter")
    talking.get_by_role("button", name="Send again").wait_for()
    assert not faults(talking, "failed")


def test_p03_p07_at_400_percent_the_way_out_stays_and_targets_are_large_enough(talking):
    talking.set_viewport_size({"width": 320, "height": 256})
    talking.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = talking.locator("a.exit").bounding_box()
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 320
    small = talking.evaluate(
        "[...document.querySelectorAll('main button, main summary, main textarea')]"
        ".filter((each) => each.offsetParent && each.getBoundingClientRect().height < 24)"
        ".map((each) => each.outerHTML)"
    )
    assert small == []
    talking.emulate_media(forced_colors="active")
    assert (
        talking.locator(".line--person").first.evaluate(
            "(line) => getComputedStyle(line).borderTopWidth"
        )
        == "3px"
    )


# Nobody can tell ----------------------------------------------------------------------------------

STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie.length,
  (await indexedDB.databases()).length, window.name.length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length]"""
SPIES = """for (const [holder, name] of [[HTMLCanvasElement.prototype, "toDataURL"],
    [HTMLCanvasElement.prototype, "getContext"], [navigator, "getBattery"],
    [navigator.geolocation, "getCurrentPosition"], [window, "RTCPeerConnection"],
    [navigator, "sendBeacon"], [Notification, "requestPermission"]])
  if (holder && holder[name]) holder[name] = () => { throw new Error("asked for " + name); };"""


def test_a13_p09_a_chat_stores_nothing_and_asks_nobody_else(page, site, worker):
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.add_init_script(SPIES)
    page.goto("/chat/")
    page.get_by_role("button", name="Start a chat").click()
    said(page, "hello", 1)
    contact = Contact.objects.with_key().get()
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "hi")
    page.get_by_text("Come back to this chat later").locator("visible=true").click()
    page.get_by_role("button", name="Show my words").click()
    words = page.locator(".words li")
    expect(words).to_have_count(7)
    secret = words.first.inner_text()
    assert page.evaluate(STORED) == [0] * 7
    assert all(url.startswith(site) for url in asked)
    assert not [url for url in asked if secret in url]
    assert page.title() == "Support"
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["expires"], cookie["httpOnly"]) == ("visit", -1, True)
    assert cookie["sameSite"] == "Lax"


def test_p08_after_quiet_minutes_the_words_leave_the_page_and_come_back(page, worker):
    page.clock.install()
    page.goto("/chat/")
    page.get_by_role("button", name="Start a chat").click()
    page.get_by_label(BOX).wait_for()
    said(page, "hello", 1)
    page.get_by_label(BOX).fill("a thought half wri")
    page.clock.fast_forward("14:05")
    page.clock.run_for(1000)
    expect(page.get_by_text("Are you still there?")).to_be_visible()
    page.get_by_role("button", name="I am still here").click()
    expect(page.get_by_text("Are you still there?")).to_be_hidden()
    page.clock.fast_forward("15:05")
    page.clock.run_for(1000)
    expect(page.get_by_role("button", name="Show the page")).to_be_visible()
    held = page.content()
    assert "hello" not in held
    assert "half wri" not in held
    assert seen(page).splitlines()[0] == "Exit this page"
    assert page.title() == "Support"
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Show the page").click()
    expect(page.locator("#line-1")).to_contain_text("hello")
    assert page.get_by_label(BOX).input_value() == "a thought half wri"


@pytest.mark.parametrize("name", LEAVE)
def test_p01_exit_blanks_a_chat_at_once_and_shuts_it(talking, name):
    talking.route("**/exit/", lambda route: route.fulfill(status=204))
    talking.evaluate(WATCH)
    with talking.expect_request("**/exit/"):
        LEAVE[name](talking)
    assert seen(talking) == ""
    assert talking.evaluate("blank - pressed") <= 200


def test_p02_after_exit_nothing_comes_back(talking, contact):
    with talking.expect_navigation(url="**/weather"):
        talking.click("a.exit")
    assert Visit.objects.get().token is None
    assert talking.context.cookies() == []
    talking.go_back()
    assert "hello" not in talking.content()
    talking.goto("/chat/")
    assert "hello" not in talking.content()
    talking.get_by_role("button", name="Start a chat").wait_for()


def test_p02_a_restored_tab_and_the_disk_show_no_word_of_a_chat(chromium, site, tmp_path):
    context = profile(chromium.browser_type, tmp_path)
    page = context.pages[0]
    page.goto(f"{site}/chat/")
    page.get_by_role("button", name="Start a chat").click()
    said(page, "zebra umbrella", 1)
    context.close()
    kept = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert kept
    assert not [held for held in kept if b"zebra umbrella" in held]

    again = profile(chromium.browser_type, tmp_path, "--restore-last-session")
    for restored in again.pages:
        restored.wait_for_load_state()
        assert "zebra umbrella" not in seen(restored)
    again.close()


# Without scripts ----------------------------------------------------------------------------------


def test_p10_the_whole_journey_without_scripts(still, site, elsewhere, worker):
    asked = []
    still.context.on("request", lambda request: asked.append(request.url))
    still.goto("/")
    still.get_by_role("link", name="Chat with us").click()
    still.get_by_label("A nickname").fill("Robin")
    still.get_by_role("button", name="Start a chat").click()
    assert sideways(still) <= 0
    still.get_by_label(BOX).fill("hello, is this the right place?")
    still.get_by_role("button", name="Send").click()
    write = still.get_by_role("link", name="Write a message")
    expect(write).to_be_visible()
    expect(still.get_by_label(BOX), "while it looks by itself there is no box").to_be_hidden()
    contact = Contact.objects.with_key().get()
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "yes, it is")
    expect(still.locator("#line-2")).to_contain_text("yes, it is", timeout=30_000)

    write.click()
    still.get_by_label(BOX).fill("it is about")
    contact.say(Speaker.WORKER, "take your time")
    still.get_by_role("button", name="Look for new messages").click()
    expect(still.locator("#line-3")).to_contain_text("take your time")
    assert still.get_by_label(BOX).input_value() == "it is about"
    still.get_by_role("button", name="Yes, you may").click()
    expect(still.get_by_text("You said yes")).to_be_visible()
    assert still.get_by_label(BOX).input_value() == "it is about"
    still.get_by_text("Come back to this chat later").locator("visible=true").click()
    still.get_by_role("button", name="Show my words").click()
    expect(still.locator(".words li")).to_have_count(7)
    words = " ".join(still.locator(".words li").all_inner_texts())
    still.get_by_role("button", name="Back to the chat").click()
    expect(still.get_by_label(BOX)).to_have_value("it is about")
    still.get_by_role("button", name="Send").click()
    expect(still.locator("#line-4")).to_contain_text("it is about")
    assert Contact.objects.get().last_line == 4

    still.get_by_role("button", name="I want to stop now").click()
    still.get_by_role("heading", name="Thank you for talking to us").wait_for()
    still.get_by_role("button", name="Go back to the chat").click()
    Contact.objects.get().end(by=worker)
    still.goto("/chat/")
    still.get_by_label("A little").check()
    still.get_by_role("button", name="Send my answers").click()
    still.get_by_role("heading", name="Thank you").wait_for()
    still.locator("a.exit").click()
    still.wait_for_url(elsewhere)
    assert still.context.cookies() == []

    still.goto("/chat/")
    still.get_by_role("link", name="Come back to a chat").click()
    still.get_by_label("Your seven words").fill(words)
    still.get_by_role("button", name="Open my chat").click()
    still.get_by_role("link", name="Read", exact=True).click()
    still.get_by_text("hello, is this the right place?").wait_for()
    still.get_by_role("link", name="Back", exact=True).click()
    still.get_by_role("button", name="Carry on").click()
    still.wait_for_url("**/chat/")
    assert Contact.objects.filter(thread__isnull=False).count() == 2
    assert all(url.startswith((site, elsewhere)) for url in asked)
    assert not [url for url in asked if words.split()[0] in url]


def test_p10_without_scripts_the_page_fits_a_small_phone_in_every_state(still):
    still.set_viewport_size({"width": 320, "height": 640})
    still.goto("/chat/")
    wide = {"before": sideways(still)}
    still.get_by_role("button", name="Start a chat").click()
    still.get_by_label(BOX).wait_for()
    wide["write"] = sideways(still)
    still.get_by_label(BOX).fill("x" * 4001)
    still.get_by_role("button", name="Send").click()
    expect(still.get_by_role("alert")).to_contain_text("too long to send at once")
    assert len(still.get_by_label(BOX).input_value()) == 4001
    wide["refused"] = sideways(still)
    still.get_by_label(BOX).fill("hello")
    still.get_by_role("button", name="Send").click()
    still.get_by_role("link", name="Write a message").wait_for()
    wide["watch"] = sideways(still)
    assert max(wide.values()) <= 0, wide

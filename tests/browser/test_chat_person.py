"""A person's chat in a real browser: with scripts, without, and after the way out.

The worker's part is acted by the verbs that a console calls.
"""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Contact, Line, Speaker, Visit
from helpline.foundation import live
from tests.browser.looking import seen, sideways
from tests.browser.test_coming_back import profile
from tests.browser.test_leaving import LEAVE, WATCH
from tests.visiting import cleared, opened

pytestmark = pytest.mark.django_db(transaction=True)

BOX = "Your message"
SCREENS = [(320, 640, "dark"), (390, 844, "light"), (1366, 768, "light"), (1366, 768, "dark")]


@pytest.fixture(autouse=True)
def hours(transactional_db):
    """Open day and night, and without a chatbot."""
    cleared()
    opened()


@pytest.fixture
def page(chromium, site):
    """A page of a fresh browser; the test fails on anything the browser complains of, except that
    an answer did not come or was a refusal, which some of these tests bring about."""
    context = chromium.new_context(base_url=site, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    complaints = []

    def heard(message):
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def still(chromium, site):
    """A browser with scripts off, on a phone."""
    context = chromium.new_context(
        base_url=site, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def chatting(page):
    """A person who has begun a chat."""
    page.goto("/chat/")
    page.get_by_role("button", name="Start a chat").click()
    page.get_by_label(BOX).wait_for()
    return page


@pytest.fixture
def contact(chatting) -> Contact:
    return Contact.objects.with_key().get()


@pytest.fixture
def talking(chatting, contact, worker):
    """A person who has said something, and been answered."""
    said(chatting, "hello", 1)
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "hi, take your time")
    expect(chatting.locator("#line-2")).to_contain_text("hi, take your time")
    expect(chatting.locator(".chat__where")).to_contain_text("A helpline worker is here.")
    return chatting


def said(page, words: str, number: int) -> None:
    """Type and send one line, and wait until it is there."""
    page.get_by_label(BOX).fill(words)
    page.get_by_label(BOX).press("Enter")
    expect(page.locator(f"#line-{number}")).to_contain_text(words)


def lines(page) -> list[str]:
    return page.locator(".line__text").all_inner_texts()


# Talking ------------------------------------------------------------------------------------------


def test_lines_appear_by_themselves_in_order_and_once(talking, contact):
    for number in range(3, 8):
        contact.say(Speaker.WORKER, f"line {number}")
    expect(talking.locator("#line-7")).to_be_visible()
    said(talking, "thank you", 8)
    assert lines(talking) == [
        "hello",
        "hi, take your time",
        *(f"line {number}" for number in range(3, 8)),
        "thank you",
    ]
    assert talking.get_by_label(BOX).input_value() == ""


def test_what_was_said_meanwhile_is_caught_up_without_loss_or_repeat(talking, contact):
    talking.context.set_offline(True)
    for number in range(3, 6):
        contact.say(Speaker.WORKER, f"line {number}")
    talking.context.set_offline(False)
    expect(talking.locator("#line-5")).to_be_visible(timeout=30_000)
    assert lines(talking)[2:] == ["line 3", "line 4", "line 5"]


def test_a_lost_connection_is_said_and_what_is_typed_is_kept(talking):
    talking.get_by_label(BOX).fill("half a sent")
    talking.context.set_offline(True)
    expect(talking.locator(".chat__trouble")).to_contain_text("onnect", timeout=30_000)
    assert talking.get_by_label(BOX).input_value() == "half a sent"


def test_h13_a_line_that_failed_says_so_and_goes_out_once(page, talking):
    talking.route("**/chat/say/", lambda route: route.abort())
    talking.get_by_label(BOX).fill("did this arrive?")
    talking.get_by_label(BOX).press("Enter")
    expect(talking.locator(".line--failed")).to_contain_text("Not sent.")
    talking.unroute("**/chat/say/")
    talking.get_by_role("button", name="Send again").click()
    expect(talking.locator("#line-3")).to_contain_text("did this arrive?")
    expect(talking.locator(".line--pending")).to_have_count(0)
    assert Line.objects.filter(number=3).count() == 1


def test_h13_an_answer_that_was_lost_makes_no_double(talking):
    def swallow(route):
        route.fetch()  # it arrives, but nobody hears of it
        route.abort()

    talking.route("**/chat/say/", swallow)
    talking.get_by_label(BOX).fill("only once")
    talking.get_by_label(BOX).press("Enter")
    expect(talking.locator("#line-3")).to_contain_text("only once")
    expect(talking.locator(".line")).to_have_count(3)
    talking.unroute("**/chat/say/")
    said(talking, "next", 4)
    assert lines(talking) == ["hello", "hi, take your time", "only once", "next"]


def test_what_is_too_long_stays_in_the_box_with_the_reason(talking):
    box = talking.get_by_label(BOX)
    box.fill("x" * 3900)
    expect(talking.locator(".chat__count")).to_have_text("100 characters left.")
    box.fill("x" * 4001)
    expect(talking.locator(".chat__count")).to_contain_text("1 characters too many")
    box.press("Enter")
    expect(talking.locator(".chat__alert")).to_contain_text("too long to send at once")
    assert len(box.input_value()) == 4001
    expect(talking.locator(".line")).to_have_count(2)


def test_shift_and_enter_begin_a_new_line(talking):
    box = talking.get_by_label(BOX)
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    box.press("Enter")
    expect(talking.locator("#line-3")).to_contain_text("one\ntwo")


def test_what_comes_while_the_page_looks_is_looked_for_once_more(chatting, contact, worker):
    """S2-68: the way back is offered although the answer on its way did not know of it yet."""
    said(chatting, "hello", 1)
    held = []

    def overtaken(route):
        old = route.fetch()
        contact.say(Speaker.WORKER, "hi")
        held.append((route, old))

    chatting.route("**/chat/screen/**", overtaken, times=1)
    contact.take(by=worker)
    expect(chatting.locator("#line-2")).to_contain_text("hi")
    for route, old in held:
        route.fulfill(response=old)
    expect(chatting.locator("summary").get_by_text("Come back to this chat later")).to_be_visible()


def test_writing_is_told_both_ways_and_carries_no_text(talking, contact):
    sent = []
    talking.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    live.ring(live.WRITING, f"worker:{contact.pk}")
    expect(talking.locator(".chat__writing")).to_have_text("The helpline worker is writing…")
    with talking.expect_request("**/chat/writing/"):
        talking.get_by_label(BOX).press_sequentially("something private", delay=20)
    signs = [data for url, data in sent if url.endswith("/writing/")]
    assert len(signs) == 1, "at most one in four seconds"
    assert "private" not in "".join(data for _url, data in sent)


def test_s0_01_nothing_that_is_typed_and_not_sent_leaves_the_browser(talking):
    sent = []
    talking.on("request", lambda request: sent.append(request.post_data or request.url))
    talking.get_by_label(BOX).press_sequentially("my father", delay=5)
    with talking.expect_response("**/chat/screen/**"):
        talking.get_by_role("button", name="Yes, you may").click()
    expect(talking.get_by_text("You said yes")).to_be_visible()
    assert talking.get_by_label(BOX).input_value() == "my father"
    assert not [data for data in sent if "father" in data]


def test_signs_of_the_page_keep_its_person_here(talking):
    Visit.objects.update(here_at=timezone.now() - timedelta(minutes=5))
    with talking.expect_response("**/chat/here/", timeout=30_000):
        pass
    assert Visit.objects.get().is_here()


def test_the_chat_goes_on_when_streams_are_refused(chatting, contact, worker):
    chatting.route("**/live/chat/**", lambda route: route.abort())
    chatting.reload()
    said(chatting, "is anybody there?", 1)
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "yes, I am")
    expect(chatting.locator("#line-2")).to_contain_text("yes, I am", timeout=60_000)


def test_the_end_of_a_chat_keeps_what_was_in_the_box(talking, contact, worker):
    talking.get_by_label(BOX).fill("one more thing")
    Contact.objects.get(pk=contact.pk).end(by=worker)
    expect(talking.get_by_role("heading", name="Thank you for talking to us")).to_be_visible()
    expect(talking.locator(".line--failed")).to_contain_text("one more thing")


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

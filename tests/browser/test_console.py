"""The console under a worker's hands: a chat from its arrival to its end, with somebody in it."""

import re
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core import signing
from playwright.sync_api import expect

from contacts.chat import said
from contacts.models import ChatLimit, Contact, Draft, SentAnyway
from helpline.demo import people
from helpline.foundation import live, visits
from tests.browser.test_desk import reach
from tests.chatting import a_chat, fresh
from tests.racing import until

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "They asked for this number by name."


@pytest.fixture
def person(chromium, site):
    """Somebody whose chat waits, at a browser of their own: their visit and their page."""
    room = chromium.new_context(base_url=site)

    def begin(words: str):
        token = visits.new_token()
        visit = a_chat(words, token=token)
        held = signing.dumps({visits.TOKEN: token}, salt=visits.SALT)
        room.add_cookies([{"name": settings.VISIT_COOKIE_NAME, "value": held, "url": site}])
        page = room.new_page()
        page.goto("/chat/")
        page.get_by_text(words).wait_for()
        return visit, page

    yield begin
    room.close()


def log(page):
    return page.get_by_role("log")


def faults(page) -> list:
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


def send(page, words: str) -> None:
    page.locator("#box").fill(words)
    page.keyboard.press("Enter")


def test_a_chat_from_its_arrival_to_its_end(enter, person):
    """H14, S1-12, S1-14: live, by keyboard, stopped, sent anyway, joined, passed on, ended."""
    worker, supervisor = enter("worker"), enter("supervisor")
    worker.goto("/staff/chats/")
    supervisor.goto("/staff/chats/")
    worker.get_by_text("Nobody is waiting.").wait_for()
    _visit, them = person("is anybody there")
    worker.get_by_role("button", name="Take next chat").wait_for()
    worker.keyboard.press("F8")
    log(worker).get_by_text("is anybody there").wait_for()
    expect(worker.locator("#box")).to_be_focused()  # from now on the page listens to keys

    worker.keyboard.press("/")
    worker.keyboard.type("stays between")
    worker.keyboard.press("Enter")
    worker.keyboard.type("All right?")
    worker.keyboard.press("Enter")
    log(worker).get_by_text("I would talk to you about it first. All right?").wait_for()
    assert "{cursor}" not in log(worker).inner_text()

    send(worker, "Ring me on 07700 900123")
    worker.get_by_text("Not sent. This seems to hold").wait_for()
    assert log(worker).get_by_text("07700").count() == 0
    reach(worker, "Why you send it anyway")
    worker.keyboard.type(REASON)
    worker.keyboard.press("Enter")
    log(worker).get_by_text("07700 900123").wait_for()
    assert SentAnyway.objects.get().kinds == ["phone-number", "invitation"]

    supervisor.get_by_role("link", name=re.compile("^Sent anyway")).first.wait_for()
    supervisor.goto("/staff/chats/sent-anyway/")
    supervisor.get_by_text(REASON).wait_for()
    supervisor.get_by_role("button", name="I have seen this").click()
    supervisor.get_by_text("Nothing was sent anyway").wait_for()

    worker.locator("summary", has_text="Ask a supervisor").click()
    worker.get_by_label("Your question").fill("Was that right?")
    worker.get_by_role("button", name="Ask", exact=True).click()
    supervisor.goto("/staff/chats/guidance/")
    supervisor.get_by_label("Your answer").fill("Yes, this once.")
    supervisor.get_by_role("button", name="Answer").click()
    supervisor.get_by_text("Nobody asks for guidance").wait_for()
    worker.get_by_text("Yes, this once.").wait_for()

    supervisor.goto("/staff/chats/")
    supervisor.locator("a.seat").first.click()
    supervisor.get_by_role("button", name="Join").click()
    worker.get_by_text("has joined").first.wait_for()
    send(supervisor, "Hello from me too.")
    log(worker).get_by_text("Hello from me too.").wait_for()
    them.reload()
    them.get_by_text(said.JOINED).wait_for()

    worker.get_by_role("link", name="Pass on").click()
    worker.get_by_label("Who takes over").select_option(label="Wren")
    worker.get_by_label("Note for whoever takes over").fill("They wait for a friend.")
    worker.get_by_role("button", name="Pass on").click()
    worker.get_by_text("The chat is with Wren now.").wait_for()
    supervisor.get_by_text("They wait for a friend.").wait_for()
    them.reload()
    them.get_by_text(said.PASSED_ON).wait_for()
    assert them.get_by_text("They wait for a friend.").count() == 0

    supervisor.get_by_role("link", name="End chat").click()
    supervisor.get_by_label("We listened").check()
    supervisor.get_by_label("Family", exact=True).check()
    supervisor.get_by_label("Our legitimate interest, nothing sensitive was said").check()
    supervisor.get_by_role("button", name="End the chat").click()
    supervisor.get_by_text("The chat has ended.").wait_for()
    contact = Contact.objects.get()
    assert (contact.outcome, contact.topics.get().topic) == ("listened", "family")
    assert contact.bases.get().basis == "legitimate"


def test_what_is_typed_survives_another_chat_and_marks_say_where_something_is_new(
    enter,
):
    people.arrive()
    worker = people.member("worker")
    one, other = a_chat("one", worker=worker), a_chat("other", worker=worker)
    page = enter("worker")
    page.goto(f"/staff/chats/{one.pk}/")
    page.locator("#box").press_sequentially("half a thought")
    page.locator(f"#seat-{other.pk} .seat__new").wait_for()
    page.keyboard.press("F9")
    log(page).get_by_text("other", exact=True).wait_for()
    until(Draft.objects.exists, patience=30)  # it is sent while the page is left
    page.locator(f"#seat-{one.pk}").click()
    log(page).get_by_text("one", exact=True).wait_for()
    assert page.locator("#box").input_value() == "half a thought"


def test_a_phone_says_beside_the_talk_what_has_happened_in_other_chats(enter):
    worker = people.arrive()["worker"]
    one, other = a_chat("one", worker=worker), a_chat("other", worker=worker)
    page = enter("worker")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/staff/chats/{one.pk}/")
    parts = page.get_by_role("navigation", name="Parts of the console")
    tab = parts.get_by_role("link", name="Chats")
    expect(tab).to_have_accessible_name("Chats 1 new")

    other.say("again", nonce=uuid.uuid4())
    expect(tab).to_have_accessible_name("Chats 2 new")
    a_chat("x", not_safe=True)
    expect(tab).to_have_accessible_name("Chats 1 not safe 2 new")
    assert log(page).is_visible()
    assert faults(page) == []
    assert page.locator("html").evaluate("it => it.scrollWidth <= innerWidth")

    tab.click()
    page.locator(f"#seat-{other.pk}").click()
    log(page).get_by_text("again").wait_for()
    expect(tab).to_have_accessible_name("Chats 1 not safe")


def test_a_worker_sees_that_the_person_writes(enter, person):
    worker = people.arrive()["worker"]
    visit, _them = person("hello")
    visit.contact.take(by=worker)
    page = enter("worker")
    page.goto(f"/staff/chats/{visit.pk}/")
    page.get_by_text("Person is there").wait_for()

    def seen() -> bool:  # a sign is told to whoever listens then, so it is given until they do
        live.ring(live.WRITING, f"person:{visit.pk}")
        return page.get_by_text("The person is writing").is_visible()

    until(seen, patience=30)


def test_a_console_that_is_refused_its_stream_asks_by_itself(enter, refused):
    people.arrive()
    refused.add("/live/chats/")
    visit = a_chat("hi", worker=people.member("worker"))
    page = enter("worker")
    page.route("**/live/chats/**", lambda route: route.fulfill(status=503))
    page.goto(f"/staff/chats/{visit.pk}/")
    send(page, "Hello.")
    log(page).get_by_text("Hello.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_console_is_accessible_in_every_state(enter, scheme):
    people.arrive()
    worker = people.member("worker")
    ChatLimit.objects.choose(worker, 1)
    visit = a_chat("hi", worker=worker, nickname="Otter")
    a_chat("x", not_safe=True)
    page, boss = enter("worker"), enter("supervisor")
    for each in (page, boss):
        each.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/staff/chats/{visit.pk}/")
    page.get_by_text("Not safe", exact=True).wait_for()
    send(page, "Shall we meet? I am @robin_22")
    page.get_by_text("an invitation to meet").wait_for()
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    chat = f"/staff/chats/{visit.pk}/"
    found = {}
    for width in (1366, 390, 320):
        page.set_viewport_size({"width": width, "height": 768})
        for part in ("rail", "talk", "record"):
            page.evaluate(f"location.hash = 'console-{part}'")
            found[width, part] = faults(page)
        assert page.locator("html").evaluate("it => it.scrollWidth <= innerWidth")
        for path in ("/staff/chats/", f"{chat}pass/", f"{chat}end/", "/staff/chats/replies/"):
            boss.set_viewport_size({"width": width, "height": 768})
            boss.goto(path)
            found[width, path] = faults(boss)
            assert boss.locator("html").evaluate("it => it.scrollWidth <= innerWidth"), path
    assert not any(found.values()), {where: bad for where, bad in found.items() if bad}


def test_without_scripts_a_chat_is_taken_answered_and_passed_on(chromium, site):
    people.arrive()
    visit = a_chat("hi")
    room = chromium.new_context(base_url=site, java_script_enabled=False)
    page = room.new_page()
    page.goto("/staff/account/sign-in/")
    page.locator("button[name=role][value=worker]").click()
    page.goto("/staff/chats/")
    page.get_by_role("button", name="Take next chat").click()
    page.get_by_label("Your answer").fill("Hello.")
    page.get_by_role("button", name="Send").click()
    log(page).get_by_text("Hello.").wait_for()
    page.get_by_role("link", name="Pass on").click()
    page.get_by_label("Note for whoever takes over").fill("They said hi.")
    page.get_by_role("button", name="Pass on").click()
    page.get_by_text("The chat is back in the queue now.").wait_for()
    assert fresh(visit).status == Contact.Status.WAITING
    room.close()

"""Somebody frightened and a helpline worker, both at real browsers, from first to last."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Contact, Line, Rank
from helpline.demo import people
from tests.bots import always_open, publish_first
from tests.ports import free_port
from tests.serving import served
from tests.visiting import cleared

pytestmark = pytest.mark.django_db(transaction=True)

BOX = "Your message"
COMES_BACK = 60_000  # milliseconds: a page asks again after some seconds, never all at once


class Product:
    """The whole product on one address, which can be killed and come back there."""

    def __init__(self, stack: ExitStack, log, **settings) -> None:
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.settings = settings | {"SITE_URL": self.address, "DEMO": "yes"}
        self.stack, self.log = stack, log
        self.start()

    def start(self) -> None:
        running = self.stack.enter_context(ExitStack())
        _port, self.process = running.enter_context(
            served(self.log, port=self.port, **self.settings)
        )

    def killed_and_back(self) -> None:
        """Killed in the middle of whatever it was doing, and started again."""
        self.process.kill()
        self.process.wait(10)
        self.start()


@pytest.fixture
def product(transactional_db, keys, tmp_path, elsewhere):
    people.arrive()
    cleared()
    always_open()
    publish_first()
    with open(tmp_path / "log", "wb") as log, ExitStack() as stack:
        yield Product(stack, log, KEYS_DIR=str(keys), EXIT_TO=elsewhere)


@pytest.fixture
def browser(chromium, product):
    """A browser of somebody's own."""
    with ExitStack() as stack:

        def make(**options):
            context = chromium.new_context(base_url=product.address, locale="en-GB", **options)
            stack.callback(context.close)
            return context.new_page()

        yield make


@pytest.fixture
def worker(browser):
    page = browser(viewport={"width": 1366, "height": 768})
    page.goto("/staff/account/sign-in/")
    page.locator("button[name=role][value=worker]").click()
    page.get_by_role("button", name="Sign out").first.wait_for()
    page.goto("/staff/chats/")
    return page


def the_next_day() -> None:
    """A night passes for everything that was said."""
    night = timedelta(days=1)
    for contact in Contact.objects.all():
        changes = {"started_at": contact.started_at - night, "ended_at": contact.ended_at - night}
        Contact.objects.filter(pk=contact.pk).update(**changes)
    assert Contact.objects.get().started_at < timezone.now() - timedelta(hours=23)


def said_by_all() -> list[tuple[str, str]]:
    """Who said what, but for the chatbot and the system, in the order of their numbers."""
    contact = Contact.objects.with_key().get()
    lines = Line.objects.opened(contact)
    assert [line.number for line in lines] == list(range(1, contact.last_line + 1))
    return [(one.speaker, one.words) for one in lines if one.speaker in ("person", "worker")]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_p10_a_person_and_a_worker_from_first_to_last(browser, worker, product, scripts):
    """First visit, chatbot, "not safe", an answer, the server killed in mid-sentence, the code,
    back next day, and the own transcript."""
    them = browser(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
    them.goto("/")
    them.get_by_role("link", name="Chat with us").first.click()
    them.get_by_role("button", name="Start a chat").click()
    expect(them.get_by_role("log")).to_contain_text("chatbot")
    them.get_by_role("button", name="I’m not safe", exact=True).first.click()
    expect(them.get_by_text("You are next.")).to_be_visible()
    assert Contact.objects.get().rank == Rank.NOT_SAFE

    worker.get_by_role("button", name="Take next chat").wait_for()
    worker.keyboard.press("F8")
    expect(worker.locator("#box")).to_be_focused()  # from now on the page listens to keys
    worker.locator("#box").fill("I am here. Where are you hiding?")
    worker.keyboard.press("Enter")
    refreshed(them, scripts)
    expect(them.get_by_role("log")).to_contain_text("Where are you hiding?", timeout=COMES_BACK)

    box_opened(them, scripts)
    them.get_by_label(BOX).fill("in the bathroom, he is")
    product.killed_and_back()
    assert them.get_by_label(BOX).input_value() == "in the bathroom, he is"
    them.get_by_label(BOX).fill("in the bathroom, he is downstairs")
    them.get_by_role("button", name="Send", exact=True).click()
    expect(worker.get_by_role("log")).to_contain_text("downstairs", timeout=COMES_BACK)
    worker.locator("#box").fill("Stay there. We are with you.")
    worker.keyboard.press("Enter")
    refreshed(them, scripts)
    expect(them.get_by_role("log")).to_contain_text("We are with you.", timeout=COMES_BACK)

    words = asked_for_words(them)
    them.locator("a.exit").click()
    them.wait_for_url(product.settings["EXIT_TO"])
    Contact.objects.get().end(by=Contact.objects.get().worker)
    the_next_day()

    back = browser(java_script_enabled=scripts)
    back.goto("/back/")
    back.get_by_label("Your seven words").fill(words)
    back.get_by_role("button", name="Open my chat").click()
    back.get_by_role("link", name="Read", exact=True).click()
    for _speaker, line in said_by_all():
        assert line in back.content()
    spoken = [words for speaker, words in said_by_all() if speaker == "person"]
    assert spoken.count("in the bathroom, he is downstairs") == 1
    assert [words for speaker, words in said_by_all() if speaker == "worker"] == [
        "I am here. Where are you hiding?",
        "Stay there. We are with you.",
    ]


def box_opened(page, scripts: bool) -> None:
    """Without scripts a page that looks by itself has no box until it is asked for."""
    if not scripts:
        page.get_by_role("link", name="Write a message").click()
        page.get_by_label(BOX).wait_for()


def refreshed(page, scripts: bool) -> None:
    """Without scripts a page looks at once when it is asked to, and then by itself again."""
    box_opened(page, scripts)
    if not scripts:
        page.get_by_role("button", name="Look for new messages").click()


def asked_for_words(page) -> str:
    """The seven words, hidden until they are asked for."""
    page.get_by_text("Come back to this chat later").locator("visible=true").click()
    page.get_by_role("button", name="Show my words").click()
    expect(page.locator(".words li")).to_have_count(7)
    words = page.locator(".words li").all_inner_texts()
    return " ".join(words)

"""Whatever button is pressed, what was typed and not sent is on the next page (P10)."""

import re
import uuid

import pytest

from contacts.models import BotScript, Contact, Visit
from tests.bots import publish
from tests.visiting import Visitor, cleared, opened, text_of

pytestmark = pytest.mark.django_db

TYPED = "he said <nobody> would\nbelieve me"
SHOWN = "he said &lt;nobody&gt; would\nbelieve me"


@pytest.fixture(autouse=True)
def _open(db):
    cleared()
    opened()


@pytest.fixture
def asked() -> Visitor:
    """Somebody whom the chatbot asks for their own words."""
    publish()
    visitor = Visitor().begin()
    answer(visitor, choice="1")
    return visitor


def answer(visitor, **given):
    fields = {"nonce": uuid.uuid4(), "step": visitor.visit().bot_step} | given
    return visitor.post("/chat/answer/", fields)


def kept_in(page: str) -> list[tuple[str, str]]:
    """The box of each form that holds words: the form's id, and the words."""
    boxes = re.findall(r"<textarea([^>]*)>\n?(.*?)</textarea>", page, re.DOTALL)
    inside = [(re.search(r'form="(\w+)"', given), words) for given, words in boxes if words]
    return [(given.group(1) if given else "bot", words) for given, words in inside]


@pytest.mark.parametrize("name", ["look", "code", "consent", "here"])
def test_a_button_beside_the_chatbots_box_leaves_the_words_in_it(asked, name):
    page = asked.press(name, text=TYPED).content.decode()
    if name == "code":
        assert SHOWN in page
        page = asked.press("look", text=TYPED).content.decode()
    assert kept_in(page) == [("bot", SHOWN)]
    assert Contact.objects.get().last_line == 4, "nothing of it was sent"


def test_every_button_of_the_page_takes_the_words_of_its_box_along(asked):
    page = asked.page()
    buttons = re.findall(r"<button[^>]* formaction=[^>]*>", page)
    assert {re.search(r"/chat/(\w+)/", each).group(1) for each in buttons} >= {"code", "stop"}
    assert {re.search(r'form="(\w+)"', each).group(1) for each in buttons} == {"bot"}


def test_stopping_at_the_chatbots_box_shows_the_words_and_going_back_returns_them(asked):
    page = asked.press("stop", text=TYPED).content.decode()
    assert "was not sent" in page
    assert kept_in(page) == [("say", SHOWN)]
    again = asked.press("here", again="yes", text=TYPED).content.decode()
    assert kept_in(again) == [("bot", SHOWN)]


def test_not_safe_at_the_chatbots_box_brings_the_words_to_the_box_for_a_person(asked):
    page = asked.press("person", not_safe="yes", text=TYPED).content.decode()
    assert kept_in(page) == [("say", SHOWN)]


def test_skipping_shows_what_was_typed_and_the_next_button_takes_it_along(asked):
    page = answer(asked, skip="on", text=TYPED).content.decode()
    assert asked.visit().contact.status == Contact.Status.WAITING
    assert kept_in(page) == [("say", SHOWN)]


def test_words_above_a_question_with_buttons_go_along_to_the_next_page():
    publish()
    visitor = Visitor().begin()
    page = visitor.press("look", text=TYPED).content.decode()
    assert kept_in(page) == [("bot", SHOWN)]
    assert "was not sent" in page
    page = answer(visitor, choice="1", text=TYPED).content.decode()
    assert kept_in(page) == [("bot", SHOWN)]
    assert "was not sent" not in page, "now they are in a box"


@pytest.mark.parametrize("text", ["x" * 4001, "nul\0nul"], ids=["long", "nul"])
def test_what_cannot_be_said_is_shown_wherever_the_chat_is_by_then(asked, text):
    page = asked.say(text)
    assert page.status_code == 422
    assert [len(words) for _form, words in kept_in(page.content.decode())] == [len(text)]
    asked.press("stop")
    page = asked.say(text)
    assert [len(words) for _form, words in kept_in(page.content.decode())] == [len(text)]


def test_an_answer_to_the_chatbot_that_comes_too_late_is_shown_as_unsent(asked, worker):
    asked.visit().ask_for_person()
    Contact.objects.get().take(by=worker)
    Contact.objects.get().end(by=worker)
    page = answer(asked, text=TYPED)
    assert page.status_code == 409
    assert "was not sent" in page.content.decode()
    assert kept_in(page.content.decode()) == [("say", SHOWN)]
    assert asked.press("answer", script=True, nonce=uuid.uuid4(), text="x").status_code == 409


def test_an_answer_that_was_stored_before_the_end_is_not_said_to_be_unsent(asked, worker):
    given = {"nonce": uuid.uuid4(), "text": TYPED}
    answer(asked, **given)
    Contact.objects.get().take(by=worker)
    Contact.objects.get().end(by=worker)
    assert answer(asked, **given).status_code == 302


@pytest.mark.parametrize("name", ["answer", "say", "survey"])
def test_words_for_a_chat_that_has_closed_come_along_into_a_new_one(asked, name):
    Visit.objects.update(token=None)
    field = "better" if name == "survey" else "text"
    page = asked.press(name, nonce=uuid.uuid4(), **{field: TYPED}).content.decode()
    assert "This chat is closed on this device." in page
    assert kept_in(page) == [("begin", SHOWN)]
    wrong = asked.post("/chat/", {"nickname": "x" * 41, "text": TYPED})
    assert kept_in(wrong.content.decode()) == [("begin", SHOWN)]
    BotScript.objects.update(status=BotScript.Status.RETIRED)
    page = asked.post("/chat/", {"text": TYPED}).content.decode()
    assert kept_in(page) == [("say", SHOWN)]


def test_a_full_queue_keeps_the_words_and_the_nickname(settings):
    settings.QUEUE_LIMIT = 0
    visitor = Visitor()
    visitor.get("/chat/")
    page = visitor.post("/chat/", {"nickname": "Robin", "text": TYPED}).content.decode()
    assert page.count(SHOWN) == 2, "in both forms of the page"
    visitor.post("/chat/", {"nickname": "Robin", "text": TYPED, "not_safe": "yes"})
    assert str(Contact.objects.with_key().get().nickname) == "Robin"


def test_what_is_opened_to_come_back_later_is_not_closed_by_a_look(worker):
    """Without scripts: on the page that looks by itself it is a link, to one that does not."""
    visitor = Visitor().begin()
    visitor.say("hello")
    visitor.visit().contact.take(by=worker)
    visitor.visit().contact.say("worker", "hi")
    page = visitor.page()
    assert "http-equiv" in page
    assert '<a class="button" href="/chat/?later">Come back to this chat later</a>' in page
    opened_page = visitor.page("/chat/?later")
    assert "http-equiv" not in opened_page
    assert '<details class="chat-card chat-code" open>' in opened_page


def test_a_script_that_asks_for_not_safe_itself_shows_that_button_once():
    publish()
    visitor = Visitor().begin()
    page = text_of(visitor.page())
    assert page.count("I’m not safe") == 1
    assert "I am not safe right now" not in page
    answer(visitor, choice="1")
    assert "I am not safe right now" in visitor.page()

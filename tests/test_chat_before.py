"""Before a chat: what its person is told, what they may choose, and how it begins."""

from datetime import time

import pytest

from contacts.chat import capacity, names, told
from contacts.models import BotScript, Contact, Rank, Visit
from helpline.notices import NOTICES
from tests.visiting import Visitor, cleared, opened, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(db):
    cleared()


NIGHT = "2026-11-25 23:30+00:00"
LOOKS_LIKE_US = [
    "system",
    "SYSTEM",
    " s y s t e m ",
    "ѕуѕtеm",  # Cyrillic
    "syst\u200bem",
    "Helpline Worker",
    "helpline-worker 2",
    "HеIрlіnе Wоrkеr",
    "ＣＨＡＴＢＯＴ",
    "Chat.Bot!",
    "ϲhatbοt",  # Greek
    "worker alias",
    "W0RKER  ALIAS",
    "wörker_alias",
]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_s2_08_the_first_page_says_what_stays_private_and_when_it_cannot(visitor, settings):
    page = text_of(visitor.page())
    for said in [
        "What you say stays between you and our team",
        "There is one limit",
        "Staff and volunteers of Missing People",
        "999",
        "Samaritans, 116 123",
        settings.HELPLINE_NUMBER,
        "We cannot hide your browser’s history",
    ]:
        assert said in page


def test_s2_08_the_versions_that_were_shown_are_kept_on_the_visit(visitor):
    visitor.begin()
    visit = Visit.objects.get()
    current = NOTICES["confidentiality"].current.number, NOTICES["privacy"].current.number
    assert (visit.confidentiality, visit.privacy) == told.notices() == current


def test_i06_the_page_says_until_when_it_is_open(visitor, time_machine):
    opened(opens=time(9), closes=time(23))
    time_machine.move_to("2026-11-25 20:00+00:00")
    assert "Open now, until 11 pm." in text_of(visitor.page())


def test_i06_closed_hours_are_said_with_the_time_when_somebody_answers(visitor, time_machine):
    opened(opens=time(9), closes=time(23))
    time_machine.move_to(NIGHT)
    page = visitor.page()
    assert "Closed now. Opens tomorrow at 9 am. You can still leave a message." in text_of(page)
    assert "Leave a message</button>" in page


def test_one_service_is_no_question_and_two_are_a_choice(visitor):
    opened()
    assert 'type="radio"' not in visitor.page()
    opened("is-this-ok")
    assert visitor.page().count('type="radio"') == 2
    visitor.begin(service="is-this-ok")
    assert Contact.objects.get().service == "is-this-ok"


def test_a_service_that_does_not_exist_begins_nothing(visitor):
    visitor.begin(service="invented")
    assert not Contact.objects.exists()


def test_nothing_is_needed_to_begin(visitor):
    """S0-03, S0-07."""
    visitor.begin()
    contact = Contact.objects.with_key().get()
    assert (contact.nickname, contact.service) == (None, "helpline")


def test_a_published_script_begins_with_the_chatbot(visitor):
    BotScript.objects.create(service="helpline", number=1, status="published")
    visitor.begin()
    assert Contact.objects.get().status == "bot"
    assert "You are talking to a chatbot, not a person." in text_of(visitor.page())


@pytest.mark.parametrize("nickname", LOOKS_LIKE_US, ids=ascii)
def test_h08_a_nickname_that_looks_like_one_of_us_is_refused_kindly(visitor, worker, nickname):
    page = visitor.post("/chat/", {"nickname": nickname})
    assert "Please choose another one." in page.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "nickname", ["Sam", "sunny day", "Роза", "🦊", "bottle", "workshop", "x" * 40]
)
def test_h08_any_other_nickname_is_taken(visitor, worker, nickname):
    visitor.begin(nickname=nickname)
    assert str(Contact.objects.with_key().get().nickname) == nickname


def test_h08_two_people_with_one_nickname_are_two(visitor):
    for _ in range(2):
        Visitor().begin(nickname="Sam")
    assert Contact.objects.filter(thread=None).count() == 2


@pytest.mark.parametrize("nickname", ["x" * 41, "x" * 10_000], ids=len)
def test_h08_a_long_nickname_is_refused_kindly_and_comes_back(visitor, nickname):
    page = visitor.post("/chat/", {"nickname": nickname}).content.decode()
    assert "Please use 40 letters or fewer." in page
    assert nickname in page


@pytest.mark.parametrize("nickname", ["", "   ", "\u200b\u200d", "\x00", "\n"], ids=ascii)
def test_h08_an_empty_nickname_is_none(visitor, nickname):
    visitor.begin(nickname=nickname)
    assert Contact.objects.with_key().get().nickname is None


def test_h08_a_nickname_is_one_line_without_unseen_marks():
    assert names.tidy(" Sam\n\u202e the\x00  fox\ufeff ") == "Sam the fox"


def test_i01_a_full_queue_says_so_and_turns_nobody_away_who_is_not_safe(visitor, monkeypatch):
    monkeypatch.setattr(capacity, "full", lambda service: True)
    page = visitor.post("/chat/", {}).content.decode()
    assert "Very many people are writing to us right now." in page
    assert "Samaritans, 116 123" in page
    assert not Contact.objects.exists()
    visitor.post("/chat/", {"not_safe": "yes"})
    assert Contact.objects.get().rank == Rank.NOT_SAFE


def test_a_page_before_a_chat_costs_few_queries(visitor, django_assert_num_queries):
    opened()
    visitor.page()
    with django_assert_num_queries(7):
        visitor.page()


def test_h13_a_button_pressed_twice_begins_one_chat(visitor):
    """The second press comes before the first is answered, with the cookie of the same page."""
    visitor.page()
    cookie = visitor.cookies["visit"].value
    visitor.post("/chat/", {})
    first = visitor.cookies["visit"].value
    visitor.cookies["visit"] = cookie
    visitor.post("/chat/", {})
    assert Contact.objects.count() == 1
    assert visitor.page().count('class="chat"') == 1
    visitor.cookies["visit"] = first
    assert visitor.page().count('class="chat"') == 1


def test_a14_a_token_that_has_begun_a_chat_begins_no_other(visitor):
    visitor.begin()
    before = visitor.session_token()
    Visit.objects.update(token=None)  # closed to this browser, which still has its cookie
    visitor.post("/chat/", {})
    assert visitor.session_token() != before
    assert Contact.objects.count() == 2

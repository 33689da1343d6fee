"""Coming back with seven words: what they open, and what wrong ones are told (S2-68, K08)."""

import math
from threading import Barrier

import pytest
from django.middleware.csrf import CSRF_SESSION_KEY

from contacts import codes
from contacts.chat.returning import public
from contacts.models import Contact, Line, Speaker, Thread, Visit
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.visits import read
from tests.racing import outcome, rivals
from tests.visiting import Visitor, cleared, opened, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(db):
    cleared()


WRONG = "These words open nothing."


@pytest.fixture
def talking(worker) -> Visitor:
    opened()
    visitor = Visitor().begin(nickname="Robin")
    visitor.say("my first words")
    contact = Contact.objects.get()
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "an answer")
    return visitor


@pytest.fixture
def ended(talking, worker) -> Visitor:
    talking.words = talking.code()
    Contact.objects.get().end(by=worker)
    return talking


def came_back(words: str) -> tuple[Visitor, object]:
    visitor = Visitor()
    visitor.get("/back/")
    return visitor, visitor.post("/back/", {"words": words})


def test_k08_a_code_is_worth_at_least_89_bits():
    assert codes.WORDS * math.log2(len(codes.words())) >= 89
    assert len(set(codes.words())) == len(codes.words())


def test_the_words_open_the_open_chat_in_another_browser_and_close_it_in_the_first(talking):
    visitor, answer = came_back(talking.code())
    assert answer.headers["Location"] == "/chat/"
    assert "my first words" in visitor.page()
    assert "my first words" not in talking.page()
    assert AuditEvent.objects.filter(action=Action.CODE_USED).count() == 1


@pytest.mark.parametrize(
    "typed", [str.upper, lambda w: w.replace(" ", ", "), lambda w: w.replace(" ", "\r\n")]
)
def test_the_words_may_be_typed_in_many_ways(talking, typed):
    _visitor, answer = came_back(typed(talking.code()))
    assert answer.status_code == 302


def test_k08_wrong_replaced_and_expired_words_are_told_the_same_by_the_same_query(
    talking, django_assert_num_queries
):
    replaced, current = talking.code(), talking.code()
    assert replaced != current
    Contact.objects.update(purge_on=london_today())
    answers = set()
    for words in (codes.new(), replaced, current, "", "x" * 10_000, "\0", "' OR 1=1"):
        visitor = Visitor()
        visitor.get("/back/")
        with django_assert_num_queries(1):
            answer = visitor.post("/back/", {"words": words})
        answers.add((answer.status_code, text_of(answer.content.decode())))
    ((status, said),) = answers
    assert status == 422
    assert WRONG in said
    assert not AuditEvent.objects.filter(action=Action.CODE_USED).exists()


def test_what_was_typed_is_not_sent_back(talking):
    _visitor, answer = came_back("almost the right words")
    assert b"almost" not in answer.content


def test_k08_two_are_checked_at_once_the_rest_try_again_and_nobody_is_locked_out(talking):
    words = talking.code()
    held = [public.checks.acquire(blocking=False) for _ in range(public.AT_ONCE)]
    try:
        _visitor, answer = came_back(words)
    finally:
        for _ in held:
            public.checks.release()
    assert all(held)
    assert answer.status_code == 503
    assert "Try again in a minute." in text_of(answer.content.decode())
    for _ in range(20):
        came_back("wrong")
    assert came_back(words)[1].status_code == 302


def test_asking_again_voids_the_words_before_and_says_so(talking):
    first = talking.code()
    page = talking.press("code").content.decode()
    assert "The ones you had before do not work any more." in page
    assert came_back(first)[1].status_code == 422


def test_of_a_chat_that_ended_one_may_carry_on_joined_to_it(ended):
    visitor, answer = came_back(ended.words)
    assert answer.headers["Location"] == "/back/"
    assert "Good to see you again" in visitor.page("/back/")
    before = visitor.session_token()
    visitor.post("/back/carry-on/")
    later, first = Visit.objects.newest_first()
    assert later.contact.thread == first.contact.thread
    assert str(later.contact.nickname) == "Robin"
    assert visitor.session_token() != before
    assert first.token is None
    assert later.contact.status == "waiting"


@pytest.mark.parametrize("answered", [False, True])
def test_h13_carrying_on_pressed_twice_begins_one_chat(ended, answered):
    """The second press comes with the cookie of the page, or with that of the first's answer."""
    visitor, _answer = came_back(ended.words)
    visitor.page("/back/")
    page, form = visitor.cookies["visit"].value, {"csrfmiddlewaretoken": secret_of(visitor)}
    visitor.handler.enforce_csrf_checks = True
    visitor.post("/back/carry-on/", form)
    first = visitor.cookies["visit"].value
    if not answered:
        visitor.cookies["visit"] = page
    assert visitor.post("/back/carry-on/", form).headers["Location"] == "/chat/"
    assert Contact.objects.count() == 2
    for cookie in (visitor.cookies["visit"].value, first):
        visitor.cookies["visit"] = cookie
        assert visitor.page().count('class="chat"') == 1


def secret_of(visitor) -> str:
    """The secret of this browser's forms, as its page has it."""
    return read(visitor.cookies["visit"].value)[CSRF_SESSION_KEY]


@pytest.mark.django_db(transaction=True)
def test_h13_carrying_on_pressed_twice_in_one_moment_begins_one_chat(ended):
    visitor, _answer = came_back(ended.words)
    visitor.page("/back/")
    cookie, together = visitor.cookies["visit"].value, Barrier(2)

    def press():
        browser = Visitor()
        browser.cookies["visit"] = cookie
        together.wait()
        answer = browser.post("/back/carry-on/")
        return answer.headers["Location"], browser.session_token()

    with rivals(2) as start:
        first, second = [outcome(each) for each in [start(press), start(press)]]
    assert first == second
    assert Contact.objects.count() == 2
    assert Visit.objects.of(first[1]).contact.status == "waiting"


def test_a14_who_carried_on_and_left_begins_no_other_chat_with_the_page_before(ended):
    visitor, _answer = came_back(ended.words)
    visitor.page("/back/")
    page = visitor.cookies["visit"].value
    visitor.post("/back/carry-on/")
    visitor.post("/exit/")
    Visit.objects.update(token=None)
    visitor.cookies["visit"] = page
    assert visitor.post("/back/carry-on/").headers["Location"] == "/back/"
    assert Contact.objects.count() == 2


def test_the_same_words_open_the_newest_chat_of_the_thread(ended):
    visitor, _answer = came_back(ended.words)
    visitor.post("/back/carry-on/")
    visitor.say("second time")
    again, answer = came_back(ended.words)
    assert answer.headers["Location"] == "/chat/"
    assert "second time" in again.page()


def test_one_reads_all_own_chats_and_no_others(ended):
    Visitor().begin().say("somebody else's words")
    visitor, _answer = came_back(ended.words)
    visitor.post("/back/carry-on/")
    visitor.say("second time")
    newer, older = visitor.page("/back/read/"), visitor.page("/back/read/?chat=2")
    assert "second time" in newer
    assert "my first words" in older
    assert "somebody else" not in newer + older + visitor.page("/back/read/?chat=3")


def test_a_chat_without_a_code_is_joined_to_nothing(talking, worker):
    other = Visitor().begin()
    other.say("somebody else's words")
    Contact.objects.filter(thread=None).exclude(worker=None).get().end(by=worker)
    page = talking.page("/back/read/")
    assert "my first words" in page
    assert len(Visit.objects.joined_to(talking.visit())) == 1
    assert "Carry on" not in talking.page("/back/")
    talking.post("/back/carry-on/")
    assert Contact.objects.count() == 2


def test_each_chat_can_be_read_until_its_own_months_are_over(ended):
    visitor, _answer = came_back(ended.words)
    visitor.post("/back/carry-on/")
    visitor.say("second time")
    oldest = Contact.objects.get(status="ended")
    Contact.objects.filter(pk=oldest.pk).update(purge_on=london_today())
    for page in (visitor.page("/back/read/"), visitor.page("/back/read/?chat=2")):
        assert "my first words" not in page
        assert "second time" in page


def test_starting_afresh_leads_back_to_nothing(ended):
    visitor, _answer = came_back(ended.words)
    visitor.post("/back/carry-on/", {"fresh": "yes"})
    assert Visit.objects.get().token is None
    assert "my first words" not in visitor.page()
    assert "A nickname, if you like" in visitor.page()


def test_coming_back_leaves_the_chat_that_this_browser_had_open(talking):
    words = talking.code()
    visitor = Visitor().begin()
    other = visitor.visit()
    visitor.post("/back/", {"words": words})
    other.refresh_from_db()
    assert other.token is None
    assert "my first words" in visitor.page()


def test_a14_nothing_joins_two_chats_of_one_browser_without_the_code(ended):
    ended.get("/exit/")
    ended.begin()
    ended.say("a new start")
    assert Contact.objects.filter(thread=None).count() == 1
    assert "my first words" not in ended.page()
    assert "my first words" not in ended.page("/back/read/")


def test_words_are_in_no_address_and_no_row(talking):
    words = talking.code()
    thread = Thread.objects.get()
    assert len(thread.code) == 64
    assert not any(word in thread.code for word in words.split())
    assert Line.objects.count() == 2


def test_without_a_chat_the_pages_behind_the_box_lead_to_the_box():
    visitor = Visitor()
    for answer in (visitor.get("/back/read/"), visitor.post("/back/carry-on/")):
        assert answer.headers["Location"] == "/back/"

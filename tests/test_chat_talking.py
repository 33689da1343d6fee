"""Waiting and talking: what the person sees, sends and never loses, with forms alone."""

import re
import time as clock
from datetime import time, timedelta

import pytest
from django.utils import timezone

from contacts import bot_words
from contacts.chat import capacity, showing
from contacts.chat.live import news
from contacts.models import Contact, Line, Rank, Speaker, Visit
from helpline.foundation.calendar import this_minute
from tests.chats import words
from tests.visiting import Visitor, cleared, opened, shown_words, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(db):
    cleared()


NONCE = "0b0e7c5e-3c5e-4d55-9d5e-0f7d8f3d4c11"


@pytest.fixture
def visitor() -> Visitor:
    opened()
    return Visitor().begin()


@pytest.fixture
def contact(visitor) -> Contact:
    return Contact.objects.with_key().get()


@pytest.fixture
def talking(visitor, contact, worker) -> Visitor:
    visitor.say("hello")
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "hi, take your time")
    return visitor


def box(page: str) -> str:
    return re.search(r'<textarea name="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL).group(1)


def quiet_for(**time) -> None:
    Visit.objects.update(active_at=timezone.now() - timedelta(**time))


# Waiting ------------------------------------------------------------------------------------------


def test_the_place_in_the_queue_is_told_in_words(visitor):
    assert "You are next." in text_of(visitor.page())
    later = [Visitor().begin() for _ in range(10)]
    assert "Two people are ahead of you." in text_of(later[1].page())
    assert "10 people are ahead of you." in text_of(later[9].page())


def test_i06_who_waits_is_told_what_becomes_of_them_at_closing_time(time_machine):
    opened(opens=time(9), closes=time(23))
    time_machine.move_to("2026-11-25 22:00+00:00")
    page = text_of(Visitor().begin().page())
    assert "We close at 11 pm. If nobody is free by then, we keep what you wrote and" in page
    assert "read it tomorrow at 9 am." in page


def test_i06_when_nobody_is_on_a_message_is_left_and_said_when_it_is_read(time_machine):
    opened(opens=time(9), closes=time(23))
    time_machine.move_to("2026-11-25 23:30+00:00")
    visitor = Visitor().begin()
    page = text_of(visitor.page())
    assert "Nobody is here right now. You can leave a message." in page
    assert "We read it when we open tomorrow at 9 am." in page
    assert Visit.objects.get().message
    visitor.say("please read this")
    assert "Come back to this chat later" in visitor.page()


def test_i06_who_waits_past_closing_has_left_a_message(time_machine):
    opened(opens=time(9), closes=time(23))
    time_machine.move_to("2026-11-25 22:50+00:00")
    visitor = Visitor().begin()
    visitor.page()
    assert not Visit.objects.get().message
    time_machine.move_to("2026-11-25 23:05+00:00")
    visitor.page()
    assert Visit.objects.get().message


def test_nobody_who_is_talking_is_cut_off_at_closing_time(time_machine, worker):
    opened(opens=time(9), closes=time(23))
    time_machine.move_to("2026-11-25 22:50+00:00")
    visitor = Visitor().begin()
    Contact.objects.get().take(by=worker)
    time_machine.move_to("2026-11-25 23:05+00:00")
    Visit.objects.worker_here(worker)
    assert "A helpline worker is here." in text_of(visitor.page())
    assert visitor.say("still here").status_code == 302


def test_who_is_not_safe_is_told_where_help_is_and_goes_first(visitor, contact):
    visitor.press("person", not_safe="yes")
    page = text_of(visitor.page())
    assert "We take you first." in page
    assert "999" in page
    assert Contact.objects.get().rank == Rank.NOT_SAFE
    assert "I am not safe right now" not in page


# Talking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_s2_20_who_writes_in_the_box_that_they_are_not_safe_goes_first(visitor, contact, script):
    """As by the button, once: the words are kept, and where help is comes with them."""
    visitor.say("he is going to KILL me", script=script)
    visitor.say("i am not safe", script=script)
    contact.refresh_from_db()
    assert (contact.status, contact.rank) == ("waiting", Rank.NOT_SAFE)
    said = words(contact)
    assert said.index("he is going to KILL me") < said.index(bot_words.COMING)
    assert said.count(bot_words.COMING) == said.count(bot_words.IN_DANGER) == 1


def test_s2_20_who_writes_it_to_a_worker_comes_first_should_the_chat_go_back(talking, contact):
    before = len(words(contact))
    talking.say("he is going to kill me")
    contact.refresh_from_db()
    assert (contact.status, contact.rank) == ("open", Rank.NOT_SAFE)
    assert len(words(contact)) == before + 1, "a person is there, and the bot says no more"


def test_s1_11_no_name_of_a_worker_is_on_the_page(talking, worker):
    page = talking.page()
    assert "Helpline worker" in page
    assert worker.alias not in page
    assert worker.name not in page


def test_i05_a_worker_who_is_gone_for_a_moment_is_said_without_a_word_of_offline(talking):
    Visit.objects.update(worker_here_at=timezone.now() - timedelta(seconds=90))
    page = text_of(talking.page())
    assert "We will be back with you." in page
    assert "offline" not in page.lower()


def test_i05_a_chat_that_went_back_to_the_queue_keeps_its_lines(talking, contact):
    Contact.objects.filter(pk=contact.pk).update(
        status="waiting", worker=None, waiting_since=timezone.now(), rank=Rank.BACK
    )
    page = text_of(talking.page())
    assert "We will be back with you." in page
    assert "hi, take your time" in page


def test_i05_a_person_who_was_away_for_ten_minutes_goes_on(talking):
    quiet_for(minutes=10)
    assert talking.say("sorry, I was away").status_code == 302
    assert talking.visit()


def test_p08_after_fifteen_quiet_minutes_a_page_that_looks_by_itself_shows_nothing(talking):
    quiet_for(minutes=16)
    page = talking.page("/chat/?look")
    assert "hi, take your time" not in page
    assert "Harbour Line" not in page
    assert "Show the page" in page
    assert "hi, take your time" in talking.page()


def test_a_page_that_looks_by_itself_is_nobody_doing_something(talking):
    quiet_for(minutes=14)
    before = Visit.objects.get().active_at
    talking.page("/chat/?look")
    assert Visit.objects.get().active_at == before
    talking.page()
    assert Visit.objects.get().active_at > before


def test_after_thirty_quiet_minutes_only_the_code_opens_it(talking):
    quiet_for(minutes=31)
    page = talking.say("are you still there?").content.decode()
    assert "hi, take your time" not in page
    assert "This chat is closed on this device." in page
    assert "are you still there?" in page, "what was typed is shown, so that it is not lost"
    assert Contact.objects.get().last_line == 2
    assert talking.say("again", script=True).status_code == 404


@pytest.mark.parametrize("text", ["x" * 4001, "nul\0", " \n"], ids=["long", "nul", "blank"])
def test_h06_what_cannot_be_sent_stays_in_its_box_with_the_reason(talking, text):
    answer = talking.say(text)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert box(answer.content.decode()).strip() == text.strip()
    told = talking.say(text, script=True)
    assert told.status_code == 422
    assert b'role="alert"' in told.content
    assert Contact.objects.get().last_line == 2


def test_h13_the_same_form_twice_says_it_once_for_a_script_as_well(talking):
    statuses = [talking.say("once", nonce=NONCE, script=True).status_code for _ in range(2)]
    assert statuses == [204, 204]
    assert Line.objects.filter(number__gt=2).count() == 1


def test_h13_other_words_in_a_form_that_was_stored_unnoticed_are_not_lost(talking):
    """The answer went astray, the box still held the words, and they were changed."""
    for text in ("he is here", "he is here, upstairs", "he is here"):
        assert talking.say(text, nonce=NONCE).status_code == 302
    contact = Contact.objects.with_key().get()
    assert [line.words for line in Line.objects.opened(contact)][2:] == [
        "he is here",
        "he is here, upstairs",
    ]


def test_h13_words_said_after_leaving_are_not_said(talking):
    token = talking.cookies["visit"].value
    talking.get("/exit/")
    talking.cookies["visit"] = token
    assert talking.say("replayed", script=True).status_code == 404
    assert Contact.objects.get().last_line == 2


def test_i03_whoever_writes_very_fast_waits_and_keeps_the_words(talking, monkeypatch):
    monkeypatch.setattr(capacity, "too_fast", lambda visit: 3.0)
    page = talking.say("quick")
    assert page.status_code == 429
    assert "in 3 seconds" in page.content.decode()
    assert box(page.content.decode()) == "quick"


@pytest.mark.parametrize("name", ["look", "consent", "person"])
def test_no_button_loses_what_is_typed(talking, name):
    page = talking.press(name, text="not sent yet")
    assert box(page.content.decode()) == "not sent yet"
    assert "http-equiv" not in page.content.decode(), "nor does the page that comes back"


def test_words_that_come_too_late_are_shown_again(talking, contact, worker):
    contact.end(by=worker)
    page = talking.say("one more thing").content.decode()
    assert "one more thing" in page
    assert "was not sent" in page
    assert talking.say("another", script=True).status_code == 409


def test_typing_is_a_sign_without_words_and_stores_nothing(talking):
    before = Visit.objects.values().get()
    assert talking.press("writing").status_code == 204
    assert Visit.objects.values().get() == before


def test_an_address_of_a_button_leads_to_the_chat(talking):
    for name in ("say", "stop", "code", "consent", "look"):
        answer = talking.get(f"/chat/{name}/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/chat/")


def test_p10_without_scripts_the_page_looks_for_news_only_while_nobody_writes(visitor):
    assert "http-equiv" not in visitor.page(), "the first words come before any waiting"
    visitor.say("hello")
    page = visitor.page()
    assert '<meta http-equiv="refresh" content="15; url=/chat/?look">' in page
    assert page.index("<noscript>") < page.index("http-equiv") < page.index("</noscript>")
    assert "http-equiv" not in visitor.page("/chat/?write")


def test_a_script_is_told_the_lines_it_has_not_seen(talking):
    part = talking.page("/chat/screen/?after=1")
    assert "hi, take your time" in part
    assert "hello" not in part
    assert Visitor().get("/chat/screen/").status_code == 404
    assert "hello" in talking.page("/chat/screen/?after=nonsense")


def test_p04_the_title_says_support_in_every_state(talking, contact, worker):
    pages = [Visitor().page(), talking.page(), talking.press("code").content.decode()]
    contact.end(by=worker)
    pages += [talking.page(), talking.page("/back/"), talking.page("/back/read/")]
    pages += [Visitor().page("/back/"), talking.page("/chat/thanks/")]
    assert {re.search("<title>(.*?)</title>", page).group(1) for page in pages} == {"Support"}


def test_p13_no_field_invites_a_browser_to_keep_or_send_what_is_typed(talking, contact, worker):
    pages = [Visitor().page(), Visitor().page("/back/"), talking.page()]
    contact.end(by=worker)
    pages.append(talking.page())
    for page in pages:
        main = page.partition("<main")[2]
        for form in re.findall("<form[^>]*>", main):
            assert 'autocomplete="off"' in form or "carry-on" in form
        fields = re.findall(r'<(?:textarea|input type="text")[^>]*>', main)
        assert not [f for f in fields if re.search(r'name="\w*(pass|user|mail|login|code)', f)]
    assert 'spellcheck="false"' in talking.page() or contact


# Stopping, and after ------------------------------------------------------------------------------


def test_stopping_tells_the_worker_and_leaves_the_end_to_them(talking):
    talking.press("stop")
    assert "Thank you for talking to us" in text_of(talking.page())
    assert not Visit.objects.get().is_here()
    assert Contact.objects.get().status == "open"


def test_signs_of_the_page_do_not_undo_stopping_but_the_person_can(talking):
    talking.press("stop")
    talking.press("here", script=True, active="yes")
    assert not Visit.objects.get().is_here()
    talking.press("here", again="yes")
    assert Visit.objects.get().is_here()
    assert "A helpline worker is here." in text_of(talking.page())


def test_words_in_the_box_are_shown_when_somebody_stops(talking):
    page = talking.press("stop", text="never mind").content.decode()
    assert "never mind" in page


def test_s2_21_the_survey_is_kept_once_and_only_what_was_answered(talking, contact, worker):
    contact.end(by=worker)
    assert "Three short questions" in talking.page()
    for better in ("be quicker", "something else"):
        talking.press("survey", helped="A little", better=better)
    kept = contact.survey.select_related("contact__key").order_by("number")
    assert [(row.number, str(row.answer)) for row in kept] == [(1, "A little"), (3, "be quicker")]
    assert "Three short questions" not in talking.page()


def test_s2_21_every_question_can_be_left(talking, contact, worker):
    contact.end(by=worker)
    assert talking.press("survey").status_code == 302
    assert not contact.survey.exists()


def test_s2_21_an_answer_that_was_not_offered_is_refused(talking, contact, worker):
    contact.end(by=worker)
    page = talking.press("survey", helped="<b>invented", better="kept in its box")
    assert page.status_code == 422
    assert "kept in its box" in page.content.decode()
    assert not contact.survey.exists()


def test_the_code_is_offered_once_there_is_something_to_come_back_to(visitor, contact, worker):
    assert "Show my words" not in visitor.page()
    visitor.say("hello")
    assert "Show my words" not in visitor.page()
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "hi")
    assert "Show my words" in visitor.page()


def test_the_words_are_shown_once_to_who_asked_and_are_nowhere_else(talking):
    answer = talking.press("code")
    words = shown_words(answer.content.decode())
    assert len(words) == 7
    assert not shown_words(talking.page())
    assert answer.headers.get("Location") is None


# How much a page costs ----------------------------------------------------------------------------


def test_the_page_of_a_chat_costs_the_same_queries_however_long_it_is(
    talking, contact, django_assert_num_queries
):
    talking.page()
    with django_assert_num_queries(4):
        talking.page()
    Line.objects.filter(contact=contact).delete()
    Line.objects.say_all(contact, [("person", this_minute(), "some words")] * 200)
    Contact.objects.filter(pk=contact.pk).update(last_line=200)
    with django_assert_num_queries(4):
        talking.page()


def test_a_page_of_200_lines_takes_at_most_25_ms(talking, contact):
    Line.objects.filter(contact=contact).delete()
    said = [("person" if n % 2 else "worker", this_minute(), f"line {n} " * 12) for n in range(200)]
    Line.objects.say_all(contact, said)
    Contact.objects.filter(pk=contact.pk).update(last_line=200)
    assert len(words(contact)) == 200
    took = []
    for _ in range(12):
        began = clock.process_time()
        talking.get("/chat/")
        took.append(clock.process_time() - began)
    assert min(took) <= 0.025


def test_news_for_a_stream_cost_one_query_while_talking(
    talking, contact, django_assert_num_queries
):
    visit = talking.visit()
    with django_assert_num_queries(1):
        lines, state = news(visit, 0)
    assert len(lines) == 2
    assert "A helpline worker is here." in state
    assert showing.phase_of(visit) == "open"

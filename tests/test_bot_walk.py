"""A person and the chatbot: rules alone, every question skippable, and a person at any moment."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contacts import bot_walk, bot_words
from contacts.bot import Choice, Kind, Script, Step, problems, written
from contacts.chat import left_behind, walking
from contacts.models import Contact, Figure, Line, Rank, Signpost, Visit
from contacts.tasks import end_left_behind
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import WrongState
from tests.bots import SMALL, always_open, publish, said, visitor
from tests.racing import outcome, rivals

pytestmark = pytest.mark.django_db
BOT, WAITING, ENDED = Contact.Status.BOT, Contact.Status.WAITING, Contact.Status.ENDED


@pytest.fixture
def visit() -> Visit:
    """A person with the small script, while somebody is on."""
    always_open()
    return visitor(publish())


@pytest.fixture
def by_night() -> Visit:
    """A person with the small script, while nobody is on."""
    return visitor(publish())


def answer(visit, **given):
    walking.answer(visit, nonce=uuid.uuid4(), **given)
    visit.refresh_from_db()
    visit.contact.refresh_from_db(fields=["status", "rank", "waiting_since"])
    return visit


def at(visit) -> tuple:
    return visit.contact.status, visit.bot_step


# The way through ----------------------------------------------------------------------------------


def test_the_bot_speaks_first_once_and_asks(visit):
    walking.begin(visit)
    assert said(visit) == [("bot", "Hello, I am a chatbot."), ("bot", "What is going on?")]
    offered = walking.offered(visit)
    assert (offered.kind, offered.step, offered.skip) == ("choose", "what", "Skip")
    assert [(b.value, b.not_safe) for b in offered.choices] == [("0", 0), ("1", 0), ("2", 1)]


def test_s2_20_answers_are_lines_that_the_worker_sees_at_hand_over(visit, worker):
    answer(visit, choice="1")
    answer(visit, text="they say they are 15")
    assert at(visit) == (WAITING, "")
    assert said(visit)[2:] == [
        ("person", "Online"),
        ("bot", "Tell me more."),
        ("person", "they say they are 15"),
        ("bot", "A person is coming."),
    ]
    assert walking.offered(visit) is None
    visit.contact.take(by=worker)
    assert Contact.objects.visible_to(worker).get() == visit.contact


def test_i07_every_question_can_be_skipped_and_the_skip_is_stored(visit):
    answer(visit, skip=True)
    answer(visit, skip=True)
    assert [words for who, words in said(visit) if who == "person"] == ["Skip", "Skip"]
    assert (visit.contact.status, visit.contact.rank) == (WAITING, Rank.ORDINARY)


@pytest.mark.parametrize("words", ["qwrt ?!", "x" * 4000, "Не знаю что делать", "مساعدة", "🙂"])
def test_i07_nonsense_long_and_other_languages_are_stored_as_given(visit, words):
    answer(visit, choice="1")
    answer(visit, text=words)
    assert ("person", words) in said(visit)
    assert visit.contact.status == WAITING


def test_i07_words_at_a_question_with_buttons_are_kept_and_lead_on(visit):
    answer(visit, text="its complicated")
    assert said(visit)[2:4] == [("person", "its complicated"), ("bot", bot_words.ONLY_BUTTONS)]
    assert at(visit) == (BOT, "words")


def test_a_button_may_be_typed(visit):
    assert at(answer(visit, text="  AT home. ")) == (BOT, "again")


def test_a_signpost_is_told_and_one_that_is_off_the_list_gives_way(visit):
    place = Signpost.objects.create(name="Night shelter", offers="a bed", reached_by="on foot")
    assert walking.place(str(place.pk)) == "Night shelter: a bed\non foot"
    Signpost.objects.update(dropped_at=timezone.now())
    assert walking.place(str(place.pk)) == bot_words.elsewhere()
    assert "999" in walking.place("emergency")


def test_a_goodbye_holds_nobody(visit):
    answer(visit, choice="0")
    answer(visit, choice="1")
    assert walking.offered(visit).kind == "goodbye"
    assert at(answer(visit, skip=True)) == (BOT, "bye")
    assert at(answer(visit, person=True)) == (WAITING, "")


def test_a_chat_finishes_with_the_version_it_began_with(visit, supervisor):
    draft = type(visit.bot).objects.draft(visit.bot.service, by=supervisor, like=visit.bot)
    draft.edit(
        [*SMALL[:2], SMALL[2]._replace(text="New."), *SMALL[3:]], by=supervisor, seen=draft.seen
    )
    draft.publish(by=supervisor, seen=draft.seen)
    answer(Visit.objects.get(), choice="1")
    assert said(visit)[-1] == ("bot", "Tell me more.")


# Not safe -----------------------------------------------------------------------------------------


def test_s2_20_not_safe_at_any_step_goes_to_a_person_ahead_of_the_queue(visit, make_contact):
    make_contact("waits longer")
    answer(visit, choice="2")
    assert (visit.contact.status, visit.contact.rank) == (WAITING, Rank.NOT_SAFE)
    assert Contact.objects.waiting().first() == visit.contact
    assert said(visit)[2:4] == [("person", "I’m not safe"), ("bot", bot_words.COMING)]


@pytest.mark.parametrize(
    "words",
    [
        "I'M NOT SAFE",
        "im not  safe!!",
        "I’m\nnot safe",
        "help. he's going to kill me",
        "i just want to die",
        "I AM NOT SAFE HERE",
    ],
)
def test_unmistakable_words_at_any_step_go_to_a_person(visit, words):
    answer(visit, text=words)
    assert (visit.contact.status, visit.contact.rank) == (WAITING, Rank.NOT_SAFE)
    assert ("person", words) in said(visit)


@pytest.mark.parametrize(
    "words", ["i am safe", "want to diet", "my phone died", "is it safe here?"]
)
def test_other_words_do_not(words):
    assert not bot_words.says_not_safe(words)


@given(st.sampled_from(bot_words.PHRASES), st.text(), st.text())
def test_a_phrase_is_found_wherever_it_stands(phrase, before, after):
    assert bot_words.says_not_safe(f"{before} {phrase.upper()} {after}")


def test_not_safe_from_a_page_that_is_past_still_counts(visit):
    answer(visit, choice="1")
    answer(visit, choice="2", step="what")
    assert visit.contact.rank == Rank.NOT_SAFE


def test_not_safe_counts_again_while_waiting_and_when_somebody_is_there(visit, worker):
    answer(visit, skip=True)
    answer(visit, skip=True)
    walking.to_person(visit, not_safe=True)
    assert Contact.objects.get().rank == Rank.NOT_SAFE
    Contact.objects.get().take(by=worker)
    before = said(visit)
    answer(visit, choice="2", step="what")
    assert said(visit) == [*before, ("person", "I’m not safe")]
    assert Contact.objects.get().status == Contact.Status.OPEN
    walking.to_person(visit, not_safe=True)
    assert said(visit) == [*before, ("person", "I’m not safe")]


# When nobody is on --------------------------------------------------------------------------------


def test_i06_by_night_emergency_help_comes_first_and_a_message_says_when_it_is_read(by_night):
    always_open("is-this-ok")  # another service changes nothing
    answer(by_night, skip=True)
    answer(by_night, skip=True)
    words = [words for who, words in said(by_night)][-3:]
    assert words == [bot_words.emergency(), bot_words.closed(""), bot_words.OFFER]
    assert all(number in words[0] for number in ("999", "116 000", "116 123"))
    assert (walking.offered(by_night).kind, by_night.contact.status) == ("message", BOT)

    answer(by_night, text="please ring the school")
    assert said(by_night)[-1] == ("bot", bot_words.read_when(""))
    assert (by_night.contact.status, by_night.message) == (WAITING, True)


def test_i06_a_message_need_not_be_left(by_night):
    walking.to_person(by_night)
    walking.to_person(by_night)
    assert len(said(by_night)) == 5
    answer(by_night, skip=True)
    assert said(by_night)[-2:] == [("person", "Not now"), ("bot", bot_words.AT_ANY_TIME)]
    assert walking.offered(by_night).kind == "message"
    assert not by_night.message


def test_a_message_written_when_somebody_is_back_is_a_chat(by_night):
    walking.to_person(by_night)
    always_open()
    answer(by_night, text="still here")
    assert said(by_night)[-1] == ("bot", bot_words.SOMEBODY_IS_HERE)
    assert (by_night.contact.status, by_night.message) == (WAITING, False)


@pytest.mark.parametrize("way", ["answer", "button of the page"])
def test_not_safe_by_night_shows_emergency_help_first_and_is_first_in_line(by_night, way):
    if way == "answer":
        answer(by_night, choice="2")
    else:
        walking.to_person(by_night, not_safe=True)
    bot = [words for who, words in said(by_night) if who == "bot"]
    assert bot[2] == bot_words.emergency()
    assert bot_words.FIRST_IN_LINE in bot[3]
    contact = Contact.objects.get()
    assert (contact.status, contact.rank, by_night.message) == (WAITING, Rank.NOT_SAFE, True)


# Twice, late, and at once -------------------------------------------------------------------------


def test_h13_the_same_form_twice_answers_once(visit):
    nonce = uuid.uuid4()
    for _ in range(2):
        walking.answer(visit, choice="1", step="what", nonce=nonce)
    assert at(Visit.objects.get()) == (BOT, "words")
    assert Line.objects.filter(speaker="person").count() == 1


def test_h13_other_words_in_the_same_form_are_kept_and_answer_nothing_more(visit):
    answer(visit, choice="1")
    nonce = uuid.uuid4()
    for text in ("at my", "at my aunt's", "at my"):
        walking.answer(visit, text=text, step="words", nonce=nonce)
    step = Visit.objects.get().bot_step
    assert [words for who, words in said(visit) if who == "person"][1:] == ["at my", "at my aunt's"]
    assert step != "words"


def test_an_answer_to_a_step_that_is_past_moves_nothing_and_loses_no_words(visit):
    answer(visit, choice="1")
    answer(visit, choice="0", step="what")
    assert at(visit) == (BOT, "words")
    answer(visit, text="one more thing", step="what")
    assert at(visit) == (BOT, "words")
    assert [words for who, words in said(visit) if who == "person"] == ["Online", "one more thing"]


def test_words_sent_while_the_chat_moved_on_are_kept(visit, worker):
    answer(visit, choice="1")
    walking.to_person(visit)
    answer(visit, text="wait, i also wanted to say", step="words")
    assert said(visit)[-1] == ("person", "wait, i also wanted to say")
    Contact.objects.get().take(by=worker)
    Contact.objects.get().end(by=worker)
    late = {"step": "words", "nonce": uuid.uuid4()}
    assert not walking.answer(Visit.objects.get(), text="too late", **late)
    assert answer(visit, choice="1", step="words").contact.status == ENDED


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_move_on_once(visit):
    with rivals(2) as start:
        both = [
            start(walking.answer, Visit.objects.get(), choice=c, step="what", nonce=uuid.uuid4())
            for c in "01"
        ]
        assert [outcome(each) for each in both] == [True, True]
    assert [words for who, words in said(visit) if who == "person"] in (["At home"], ["Online"])
    assert Visit.objects.get().bot_step in ("again", "words")


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_fails_leaves_nothing(visit, monkeypatch):
    def fails(*_):
        raise ConnectionError

    before = said(visit), Visit.objects.values().get()
    monkeypatch.setattr(walking.live, "ring", fails)
    with pytest.raises(ConnectionError):
        walking.answer(visit, choice="1", nonce=uuid.uuid4())
    assert (said(visit), Visit.objects.values().get()) == before


def test_an_answer_costs_a_bounded_number_of_queries(visit):
    with CaptureQueriesContext(connection) as seen:
        walking.answer(visit, choice="1", nonce=uuid.uuid4())
    assert len(seen) <= 24


# Left behind --------------------------------------------------------------------------------------


def long_ago(visit, hours=13):
    then = timezone.now() - timedelta(hours=hours)
    Visit.objects.filter(pk=visit.pk).update(here_at=then, active_at=then)
    Contact.objects.filter(pk=visit.contact_id).update(started_at=then)


def test_a_chat_left_with_the_bot_is_ended_by_the_helpline_and_counted(visit):
    long_ago(visit)
    end_left_behind()
    end_left_behind()
    contact = Contact.objects.get()
    assert (contact.status, contact.outcome) == (ENDED, "they-left")
    assert Figure.objects.get().contacts == 1
    assert AuditEvent.objects.about(contact).last().actor == "system"


def test_a_chat_whose_person_pressed_exit_is_ended_after_the_same_time(visit):
    visit.leave()
    end_left_behind()
    assert Contact.objects.get().status == BOT
    Contact.objects.update(started_at=timezone.now() - timedelta(hours=13))
    end_left_behind()
    assert Contact.objects.get().status == ENDED


def test_who_waits_or_is_still_there_is_never_ended_by_the_helpline(visit):
    long_ago(visit, hours=11)
    assert left_behind.end_all(timezone.now()) == 0
    long_ago(visit)
    walking.to_person(visit)
    assert left_behind.end_all(timezone.now()) == 0
    with pytest.raises(WrongState):
        Contact.objects.get().end(by=None)
    assert Contact.objects.get().status == WAITING


def test_who_comes_back_at_the_last_moment_is_spared(visit):
    long_ago(visit)
    found = left_behind.left_behind(timezone.now()).get()
    visit.here(active=True)
    assert not left_behind.end_one(found, timezone.now())


# Any script, any answers --------------------------------------------------------------------------

IDS = [f"s{number}" for number in range(7)]
targets = st.sampled_from(IDS)
choices = st.lists(
    st.builds(Choice, st.text(st.characters(codec="utf-8"), min_size=1), targets, st.booleans()),
    min_size=2,
    max_size=4,
).map(tuple)
steps = st.builds(
    Step,
    st.just(""),
    st.sampled_from(Kind.values),
    st.text(min_size=1, max_size=20),
    targets,
    choices,
    st.sampled_from(["emergency", "elsewhere", "gone"]),
)
scripts = st.lists(steps, min_size=1, max_size=7).map(
    lambda found: Script(
        [written(step._replace(id=name)) for step, name in zip(found, IDS, strict=False)]
    )
)
replies = st.one_of(
    st.sampled_from(["0", "1", "3", "9", "x"]).map(lambda choice: bot_walk.Reply(choice=choice)),
    st.text(min_size=1).map(lambda text: bot_walk.Reply(text=text)),
    st.sampled_from(bot_words.PHRASES).map(lambda text: bot_walk.Reply(text=text)),
    st.just(bot_walk.Reply(skip=True)),
    st.just(bot_walk.Reply(person=True)),
)


def around(is_open: bool) -> bot_walk.Around:
    return bot_walk.Around(is_open, "tomorrow at 9 am", lambda place: f"help: {place}")


@given(scripts, st.lists(replies, max_size=12), st.booleans())
def test_any_script_and_any_answers_come_to_a_person_a_goodbye_or_a_question(
    script, replies, is_open
):
    """Also a script that breaks the rules: a preview walks it, and nobody is ever stuck."""
    turn = bot_walk.begin(script, around(is_open))
    for given_now in replies:
        if turn.at == bot_walk.WITH_PERSON:
            break
        before = turn.at
        turn = bot_walk.reply(script, before, given_now, around(is_open))
        mine = [words for who, words in turn.lines if who == bot_walk.PERSON]
        assert len(mine) == 1
        assert given_now.text in (None, *mine)
        if given_now.text in bot_words.PHRASES:
            assert (turn.at, turn.not_safe) == (bot_walk.WITH_PERSON, True)
    waits = turn.at in (bot_walk.WITH_PERSON, bot_walk.MESSAGE)
    assert waits or script.step(turn.at).kind in ("choose", "ask", "goodbye")


@st.composite
def valid_scripts(draw):
    """Steps that each lead to the next, whose buttons lead anywhere, ending with a person."""
    kinds = draw(st.lists(st.sampled_from(["say", "choose", "ask", "signpost"]), max_size=6))
    kinds = ["choose", *kinds, "hand-over"]
    found = []
    for number, kind in enumerate(kinds):
        to = st.integers(0, len(kinds) - 1).map(lambda number: f"s{number}")
        buttons = [Choice(f"b{n}", draw(to)) for n in range(draw(st.integers(1, 7)))]
        buttons.append(Choice("I’m not safe", not_safe=True))
        step = Step(f"s{number}", kind, "Words.", f"s{number + 1}", tuple(buttons), "elsewhere")
        found.append(written(step))
    return Script(found)


@given(valid_scripts(), st.lists(replies, max_size=20), st.booleans())
def test_a_script_that_keeps_the_rules_leads_from_question_to_question_to_a_person(
    script, replies, is_open
):
    assert problems(script, set()) == []
    turn = bot_walk.begin(script, around(is_open))
    skips = [bot_walk.Reply(skip=True)] * len(script.steps)
    for given_now in [*replies, *skips]:
        if turn.at in (bot_walk.WITH_PERSON, bot_walk.MESSAGE):
            break
        assert script.step(turn.at).kind in ("choose", "ask")
        turn = bot_walk.reply(script, turn.at, given_now, around(is_open))
    assert turn.at in (bot_walk.WITH_PERSON, bot_walk.MESSAGE)

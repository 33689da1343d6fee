"""Chats in which nobody ever wrote and nobody is (I01), and how long people waited for a person."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.chat import walking
from contacts.models import BotScript, Contact, Figure, Rank, Thread, Visit, empty
from contacts.tasks import end_left_behind, take_chats_back
from contacts.vocabulary import Outcome
from helpline.foundation.audit.models import AuditEvent
from tests.bots import publish
from tests.chatting import a_chat, fresh
from tests.racing import until
from tests.serving import served
from tests.visiting import Visitor, cleared, opened, text_of

pytestmark = pytest.mark.django_db
WAITING, ENDED = Contact.Status.WAITING, Contact.Status.ENDED


@pytest.fixture(autouse=True)
def _open(db):
    cleared()
    opened()


def silent_for(visit, **time) -> Visit:
    """Nothing was done and no sign was given for so long."""
    then = timezone.now() - timedelta(**time)
    Visit.objects.filter(pk=visit.pk).update(here_at=then, active_at=then)
    return visit


def swept() -> None:
    """What runs by itself, in its order."""
    take_chats_back()
    end_left_behind()


def state(visit) -> tuple:
    contact = fresh(visit)
    return contact.status, contact.rank


def in_words(worker) -> list[Visit]:
    """Chats of every kind in which somebody wrote, said that they are not safe, or was known."""
    script = publish()
    pressed = Visit.objects.begin("b", service="helpline", bot=script, notices=(1, 1))
    walking.begin(pressed)
    walking.answer(pressed, skip=True, nonce=uuid.uuid4())
    walking.to_person(pressed)
    back = a_chat("hi", worker=worker)
    back.pass_on(to=None, note="They said hi.", by=worker)
    known = a_chat(thread=Thread.objects.create())
    return [a_chat("a word"), a_chat(not_safe=True), pressed, back, known]


# The queue ----------------------------------------------------------------------------------------


def test_i01_an_empty_chat_whose_page_is_silent_stands_behind_everybody(worker):
    gone, there = a_chat(), a_chat("hello")
    silent_for(gone, minutes=4)
    swept()
    assert state(gone) == (WAITING, Rank.SILENT)
    assert list(Contact.objects.waiting()) == [fresh(there), fresh(gone)]
    assert Visit.objects.take_next(by=worker) == there
    assert Visit.objects.take_next(by=worker) is None


def test_i01_a_flood_that_went_silent_stands_before_nobody(worker):
    for _ in range(30):
        silent_for(a_chat(), minutes=4)
    person = Visitor().begin()
    swept()
    assert "You are next." in text_of(person.page())


def test_i01_a_sign_of_its_page_brings_it_back_to_its_place():
    first, second = a_chat(), a_chat("hello")
    silent_for(first, minutes=10)
    swept()
    first.here(active=False)
    swept()
    assert state(first) == (WAITING, Rank.ORDINARY)
    assert list(Contact.objects.waiting()) == [fresh(first), fresh(second)]


def test_i01_the_first_words_bring_it_back_to_its_place_for_good():
    visit = silent_for(a_chat(), minutes=10)
    swept()
    visit.say("I did not know how to begin", nonce=uuid.uuid4())
    silent_for(visit, days=2)
    swept()
    assert state(visit) == (WAITING, Rank.ORDINARY)


def test_i01_not_safe_goes_ahead_from_the_end_of_the_queue_too():
    visit = silent_for(a_chat(), minutes=10)
    swept()
    walking.to_person(Visit.objects.get(), not_safe=True)
    silent_for(visit, days=2)
    swept()
    assert state(visit) == (WAITING, Rank.NOT_SAFE)


def test_i01_nothing_in_which_somebody_wrote_or_was_not_safe_is_touched(worker):
    chats = in_words(worker)
    before = [state(silent_for(visit, days=2)) for visit in chats]
    swept()
    assert [state(visit) for visit in chats] == before
    assert {status for status, _rank in before} == {WAITING}
    assert not Figure.objects.exists()


def test_i01_it_leaves_the_queue_once_no_browser_could_open_it():
    """Until then nobody is cut off who looks for their first words without scripts."""
    person = Visitor().begin()
    token = person.session_token()
    silent_for(person.visit(), minutes=29)
    swept()
    assert state(person.visit())[0] == WAITING
    assert person.say("here it is").status_code == 302

    other = Visitor().begin()
    visit, token = other.visit(), other.session_token()
    silent_for(visit, minutes=30)
    assert Visit.objects.of(token) is None
    swept()
    assert state(visit) == (ENDED, Rank.ORDINARY)
    assert fresh(visit).outcome == Outcome.THEY_LEFT
    assert AuditEvent.objects.about(visit.contact).last().actor == "system"


def test_i01_whoever_pressed_exit_before_a_word_waits_no_longer():
    person = Visitor().begin()
    visit = person.visit()
    person.get("/exit/")
    swept()
    assert state(visit)[0] == ENDED


def test_i01_a_page_that_is_open_is_nobodys_to_end():
    visit = a_chat()
    Visit.objects.update(here_at=timezone.now())
    swept()
    assert state(visit) == (WAITING, Rank.ORDINARY)


def test_it_stands_in_no_figure_because_nobody_was_in_touch():
    silent_for(a_chat(), hours=1)
    swept()
    assert not Figure.objects.exists()


def test_whoever_writes_at_the_last_moment_is_spared():
    visit = silent_for(a_chat(), hours=1)
    found = empty.shut(timezone.now()).get()
    visit.say("wait", nonce=uuid.uuid4())
    assert not empty.lapse(found, timezone.now())
    assert state(visit)[0] == WAITING


def test_i01_the_order_is_kept_by_every_web_process(keys, tmp_path, transactional_db):
    """With no Celery at all."""
    visit = silent_for(a_chat(), minutes=4)
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)):
        until(lambda: fresh(visit).rank == Rank.SILENT)


def test_workers_are_told_how_many_there_are_and_count_none_of_them(signed_in, worker):
    silent_for(a_chat(), minutes=4)
    swept()
    page = text_of(signed_in(worker).get("/staff/chats/").content.decode())
    assert "Waiting 0" in page
    assert "In 1 more, nobody wrote and nobody is there." in page


# How long they waited -----------------------------------------------------------------------------


def waited(visit, worker) -> str:
    """What the figures say after this chat was taken and ended."""
    Contact.objects.get(pk=visit.pk).take(by=worker)
    fresh(visit).end(by=worker)
    return Figure.objects.get().waited


def test_a_wait_runs_from_when_the_person_asked_for_a_person(worker, time_machine):
    now = timezone.now()
    time_machine.move_to(now - timedelta(minutes=40), tick=False)
    visit = Visit.objects.begin("b", service="helpline", bot=publish(), notices=(1, 1))
    walking.begin(visit)
    time_machine.move_to(now - timedelta(minutes=3), tick=False)
    walking.to_person(visit)
    time_machine.move_to(now, tick=False)
    assert waited(visit, worker) == "to-5"


def test_a_wait_is_as_long_as_it_was_although_its_chat_is_kept_to_the_minute(worker, time_machine):
    now = timezone.now().replace(second=55)
    time_machine.move_to(now, tick=False)
    visit = a_chat("hi")
    time_machine.move_to(now + timedelta(seconds=59), tick=False)
    assert waited(visit, worker) == "to-1"


def test_the_wait_for_the_first_answer_counts_and_not_a_later_one(worker, colleague, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    visit = a_chat("hi", worker=worker)
    visit.pass_on(to=None, note="They said hi.", by=worker)
    time_machine.move_to(now + timedelta(minutes=30), tick=False)
    assert waited(visit, colleague) == "to-1"


def test_nobody_answered_is_not_measured(visit_with_bot):
    then = timezone.now() - timedelta(hours=13)
    silent_for(visit_with_bot, hours=13)
    Contact.objects.update(started_at=then)
    end_left_behind()
    assert Figure.objects.get().waited == "none"


@pytest.fixture
def visit_with_bot() -> Visit:
    """Somebody with the chatbot."""
    script: BotScript = publish()
    return Visit.objects.begin("b", service="helpline", bot=script, notices=(1, 1))

"""Floods and haste: the queue has an end, nobody is banned, and who is not safe gets in."""

from datetime import timedelta

import pytest
from django.core.cache import cache, caches
from django.utils import timezone
from redis.exceptions import RedisError

from contacts.chat import capacity
from contacts.models import Contact, Line, Rank, Visit
from helpline.foundation import visits
from helpline.foundation.staff.roles import Service
from tests.visiting import Visitor, cleared, opened, text_of

pytestmark = pytest.mark.django_db


def begin(service=Service.HELPLINE) -> Visit:
    return Visit.objects.begin(visits.new_token(), service=service, notices=(1, 1))


def test_i01_a_queue_is_full_when_as_many_wait_as_the_setting_says(settings):
    settings.QUEUE_LIMIT = 3
    begin(), begin()
    assert not capacity.full(Service.HELPLINE)
    begin()
    assert capacity.full(Service.HELPLINE)
    assert not capacity.full(Service.IS_THIS_OK)


def test_i01_whoever_has_gone_or_is_answered_takes_no_place(settings, worker):
    settings.QUEUE_LIMIT = 2
    gone, answered = begin(), begin()
    Visit.objects.filter(pk=gone.pk).update(here_at=timezone.now() - timedelta(minutes=3))
    answered.contact.take(by=worker)
    begin()
    assert not capacity.full(Service.HELPLINE)


def test_i03_a_chat_is_slowed_for_seconds_and_never_banned():
    visit, other = begin(), begin()
    waits = [capacity.too_fast(visit) for _ in range(capacity.IN_A_WINDOW + 5)]
    assert waits == [0.0] * capacity.IN_A_WINDOW + [capacity.PAUSE] * 5
    assert capacity.too_fast(other) == 0.0
    cache.clear()  # as when the seconds are over
    assert capacity.too_fast(visit) == 0.0
    assert Contact.objects.waiting().count() == 2


def test_j02_without_redis_nobody_is_slowed(settings):
    nowhere = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {"default": nowhere}
    with pytest.raises(RedisError):
        caches["default"].get("anything")
    assert capacity.too_fast(begin()) == 0.0


# The flood itself ---------------------------------------------------------------------------------


@pytest.fixture
def flood(settings):
    """A hundred strangers who each press the one button, and twenty places."""
    settings.QUEUE_LIMIT = 20

    def come(**form) -> list[str]:
        return [page_after(Visitor().begin(**form)) for _ in range(100)]

    return come


def page_after(visitor: Visitor) -> str:
    return text_of(visitor.page())


def test_i01_a_flood_meets_words_of_other_help_and_touches_nobody_who_talks(flood, worker):
    cleared(), opened()
    talking = Visitor().begin()
    talking.visit().contact.take(by=worker)
    flood()
    assert Contact.objects.waiting().count() == 20
    refused = Visitor()
    refused.get("/chat/")
    said = text_of(refused.post("/chat/").content.decode())
    for help_now in ("999", "116 000", "Samaritans, 116 123"):
        assert help_now in said
    assert talking.say("still here").status_code == 302
    assert talking.visit().contact.last_line == 1


def test_i01_who_is_not_safe_is_never_turned_away_and_comes_first(flood):
    cleared(), opened()
    flood()
    Visitor().begin(not_safe="yes")
    assert Contact.objects.waiting().first().rank == Rank.NOT_SAFE
    assert Contact.objects.waiting().count() == 21


def test_i02_without_scripts_a_place_is_had_as_soon_as_there_is_one(flood, worker):
    """The same form again, no challenge, nothing to solve."""
    cleared(), opened()
    flood()
    late = Visitor()
    late.get("/chat/")
    assert "Start a chat" in late.post("/chat/").content.decode()
    Contact.objects.waiting().first().take(by=worker)
    late.post("/chat/")
    assert late.visit() is not None
    assert late.visit().contact.status == Contact.Status.WAITING


@pytest.mark.parametrize(
    "words",
    [
        "f*** you all, i am going to kill myself tonight",
        "you useless c**** i want to die",
    ],
)
def test_i04_swearing_hides_no_danger(words):
    cleared(), opened()
    somebody = Visitor().begin()
    assert somebody.say(words).status_code == 302
    contact = Contact.objects.with_key().get()
    assert contact.status == Contact.Status.WAITING
    said, *told = [line.words for line in Line.objects.opened(contact)]
    assert said == words
    assert any("999" in line for line in told)


def test_i03_two_hundred_lines_a_minute_are_slowed_and_none_is_lost():
    cleared(), opened()
    somebody = Visitor().begin()
    answers = [somebody.say(f"line {number}") for number in range(50)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [302] * capacity.IN_A_WINDOW + [429] * 20
    assert "line 49" in answers[-1].content.decode()
    cache.clear()  # as when the seconds are over
    assert somebody.say("line 49").status_code == 302


def test_j02_without_redis_the_chat_goes_on(settings, worker):
    cleared(), opened()
    nowhere = settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {"default": nowhere}
    somebody = Visitor().begin()
    assert somebody.say("is anybody there?").status_code == 302
    contact = Contact.objects.with_key().get()
    contact.take(by=worker)
    contact.say("worker", "yes")
    assert "yes" in page_after(somebody)
    assert len(somebody.code().split()) == 7
    assert somebody.press("stop").status_code == 302

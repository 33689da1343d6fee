"""Floods and haste: the queue has an end, nobody is banned, and who is not safe gets in."""

from datetime import timedelta

import pytest
from django.core.cache import cache, caches
from django.utils import timezone
from redis.exceptions import RedisError

from contacts.chat import capacity
from contacts.models import Contact, Visit
from helpline.foundation import visits
from helpline.foundation.staff.roles import Service

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

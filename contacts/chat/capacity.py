"""How much is too much: a full queue, and one chat that writes faster than anybody can read.

Nobody is ever banned and nobody is counted by where they come from: a chat is slowed for seconds,
and a full queue tells newcomers of other help. Who is not safe is never turned away (I01).
"""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from redis.exceptions import RedisError

from contacts.models import Contact, Visit

LATELY = timedelta(minutes=2)  # who gave a sign since then still waits
WINDOW = 10  # seconds
IN_A_WINDOW = 30  # lines of one chat that need no pause
PAUSE = 5.0  # seconds

BEFORE_AN_ANSWER = Q(status__in=[Contact.Status.BOT, Contact.Status.WAITING])


def full(service: str) -> bool:
    """Whether so many wait for this service, or talk to its chatbot, that no more can begin."""
    waiting = Contact.objects.filter(BEFORE_AN_ANSWER, service=service)
    here = waiting.filter(visit__here_at__gt=timezone.now() - LATELY)
    return here.values("pk")[: settings.QUEUE_LIMIT].count() >= settings.QUEUE_LIMIT


def too_fast(visit: Visit) -> float:
    """Seconds until this chat may say its next line; 0 nearly always, and 0 without Redis.

    Above 30 lines in 10 seconds it waits for 5: slowed, never banned (I03). Counted under the
    contact's own id for those seconds, and nowhere else.
    """
    key = f"pace:{visit.pk}"
    with suppress(RedisError):
        cache.add(key, 0, WINDOW)
        with suppress(ValueError):  # it ran out in between
            if cache.incr(key) > IN_A_WINDOW:
                return PAUSE
    return 0.0

"""Guessing passwords is made slow without locking anyone out, and without knowing any address.

After a few failures on one account every *browser session* must be some seconds old, and leave as
many between its attempts. An attacker waits for each guess; the person whose account is attacked
waits once, half a minute at most, and is in. Counters live in Redis for 15 minutes, under keyed
hashes.
"""

import logging
import threading
import time
from contextlib import contextmanager

from django.core.cache import cache
from django.core.exceptions import ValidationError
from redis.exceptions import RedisError

from helpline.foundation.vault import blind

logger = logging.getLogger(__name__)

FREE = 5  # failures on one account that cost nothing: people do mistype
LONGEST = 30  # seconds anyone ever waits for one attempt
WINDOW = 15 * 60  # seconds a failure counts
MANY = 300  # failures over all accounts in a window: somebody is trying a list of passwords
LAST_TRY = "tried_at"

_two_at_once = threading.BoundedSemaphore(2)  # each check takes 64 MB and a processor


def seconds_between(failures: int, failures_overall: int) -> int:
    """How far apart one browser's attempts on an account must be."""
    own = 2 ** min(failures - FREE, 10) if failures >= FREE else 0
    shared = 10 if failures_overall >= MANY else 0
    return min(max(own, shared), LONGEST)


def check(request, email: str) -> None:
    """Raise `ValidationError` when this browser must wait before it may try again.

    Without Redis nobody can count, so nobody signs in: an outage must not become an open door.
    """
    try:
        counted = cache.get_many([_key(email), _key()])
    except RedisError:
        raise ValidationError(
            "Sign-in is paused for a moment. Please try again in a minute."
        ) from None
    wait = seconds_between(counted.get(_key(email), 0), counted.get(_key(), 0))
    since = time.time() - request.session.get(LAST_TRY, 0)
    left = wait - min(since, request.session.age)
    if left > 0:
        raise ValidationError(
            f"There have been many attempts. Wait {int(left) + 1} seconds, then press again."
        )
    request.session[LAST_TRY] = time.time()


def failed(email: str) -> bool:
    """Count one failure on the account and one overall; whether the account is now under guard.

    True once in a window, when the free failures are used up. Many overall are said once, too.
    """
    if _count(_key()) == MANY:
        logger.error("sign-in alarm: %d failures within %d minutes", MANY, WINDOW // 60)
    return _count(_key(email)) == FREE


@contextmanager
def two_at_once():
    """Let two password checks run in this process; a third waits a second and is then sent away."""
    if not _two_at_once.acquire(timeout=1):
        raise ValidationError("Sign-in is busy. Please try again in a moment.")
    try:
        yield
    finally:
        _two_at_once.release()


def _key(email: str = "") -> str:
    return "sign-in:" + (blind.index("sign-in", email.strip().lower()) if email else "all")


def _count(key: str) -> int:
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key)
    except ValueError:  # it expired in between
        return 0

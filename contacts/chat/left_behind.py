"""Chats that their person left while still with the chatbot: the helpline ends them, so that they
are counted. Whoever waits for a person, or talks to one, is never cut off."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from contacts.models import Contact, Visit
from contacts.models.chat import QUIET_FOR
from contacts.vocabulary import Outcome
from helpline.foundation.states import WrongState

LEFT_AFTER = timedelta(hours=12)  # without any sign of their page


def left_behind(now: datetime):
    """Chats with the chatbot in which nobody has been for a long time."""
    since = now - LEFT_AFTER
    nobody = Q(visit__here_at=None) | Q(visit__here_at__lt=since)
    nothing = Q(visit__active_at=None) | Q(visit__active_at__lt=since)
    return Contact.objects.filter(nobody, nothing, status=Contact.Status.BOT, started_at__lt=since)


def end_all(now: datetime) -> int:
    """End them; return how many. Who has come back or asked for a person meanwhile is spared."""
    return sum(end_one(contact, now) for contact in left_behind(now))


def end_one(contact: Contact, now: datetime) -> bool:
    """End one, if it is still left behind once its row is locked."""
    try:
        with transaction.atomic():
            locked = contact.locked()
            if not left_behind(now).filter(pk=locked.pk).exists():
                return False
            locked.end(by=None, outcome=Outcome.THEY_LEFT)
    except WrongState:
        return False
    return True


def forget_all(now: datetime) -> int:
    """Of chats that have ended forget which browser had them, and when anybody was there (S0-01).

    How many. Whoever still reads, or answers what we ask afterwards, is spared.
    """
    ended = Contact.objects.filter(status=Contact.Status.ENDED).values("pk")
    quiet = Q(active_at=None) | Q(active_at__lt=now - QUIET_FOR)
    known = Q(active_at__isnull=False) | Q(worker_here_at__isnull=False)
    nothing = dict.fromkeys(["token", "active_at", "here_at", "worker_here_at"])
    return Visit.objects.filter(quiet, known, contact__in=ended).update(**nothing)

"""Chats that somebody began and never wrote in, once nobody is there: as of a flood from nowhere.

They step back behind everybody who is there, and leave the queue when nobody could open them any
more. A chat in which somebody wrote, said that they are not safe, or came back with their code is
never among them: what becomes of it is for a worker to decide.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from contacts.channels import Channel
from contacts.models.chat import QUIET_FOR
from contacts.models.contact import Contact, ContactQuerySet, Rank
from contacts.models.words import Line, Speaker
from contacts.vocabulary import Outcome
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import to_the_minute
from helpline.foundation.states import WrongState, move

SILENT_AFTER = timedelta(minutes=3)  # without a sign of a page that gives one every 20 seconds


def empty() -> ContactQuerySet:
    """Chats that wait in turn and in which nobody ever wrote a word."""
    wrote = Line.objects.filter(contact=OuterRef("pk"), speaker=Speaker.PERSON)
    chats = Contact.objects.filter(channel=Channel.CHAT, visit__isnull=False)
    waits = chats.filter(status=Contact.Status.WAITING)
    in_turn = waits.filter(rank__in=[Rank.ORDINARY, Rank.SILENT], thread=None, held=False)
    return in_turn.filter(~Exists(wrote))


def silent(now: datetime) -> ContactQuerySet:
    """Those whose page has given no sign for minutes, or was left."""
    no_sign = Q(visit__here_at=None) | Q(visit__here_at__lte=now - SILENT_AFTER)
    return empty().filter(no_sign)


def shut(now: datetime) -> ContactQuerySet:
    """Those that no browser opens any more, and no code, because none was ever given."""
    quiet = Q(visit__active_at=None) | Q(visit__active_at__lte=now - QUIET_FOR)
    return empty().filter(quiet | Q(visit__token=None))


def order(now: datetime) -> int:
    """Put silent ones behind everybody, and whoever gives a sign back into their place; how many.

    Safe to run in several processes at once: what one gets wrong the next round puts right.
    """
    gone = silent(now).order_by().values("pk")
    waits = Contact.objects.filter(status=Contact.Status.WAITING)
    back = waits.filter(rank=Rank.SILENT).exclude(pk__in=gone)
    moved = ranked(back, Rank.ORDINARY)
    return moved + ranked(waits.filter(rank=Rank.ORDINARY, pk__in=gone), Rank.SILENT)


def ranked(chats: ContactQuerySet, rank: Rank) -> int:
    """Give these chats that rank, and tell the consoles of their services."""
    services = set(chats.order_by().values_list("service", flat=True).distinct())
    moved = chats.update(rank=rank) if services else 0
    for service in services:
        live.ring("contacts", service)
    return moved


def lapse_all(now: datetime) -> int:
    """Take all out of the queue that are shut; return how many."""
    return sum(lapse(contact, now) for contact in shut(now))


@transaction.atomic
def lapse(contact: Contact, now: datetime) -> bool:
    """Take one out of the queue, if it is still empty and shut once its row is locked.

    It stands in no figure: nobody was in touch.
    """
    try:
        locked = contact.locked()
    except WrongState:
        return False
    if not shut(now).filter(pk=locked.pk).exists():
        return False
    move(
        locked,
        Contact.Status.ENDED,
        allowed=[Contact.Status.WAITING],
        ended_at=to_the_minute(now),
        outcome=Outcome.THEY_LEFT,
        rank=Rank.ORDINARY,
        waiting_since=None,
    )
    AuditEvent.objects.record(Action.CONTACT_ENDED, on=locked, by=None)
    live.ring("contacts", locked.service)
    return True

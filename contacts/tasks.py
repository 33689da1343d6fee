"""What beat asks of contacts."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from contacts.acts import reminding
from contacts.chat import left_behind
from contacts.models import Address, Pause, VendorCopy, Visit, empty
from contacts.suppliers import reminding as reviews
from contacts.written import arriving, sending
from helpline.foundation.calendar import london_today

logger = logging.getLogger(__name__)


@shared_task
def end_left_behind() -> None:
    """End chats that their person left with the chatbot or before a first word, and forget who had
    what ended, and breaks that nobody ended."""
    now = timezone.now()
    ended, lapsed = left_behind.end_all(now), empty.lapse_all(now)
    forgotten = left_behind.forget_all(now)
    Pause.objects.forgotten(now).delete()
    logger.info("chats left ended=%d lapsed=%d forgotten=%d", ended, lapsed, forgotten)


@shared_task
def take_chats_back() -> None:
    """Chats whose worker’s console is gone go back to the head of the queue, and empty ones whose
    page is silent to its end; as the web does."""
    taken, moved = Visit.objects.take_back(), empty.order(timezone.now())
    if taken or moved:
        logger.info("chats taken_back=%d moved=%d", taken, moved)


@shared_task
def remind_of_requests() -> None:
    """Tell the owners of what is late."""
    if reminded := reminding.remind(timezone.now()):
        logger.info("requests reminded=%d", reminded)


@shared_task
def send_answers() -> None:
    """Send what waits for people who texted or wrote, and say texts whose last part never came."""
    left, waits = sending.send_all()
    joined = arriving.join_what_came(timezone.now())
    if left or waits or joined:
        logger.info("answers sent=%d waiting=%d joined=%d", left, waits, joined)


@shared_task
def delete_copies() -> None:
    """Have suppliers delete what they hold of our messages, until it is gone there."""
    gone, waits = sending.delete_copies()
    if gone or waits:
        logger.info("copies gone=%d waiting=%d", gone, waits)


@shared_task
def forget_addresses() -> None:
    """Destroy numbers and mailboxes after 30 days of silence, and those of no conversation; and
    the bare rows of copies that were gone at their supplier a month ago."""
    VendorCopy.objects.filter(gone_at__lt=timezone.now() - timedelta(days=30)).delete()
    silent = Address.objects.silent(london_today()).forget()
    logger.info("addresses silent=%d unused=%d", silent, Address.objects.unused().forget())


@shared_task
def remind_of_reviews() -> None:
    """Tell who keeps the register of suppliers whose review is overdue."""
    if reminded := reviews.remind(timezone.now()):
        logger.info("suppliers reminded=%d", reminded)

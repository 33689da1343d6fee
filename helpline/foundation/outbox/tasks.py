"""Sending what waits in the outbox."""

import logging
from collections.abc import Callable
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from helpline.foundation.outbox.models import Message, MessageQuerySet

logger = logging.getLogger(__name__)

# So many that come to nothing end a run: the next is seconds away, and a mail server that does not
# answer would keep the queue from everything else that it has to do.
ENOUGH = 3


@shared_task
def send_what_waits() -> None:
    """Send every waiting message; a failure leaves it for a later run."""
    send_all(Message.objects.all)


def send_left_behind() -> None:
    """Send what the queue’s workers should have sent: they, or Redis, are away."""
    send_all(Message.objects.left)


def send_all(which: Callable[[], MessageQuerySet]) -> None:
    """Send one after the other until none of these is due, or `ENOUGH` came to nothing."""
    sent = failed = 0
    while failed < ENOUGH and (result := which().send_next()) is not None:
        sent, failed = sent + result, failed + (not result)
    if sent or failed:
        logger.info("outbox sent=%d failed=%d", sent, failed)


@shared_task
def forget_what_was_sent() -> None:
    """Remove the bare rows of messages sent more than a month ago."""
    Message.objects.filter(sent_at__lt=timezone.now() - timedelta(days=30)).delete()

"""Sending what waits in the outbox."""

import logging
from collections.abc import Callable
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from helpline.foundation.outbox.models import Message, MessageQuerySet

logger = logging.getLogger(__name__)


@shared_task
def send_what_waits() -> None:
    """Send every waiting message; a failure leaves it for a later run."""
    send_all(Message.objects.all)


def send_left_behind() -> None:
    """Send what the queue’s workers should have sent: they, or Redis, are away."""
    send_all(Message.objects.left)


def send_all(which: Callable[[], MessageQuerySet]) -> None:
    """Send one after the other until none of these is due."""
    sent = failed = 0
    while (result := which().send_next()) is not None:
        sent, failed = sent + result, failed + (not result)
    if sent or failed:
        logger.info("outbox sent=%d failed=%d", sent, failed)


@shared_task
def forget_what_was_sent() -> None:
    """Remove the bare rows of messages sent more than a month ago."""
    Message.objects.filter(sent_at__lt=timezone.now() - timedelta(days=30)).delete()

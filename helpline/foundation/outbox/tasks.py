"""Sending what waits in the outbox."""

import logging

from celery import shared_task

from helpline.foundation.outbox.models import Message

logger = logging.getLogger(__name__)


@shared_task
def send_what_waits() -> None:
    """Send every waiting message; a failure leaves it for a later run."""
    sent = failed = 0
    while (result := Message.objects.send_next()) is not None:
        sent, failed = sent + result, failed + (not result)
    if sent or failed:
        logger.info("outbox sent=%d failed=%d", sent, failed)

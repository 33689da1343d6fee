"""What beat asks of contacts."""

import logging

from celery import shared_task
from django.utils import timezone

from contacts.chat import left_behind

logger = logging.getLogger(__name__)


@shared_task
def end_left_behind() -> None:
    """End chats that their person left while still with the chatbot."""
    logger.info("chats left behind ended=%d", left_behind.end_all(timezone.now()))

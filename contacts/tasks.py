"""What beat asks of contacts."""

import logging

from celery import shared_task
from django.utils import timezone

from contacts.acts import reminding
from contacts.chat import left_behind
from contacts.models import Visit

logger = logging.getLogger(__name__)


@shared_task
def end_left_behind() -> None:
    """End chats that their person left while still with the chatbot; forget who had what ended."""
    now = timezone.now()
    ended, forgotten = left_behind.end_all(now), left_behind.forget_all(now)
    logger.info("chats left behind ended=%d forgotten=%d", ended, forgotten)


@shared_task
def take_chats_back() -> None:
    """Chats whose worker’s console is gone go back to the head of the queue; as the web does."""
    if count := Visit.objects.take_back():
        logger.info("chats taken_back=%d", count)


@shared_task
def remind_of_requests() -> None:
    """Tell the owners of what is late."""
    if reminded := reminding.remind(timezone.now()):
        logger.info("requests reminded=%d", reminded)

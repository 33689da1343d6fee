"""What beat asks of the vault."""

import logging

from celery import shared_task

from helpline.foundation.calendar import london_today
from helpline.foundation.vault import ring, turning

logger = logging.getLogger(__name__)


@shared_task
def turn_keys() -> None:
    """Turn the keys when a week is over, or finish a turning that was interrupted."""
    done = turning.turn(london_today())
    logger.info("keys epoch=%d wrapped=%d unopened=%d", done.epoch, done.wrapped, done.unopened)


@shared_task
def copy_ring() -> None:
    """Keep today's copy of the key ring, and forget copies older than a week."""
    ring.copy(london_today())

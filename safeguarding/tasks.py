"""What beat asks safeguarding to do."""

import logging

from celery import shared_task

from safeguarding import sweeping

logger = logging.getLogger(__name__)


@shared_task
def sweep_alerts() -> None:
    """Tell every alert that is due, as the web processes do."""
    if told := sweeping.sweep():
        logger.info("alerts told=%d", told)

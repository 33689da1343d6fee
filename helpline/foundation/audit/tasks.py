"""What beat asks of the trail."""

import logging

from celery import shared_task

from helpline.foundation.audit import seals
from helpline.foundation.calendar import london_today

logger = logging.getLogger(__name__)


@shared_task
def seal_trail() -> None:
    """Seal every finished event."""
    seals.seal()


@shared_task
def anchor_trail() -> None:
    """Write the newest seal to the anchor file, to be carried off the machine."""
    seals.anchor()


@shared_task
def end_events() -> None:
    """Remove events whose six years are over."""
    logger.info("trail ended=%d", seals.remove_ended(london_today()))

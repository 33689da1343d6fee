"""What beat asks privacy to do."""

import logging

from celery import shared_task

from helpline.foundation.calendar import london_today
from privacy import retention

logger = logging.getLogger(__name__)


@shared_task
def purge_what_is_due() -> None:
    """Purge what is due today in London; a purge already at work is left alone."""
    try:
        run = retention.purge_all(london_today())
    except retention.Busy:
        logger.info("retention busy")
    else:
        logger.info("retention result=%s purged=%d held=%d", run.result, run.purged, run.held)

"""What beat asks safeguarding to do."""

import logging

from celery import shared_task

from safeguarding import sweeping
from safeguarding.sharing import correcting

logger = logging.getLogger(__name__)


@shared_task
def sweep_alerts() -> None:
    """Tell every alert that is due, as the web processes do."""
    if told := sweeping.sweep():
        logger.info("alerts told=%d", told)


@shared_task
def owe_what_was_corrected() -> None:
    """Open a task for each recipient of something that was corrected since."""
    if owed := correcting.owe_what_was_corrected():
        logger.info("recipients owed=%d", owed)

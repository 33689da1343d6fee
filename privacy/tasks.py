"""What beat asks privacy to do."""

import logging

from celery import shared_task
from django.utils import timezone

from helpline.foundation.calendar import london_today
from helpline.foundation.vault import ring
from privacy import facts, keys, retention
from privacy.bundle import making
from privacy.erasure import erasing
from privacy.models import Bundle, RightsRequest
from privacy.rights import ending, texted

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


@shared_task
def open_what_was_texted() -> None:
    """Open a request for whoever texted or mailed DELETE."""
    if opened := texted.open_all():
        logger.info("requests opened=%d", opened)


@shared_task
def turn_keys() -> None:
    """Turn the keys when a week is over, or finish a turning that was interrupted."""
    done = keys.turn(london_today())
    logger.info("keys epoch=%d wrapped=%d unopened=%d", done.epoch, done.wrapped, done.unopened)


@shared_task
def end_facts() -> None:
    """Remove what has been kept for its six years."""
    logger.info("facts ended=%s", facts.end_all(london_today()))


@shared_task
def copy_ring() -> None:
    """Keep today's copy of the key ring, and forget copies older than a week."""
    ring.copy(london_today())


@shared_task
def follow_calendar() -> None:
    """Move limits with the bank holidays that were proclaimed since yesterday."""
    if moved := RightsRequest.objects.follow_calendar(london_today()):
        logger.info("requests moved=%d", moved)


@shared_task
def make_bundles() -> None:
    """Make every bundle that somebody waits for; safe to run twice, and after a kill."""
    while bundle := Bundle.objects.next_to_make():
        making.make_or_fail(bundle)
        logger.info("bundle made=%s", bundle.pk)


@shared_task
def erase_what_was_decided() -> None:
    """Carry out every erasure that is due; one that was killed goes on where it stopped."""
    if gone := erasing.run_due(timezone.now()):
        logger.info("erasure gone=%d", gone)


@shared_task
def forget_evidence() -> None:
    """Destroy the details of every proof of who asks that was seen 30 days ago."""
    while gone := ending.forget_evidence(london_today()):
        logger.info("evidence gone=%d", gone)


@shared_task
def end_bundles() -> None:
    """Destroy the files that were made 90 days ago."""
    if ended := Bundle.objects.end_all(london_today()):
        logger.info("bundles ended=%d", ended)

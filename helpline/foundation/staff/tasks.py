"""What beat does for staff."""

import logging

from celery import shared_task

from helpline.foundation.staff.models import Invitation, Session

logger = logging.getLogger(__name__)


@shared_task
def end_sessions():
    """Remove sessions and invitations that have run out; no cookie or link opens them already."""
    sessions, _ = Session.objects.dead().delete()
    invitations, _ = Invitation.objects.run_out().delete()
    logger.info("staff sessions=%d invitations=%d", sessions, invitations)

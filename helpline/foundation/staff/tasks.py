"""What beat does for staff."""

import logging

from celery import shared_task
from django.utils import timezone

from helpline.foundation.staff.models import Invitation, PartnerAnswer, PartnerKey, Session

logger = logging.getLogger(__name__)


@shared_task
def end_sessions():
    """Remove sessions and invitations that have run out; no cookie or link opens them already."""
    sessions, _ = Session.objects.dead().delete()
    invitations, _ = Invitation.objects.run_out().delete()
    logger.info("staff sessions=%d invitations=%d", sessions, invitations)


@shared_task
def forget_partners():
    """Remove keys that ended a month ago, and answers that no system may ask for again."""
    now = timezone.now()
    answers, _ = PartnerAnswer.objects.forgotten(now).delete()
    keys, _ = PartnerKey.objects.long_over(now).delete()
    logger.info("partners answers=%d keys=%d", answers, keys)

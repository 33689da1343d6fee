"""Where suppliers bring texts and e-mail; nobody else can say anything here.

What they send is checked, cleaned and stored in one go. A failure is told by its status alone, so
that the supplier tries again and learns nothing.
"""

import logging

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from contacts.written import adapters
from contacts.written.adapters import webhooks
from contacts.written.adapters.ways import Forged, NotNow
from contacts.written.arriving import take_in, take_report
from contacts.written.message import Message, Report, Unreadable

logger = logging.getLogger(__name__)


@csrf_exempt  # the supplier has no session; its signature says who it is
@require_POST
@login_not_required
def texts_in(request, provider):
    """A text, or what became of one of ours, from the supplier that is in use."""
    if provider != settings.TEXTS_BY:
        return HttpResponse(status=404)
    try:
        way = adapters.texts()
    except NotNow:
        return HttpResponse(status=503)
    try:
        found = way.read(request.headers, settings.SITE_URL + request.get_full_path(), request.body)
    except (Forged, Unreadable) as problem:
        return refused(problem)
    return taken([found] if found else [])


@csrf_exempt
@require_POST
@login_not_required
def mail_in(request, provider):
    """E-mail from the provider that is in use."""
    if provider != settings.MAIL_BY:
        return HttpResponse(status=404)
    try:
        found = webhooks.read(request)
    except (Forged, Unreadable) as problem:
        return refused(problem)
    return taken(found)


def refused(problem: Exception) -> HttpResponse:
    """Nothing was stored; the log knows how it failed and nothing of what came."""
    forged = isinstance(problem, Forged)
    logger.warning("A message was refused: %s.", "forged" if forged else "unreadable")
    return HttpResponse(status=403 if forged else 422)


def taken(found: list[Message | Report]) -> HttpResponse:
    """Everything that came is stored; again is as good as the first time."""
    for each in found:
        outcome = take_report(each) if isinstance(each, Report) else take_in(each)
        logger.info("written %s dropped=%d", outcome, each.dropped)
    return HttpResponse(status=204)

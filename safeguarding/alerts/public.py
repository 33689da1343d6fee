"""Signing out, which opens also to those who are signed in no more."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_POST

from helpline.foundation.staff import public as staff
from helpline.foundation.staff import sign_in
from safeguarding.models import Escalation


@require_POST
@login_not_required
def sign_out(request):
    """End this session; whoever owns an open immediate escalation is asked first (E12)."""
    if sign_in.is_complete(request) and "anyway" not in request.POST:
        owned = list(Escalation.objects.needing(request.user))
        if owned:
            return render(request, "safeguarding/alerts/leaving.html", {"owned": owned})
    return staff.sign_out(request)

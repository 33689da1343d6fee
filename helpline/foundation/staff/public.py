"""The few staff pages that open without being signed in: joining, and signing out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.forms import JoinForm
from helpline.foundation.staff.models import Invitation


@require_http_methods(["GET", "POST"])
@login_not_required
def invitation(request, token):
    """Where an invitation's link leads; a used, old or invented one is a 404."""
    found = Invitation.objects.by_token(token).select_related("staff").first()
    if found is None:
        raise Http404
    form = JoinForm(request.POST or None, staff=found.staff)
    if form.is_valid():
        found.accept(**form.cleaned_data)
        messages.success(request, "Welcome. Sign in now; you will then set up your second factor.")
        return redirect("account_login")
    return render(request, "staff/invitation.html", {"form": form, "email": found.staff.email})


@require_POST
@login_not_required
def sign_out(request):
    """End this session at once and have the browser forget what it kept (G03).

    The page itself is mounted by `safeguarding`, which asks first whether somebody is needed.
    """
    if request.user.is_authenticated:
        AuditEvent.objects.record(Action.SIGNED_OUT, on=request.user, by=request.user)
    request.session.flush()
    response = redirect("account_login")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response.delete_cookie(settings.SESSION_COOKIE_NAME)
    return response

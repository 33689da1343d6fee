"""One click signs in as a member of the demonstration's cast. Exists only where the demo does."""

from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from helpline.demo import people
from helpline.foundation.staff import sign_in as policy
from helpline.foundation.staff.roles import Role

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@csrf_exempt  # the welcome page has no session and so no token; the origin is checked instead
@require_POST
@login_not_required
def sign_in(request):
    """The real sign-in's last step, for an account with enrolled factors; 404 off this machine."""
    staff = _cast(request.POST.get("role"))
    if staff is None or not _from_here(request):
        raise Http404
    request.session.flush()
    get_adapter(request).login(request, staff)
    policy.complete(request)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _cast(role):
    return people.member(Role(role)) if role in Role.values else None


def _from_here(request) -> bool:
    host = request.get_host()
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != host:
        return False
    return urlsplit(f"//{host}").hostname in LOOPBACK

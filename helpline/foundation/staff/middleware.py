"""Nobody passes without signing in, and nobody signs in without a second factor."""

from urllib.parse import urlencode

from django.contrib.auth import get_user, logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from helpline.foundation.staff import sign_in

# What someone whose password was right may do before any second factor exists: enrol one.
ENROLMENT = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "staff_totp_picture",
    "account_reauthenticate",
}


class WhoMiddleware(AuthenticationMiddleware):
    """Whoever signed in, from the statement that read their session; in doubt Django decides."""

    def process_request(self, request):
        """Attach the person: at once if the session has been read, else when somebody asks."""
        super().process_request(request)
        session = request.session
        found = session.owner() if session.staff else None
        request.user = found or SimpleLazyObject(lambda: session.owner() or get_user(request))


class SignInMiddleware:
    """Ask for sign-in on every view that is not marked `login_not_required`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Let through, or send to the step of the sign-in that is missing."""
        if not getattr(view, "login_required", True) or sign_in.is_complete(request):
            return None
        if not request.user.is_authenticated:
            return _go(request, _sign_in_page(request))
        if sign_in.factors(request.user).exists():
            logout(request)  # enrolled elsewhere meanwhile: this session must show it too
            return _go(request, _sign_in_page(request))
        if request.resolver_match.url_name in ENROLMENT:
            return None
        return _go(request, reverse("mfa_activate_totp"))


def _sign_in_page(request) -> str:
    page = reverse("account_login")
    if request.method != "GET" or "HX-Request" in request.headers:
        return page
    return f"{page}?{urlencode({'next': request.get_full_path()})}"


def _go(request, url):
    """A redirect; to htmx, which would paste the page it leads to into this one, an order to go."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)

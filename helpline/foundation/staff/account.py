"""allauth's pages where ours must do a little more."""

from io import BytesIO

import qrcode
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET
from qrcode.image.svg import SvgPathImage

from helpline.foundation.staff import sign_in
from helpline.foundation.staff.access import for_all_staff


class Enrolment:
    """Enrolling the first factor proves it, so it is also the last step of the first sign-in."""

    def form_valid(self, form):
        """Store the factor; every other browser of this person is signed out."""
        response = super().form_valid(form)
        self.request.user.end_sessions(but=self.request.session.session_key)
        if not sign_in.is_complete(self.request):
            sign_in.complete(self.request)
        return response


class EnrolApp(Enrolment, ActivateTOTPView):
    """An authenticator app."""


class EnrolPasskey(Enrolment, AddWebAuthnView):
    """A passkey or security key."""


class RemovePasskey(RemoveWebAuthnView):
    """allauth would let the last factor go."""

    def form_valid(self, form):
        """Remove it, if another factor stays."""
        if not get_adapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, "This is your only second factor. Add another one first.")
            return redirect("mfa_index")
        return super().form_valid(form)


@require_GET
@for_all_staff
def totp_picture(request):
    """The QR code of the app being enrolled; a file, for the page may hold no inline data."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    picture = BytesIO()
    url = get_adapter().build_totp_url(request.user, secret)
    qrcode.make(url, image_factory=SvgPathImage).save(picture)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")

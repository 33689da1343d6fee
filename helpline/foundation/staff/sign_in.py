"""When somebody counts as signed in: password and second factor, both used in this session."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.sessions import SECOND_FACTOR

REAL_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_complete(request) -> bool:
    """Whether this request comes from someone who has used both factors."""
    return request.user.is_authenticated and request.session.get(SECOND_FACTOR) is True


def complete(request) -> None:
    """The last step of every sign-in: the second factor was used; the key is a new one (G01)."""
    request.session.cycle_key()
    request.session[SECOND_FACTOR] = True
    AuditEvent.objects.record(Action.SIGNED_IN, on=request.user, by=request.user)


def factors(staff):
    """The second factors someone has enrolled; recovery codes stand in for one, they are none."""
    return Authenticator.objects.filter(user=staff, type__in=REAL_FACTORS)


def enrol_app(staff, secret: str | None = None) -> str:
    """Enrol an authenticator app and recovery codes without a browser; returns the app's secret."""
    secret = secret or generate_totp_secret()
    TOTP.activate(staff, secret)
    RecoveryCodes.activate(staff)
    return secret

"""How a partner system comes in: by its key alone, within its scopes, at a bearable pace."""

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import PartnerKey
from helpline.foundation.staff.roles import Scope
from helpline.foundation.states import Unavailable

MINUTE = 60  # seconds


class ByKey(BaseAuthentication):
    """`Authorization: Bearer …`; no session and no cookie opens anything here."""

    def authenticate(self, request):
        """The key in force; None when none was sent, so that the answer is the same bare 401."""
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        key = PartnerKey.objects.by_token(token)
        if key is None:
            raise AuthenticationFailed
        key.used()
        return None, key

    def authenticate_header(self, request):
        """Makes the refusal a 401."""
        return "Bearer"


class Requires(BasePermission):
    """Open an endpoint to keys with `scope`; who lacks it is told so, and it is written down."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self) -> "Requires":
        """DRF makes one of each class it is given; this one is made already."""
        return self

    def has_permission(self, request, view) -> bool:
        """Whether the key may."""
        if request.auth is None:
            return False
        if self.scope in request.auth.scopes:
            return True
        AuditEvent.objects.record(
            Action.ACCESS_REFUSED, on=request.auth, by=request.auth, page=self.scope
        )
        return False


class Pace(BaseThrottle):
    """So many requests a minute for each key, counted under its id and nothing else."""

    def allow_request(self, request, view) -> bool:
        """Whether this one is within the minute's number; without Redis nobody can count."""
        counter = f"partner:{request.auth.pk}"
        try:
            cache.add(counter, 0, MINUTE)
            return cache.incr(counter) <= settings.PARTNER_PACE
        except ValueError:  # the minute ended in between
            return True
        except RedisError:
            raise Unavailable("Please try again in a minute.") from None

    def wait(self) -> int:
        """Seconds after which it may come again."""
        return MINUTE

"""What a page asks of whoever opens it; without it, the page does not exist for them."""

from collections.abc import Callable
from functools import wraps
from typing import NoReturn

from django.http import Http404

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.roles import Permission

EVERYONE = "everyone signed in"


def requires(permission: Permission) -> Callable:
    """Open a page to staff whose roles allow `permission`; to others it is the usual 404 (F04)."""

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not (request.user.is_authenticated and request.user.may(permission)):
                refuse(request)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def refuse(request) -> NoReturn:
    """Answer that the page does not exist, and write down who asked for which (F09).

    What may not be seen and what does not exist take this same path, so neither can be told apart.
    """
    if request.user.is_authenticated:
        record_refusal(request.user, request.resolver_match)
    raise Http404


def record_refusal(staff, asked) -> None:
    """Write down that somebody signed in asked for a page or stream that is not theirs."""
    about = asked.kwargs.get("pk")
    AuditEvent.objects.record(
        Action.ACCESS_REFUSED, on=None, by=staff, page=asked.url_name, record=about
    )


def for_all_staff(view: Callable) -> Callable:
    """Open a page to everyone who is signed in, whatever their roles."""
    view.permission = EVERYONE  # type: ignore[attr-defined]
    return view

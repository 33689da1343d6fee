"""What a page asks of whoever opens it; without it, the page does not exist for them."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404

from helpline.foundation.staff.roles import Permission

EVERYONE = "everyone signed in"


def requires(permission: Permission) -> Callable:
    """Open a page to staff whose roles allow `permission`; to others it is the usual 404 (F04)."""

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not (request.user.is_authenticated and request.user.may(permission)):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.permission = permission
        return guarded

    return guard


def for_all_staff(view: Callable) -> Callable:
    """Open a page to everyone who is signed in, whatever their roles."""
    view.permission = EVERYONE
    return view

"""A visitor's cookie: the whole of what a browser keeps while somebody chats, and no row here.

It holds a random token and the secret of the page's forms, signed. The browser forgets it when it
closes; a new chat gets a new one, so two chats of one browser share nothing (A14).
"""

import secrets

from django.conf import settings
from django.core import signing

from helpline.foundation.staff.sessions import NoSession

PATHS = ("/chat/", "/back/", "/your-data/")  # the only paths on which a visitor has a cookie
SALT = "visit"
TOKEN = "token"  # noqa: S105 (the name of a field)
READY = "ready"  # set while the token has begun nothing yet
NEXT = "next"  # the token of the chat with which the person may carry on


def new_token() -> str:
    """A token that nobody guesses: 256 bits."""
    return secrets.token_urlsafe(32)


def read(cookie: str) -> dict[str, str]:
    """What a cookie of ours holds; nothing for one that is not."""
    try:
        return signing.loads(cookie, salt=SALT) if cookie else {}
    except signing.BadSignature:
        return {}


def token_of(cookie: str) -> str:
    """The token in a cookie; empty when there is none of ours."""
    return read(cookie).get(TOKEN, "")


class VisitSession(NoSession):
    """Django's session interface over the cookie alone."""

    def __init__(self, held: dict[str, str]):
        super().__init__()
        self._session_cache = dict(held)

    @property
    def token(self) -> str:
        """The token this browser holds; empty when it has none."""
        return self.get(TOKEN, "")

    def renew(self) -> str:
        """A new token and, at the next form, a new secret: nothing leads back to the one before."""
        self._session_cache = {TOKEN: new_token()}
        self.modified = True
        return self.token

    def prepare(self) -> None:
        """Have a token at hand for the chat that may begin on this page."""
        if not self.token:
            self.renew()
            self[READY] = True

    def begun(self) -> str:
        """The token for a chat that begins: the one at hand, so that a button pressed twice begins
        one chat (H13); a new one where that has begun something before."""
        return self.token if self.pop(READY, False) else self.renew()

    @property
    def next_token(self) -> str:
        """The token of the chat that carries on from this one; empty when none is at hand."""
        return self.get(NEXT, "")

    def prepare_next(self) -> None:
        """Have a token at hand for the chat that may carry on from this one, so that a button
        pressed twice begins one chat (H13)."""
        if not self.next_token:
            self[NEXT] = new_token()

    def carry_on(self, token: str) -> None:
        """Hold this token instead. The secret of the forms stays: the same button may be pressed
        again before its answer is there."""
        self[TOKEN] = token
        self.pop(NEXT, None)

    def forget(self) -> None:
        """Let the browser forget it."""
        self._session_cache = {}
        self.modified = True


class VisitMiddleware:
    """The visitor's cookie on the pages of the chat, and nowhere else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(PATHS):
            return self.get_response(request)
        request.session = VisitSession(read(request.COOKIES.get(settings.VISIT_COOKIE_NAME, "")))
        response = self.get_response(request)
        if request.session.modified:
            store(response, dict(request.session.items()))
        return response


def store(response, held: dict[str, str]) -> None:
    """Give the browser its cookie, or take it away when there is nothing to hold."""
    if not held:
        response.delete_cookie(settings.VISIT_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.VISIT_COOKIE_NAME,
        signing.dumps(held, salt=SALT),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )

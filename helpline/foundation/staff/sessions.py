"""Staff sessions: rows of our own, found by a keyed hash, sealed, and ended by one DELETE.

Public paths have no session and set no cookie at all.
"""

import json
from datetime import timedelta

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions import middleware
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from helpline.foundation.staff.models import Session, Staff
from helpline.foundation.vault import blind, box
from helpline.foundation.vault.sealed import CannotOpen

PATHS = ("/staff/", "/demo/", "/exit/")  # the only paths on which a session exists
SECOND_FACTOR = "second_factor"  # set in a session once its owner has used a second factor in it
SEEN_WITHIN = timedelta(
    seconds=10
)  # how far `seen_at` may lag, so that most requests write nothing


def staff_of(session_key: str) -> Staff | None:
    """Who works behind this cookie, fully signed in and active; asking is not activity."""
    session = Session.objects.behind(session_key)
    if session is None or session.staff is None or not session.second_factor:
        return None
    return session.staff if session.staff.is_active else None


class SessionStore(SessionBase):
    """Django's session interface over `Session`."""

    started_at = None
    seen_at = None
    staff = None  # whose it is, read in the same statement

    def load(self):
        """The data of a live session; a dead, unknown or damaged one is as good as none."""
        row = Session.objects.behind(self.session_key)
        try:
            data = json.loads(box.open("session", row.data)) if row else None
        except CannotOpen:
            data = None
        if data is None:
            self._session_key = None
            return {}
        self.started_at, self.seen_at, self.staff = row.started_at, row.seen_at, row.staff
        return data

    def owner(self) -> Staff | None:
        """Who signed in here, if they may still and have not changed their password since."""
        said = self.get(SESSION_KEY)  # loads the row
        staff = self.staff
        if staff is None or str(staff.pk) != said or not staff.is_active:
            return None
        hashed = self.get(HASH_SESSION_KEY, "")
        return staff if constant_time_compare(hashed, staff.get_session_auth_hash()) else None

    def exists(self, session_key):
        """Whether this key is taken."""
        return Session.objects.with_key(session_key).exists()

    def create(self):
        """A new session under a new key."""
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create=False):
        """Seal and store; raises `UpdateError` when somebody has ended the session meanwhile."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)
        changes = {
            "data": box.seal("session", json.dumps(data)),
            "staff_id": data.get(SESSION_KEY),
            "second_factor": data.get(SECOND_FACTOR) is True,
        }
        if must_create:
            self._insert(changes)
        elif not Session.objects.with_key(self.session_key).update(**changes):
            raise UpdateError

    def _insert(self, changes):
        now = timezone.now()
        key_hash = blind.index("session", self.session_key)
        try:
            with transaction.atomic():
                Session.objects.create(key_hash=key_hash, started_at=now, seen_at=now, **changes)
        except IntegrityError:
            raise CreateError from None
        self.started_at = self.seen_at = now

    def delete(self, session_key=None):
        """Sign this browser out."""
        key = session_key or self.session_key
        if key:
            Session.objects.with_key(key).delete()

    @property
    def age(self) -> float:
        """Seconds since this browser's session began; 0 when it has none yet."""
        self._get_session()  # loads the row
        return (timezone.now() - self.started_at).total_seconds() if self.started_at else 0.0

    def touch(self):
        """Note that somebody is there, which moves the idle limit but not the absolute one."""
        now = timezone.now()
        if self.seen_at and self.seen_at < now - SEEN_WITHIN:
            Session.objects.alive().with_key(self.session_key).update(seen_at=now)

    @classmethod
    def clear_expired(cls):
        """Remove rows that no cookie opens any more."""
        Session.objects.dead().delete()


class NoSession(SessionBase):
    """What Django's middleware finds on public paths: empty, never loaded, never stored."""

    staff = None

    def __init__(self):
        super().__init__()
        self._session_cache = {}

    def owner(self) -> None:
        """Nobody."""


class SessionMiddleware(middleware.SessionMiddleware):
    """A session under /staff/ and /demo/ and on the way out, and nowhere else."""

    def process_request(self, request):
        """Attach the session, or the empty one."""
        if request.path.startswith(PATHS):
            super().process_request(request)
        else:
            request.session = NoSession()

    def process_response(self, request, response):
        """Store what changed; note activity unless a page asked by itself, without its reader."""
        if isinstance(request.session, NoSession):
            return response
        if request.session.accessed and "X-Poll" not in request.headers:
            request.session.touch()
        return super().process_response(request, response)

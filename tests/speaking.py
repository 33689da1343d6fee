"""People who chat through the page's own form, as their browsers would send it."""

import uuid
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.middleware import csrf
from django.utils import timezone

from contacts.models import Contact, Visit
from helpline.foundation import visits
from helpline.foundation.calendar import to_the_minute
from helpline.foundation.staff.roles import Service
from tests import serving

FORM = ("Content-Type", "application/x-www-form-urlencoded")
SCRIPT = ("X-Script", "1")
SECRET = "s" * csrf.CSRF_SECRET_LENGTH


class Person(NamedTuple):
    """Somebody whose browser holds the cookie of an open chat."""

    token: str
    cookie: str
    contact: Contact

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [("Cookie", f"{settings.VISIT_COOKIE_NAME}={self.cookie}")]

    def form(self, words: str, nonce: uuid.UUID | None = None) -> bytes:
        """The page's form as it goes over the wire."""
        return urlencode(
            {
                "csrfmiddlewaretoken": csrf._mask_cipher_secret(SECRET),
                "nonce": nonce or uuid.uuid4(),
                "text": words,
            }
        ).encode()

    def say(self, port, words: str, nonce: uuid.UUID | None = None, *, headers=(SCRIPT,)):
        """Send one line; the answer."""
        told = [*self.headers, FORM, *headers]
        body = self.form(words, nonce)
        return serving.ask(port, "/chat/say/", method="POST", body=body, headers=told)

    def listen(self, port, after=0, *, headers=()) -> serving.Listening:
        """The stream of their page."""
        return serving.Listening(
            port, f"/live/chat/?after={after}", headers=[*self.headers, *headers]
        )


def a_person(worker=None) -> Person:
    """Somebody who has begun a chat, and whom `worker` has answered if there is one."""
    token = visits.new_token()
    visit = Visit.objects.begin(token, service=Service.HELPLINE, notices=(1, 1))
    if worker:  # without the verb, which knows how many chats one worker may have
        contact, now = visit.contact, timezone.now()
        contact.status, contact.waiting_since = Contact.Status.OPEN, None
        contact.worker, contact.answered_at = worker, to_the_minute(now)
        contact.save()
    held = {visits.TOKEN: token, csrf.CSRF_SESSION_KEY: SECRET}
    return Person(token, signing.dumps(held, salt=visits.SALT), visit.contact)

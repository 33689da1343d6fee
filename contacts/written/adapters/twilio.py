"""Texts by Twilio: its webhooks and its interface, as far as we need them.

Its webhooks tell the sender's city, postcode, country and network; none of that is looked at. They
carry no time, so what keeps one from coming twice is its id, of which we keep the hash as long as
what it brought.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.urls import reverse

from contacts.channels import Channel
from contacts.models import Dispatch
from contacts.written import senders
from contacts.written.adapters.ways import Forged, asked, fields_of, judged
from contacts.written.mail import MARK
from contacts.written.message import Message, Report, Sign
from helpline.foundation.vault import blind

FAILED = {"failed", "undelivered"}
TAKEN = {"From", "Body", "MessageSid", "NumMedia"}


class Twilio:
    """The supplier of that name."""

    name = "twilio"
    keeps_copies = True

    def read(self, headers: Mapping[str, str], url: str, body: bytes) -> Message | Report | None:
        """A message, or what became of one of ours."""
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        except ValueError:
            pairs = []
        held = dict(pairs)
        told = headers.get("x-twilio-signature", "")
        if not held or not hmac.compare_digest(told.encode(), self.signature(url, pairs).encode()):
            raise Forged
        if state := held.get("MessageStatus"):
            return self.report(held, state, dict(parse_qsl(urlsplit(url).query)).get("key", ""))
        media = held.get("NumMedia", "0") not in {"", "0"}
        reference = held.get("MessageSid", "")
        return Message(
            channel=Channel.TEXT,
            sender=senders.number(held.get("From", "")),
            words=held.get("Body", ""),
            mark=blind.index(MARK, f"{self.name}:{reference}"),
            provider=self.name,
            reference=reference,
            dropped=len(held.keys() - TAKEN),
            left_out=(Sign.ATTACHMENT,) if media else (),
        )

    def report(self, held: dict, state: str, key: str) -> Report | None:
        """What became of a message; steps in between do not matter."""
        if state != "delivered" and state not in FAILED:
            return None
        told = "failed" if state in FAILED else state
        return Report(held.get("MessageSid", ""), told, dropped=len(held) - 2, key=key)

    def signature(self, url: str, pairs: list[tuple[str, str]]) -> str:
        """What Twilio signs: the address that it called and every field, ordered by their names."""
        signed = url + "".join(name + value for name, value in sorted(set(pairs)))
        made = hmac.new(settings.TEXTS_SECRET.encode(), signed.encode(), hashlib.sha1)
        return base64.b64encode(made.digest()).decode()

    def send(self, key: str, to: str, words: str, *, by_itself: bool) -> str:
        """Twilio takes no key of ours, so what was left without an answer is looked for; only its
        reports bring the key back."""
        states = f"{settings.SITE_URL}{reverse('texts_in', args=[self.name])}?key={key}"
        told = {"To": to, "From": settings.TEXTS_FROM, "Body": words, "StatusCallback": states}
        answer = judged(asked("POST", self.url("Messages"), data=told, auth=self.key))
        return str(fields_of(answer).get("sid", ""))

    def find(self, key: str, to: str, words: str, *, since: datetime) -> str | None:
        """The message with these words that no other row of ours is known by."""
        wanted = {"To": to, "DateSent>": f"{since:%Y-%m-%d}", "PageSize": "200"}
        answer = judged(asked("GET", self.url("Messages"), params=wanted, auth=self.key))
        for found in fields_of(answer).get("messages", []):
            same = found.get("body") == words and found.get("to") == to
            if same and not Dispatch.objects.known_as(str(found.get("sid"))).exists():
                return str(found.get("sid"))
        return None

    def delete(self, reference: str) -> None:
        """404 is done too."""
        answer = asked("DELETE", self.url(f"Messages/{reference}"), auth=self.key)
        if answer.status_code != 404:
            judged(answer)

    def has(self, reference: str) -> bool:
        """Whether Twilio still shows it."""
        answer = asked("GET", self.url(f"Messages/{reference}"), auth=self.key)
        if answer.status_code == 404:
            return False
        return bool(fields_of(judged(answer)))

    @property
    def key(self) -> tuple[str, str]:
        """Who we are to it."""
        return settings.TEXTS_ACCOUNT, settings.TEXTS_SECRET

    def url(self, what: str) -> str:
        """An address of its interface."""
        return f"{settings.TEXTS_URL}/2010-04-01/Accounts/{settings.TEXTS_ACCOUNT}/{what}.json"

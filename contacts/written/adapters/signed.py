"""Our own small protocol of texts, for any gateway that can be taught it, and for trying it out.

Both ways JSON over HTTP, signed as Standard Webhooks say: `webhook-id`, `webhook-timestamp` (five
minutes at most) and `webhook-signature`. A message is `{"type": "message", "from", "text"}`, of a
text in parts also `"part": {"of", "number", "whole"}`; a report is `{"type": "report", "id",
"state"}`.
The gateway takes `POST /messages` `{"id", "to", "from", "text"}` once for each id, and answers to
`GET` and `DELETE /messages/<id>`, where the id of a message that it brought is its `webhook-id`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from django.conf import settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from contacts.channels import Channel
from contacts.written import senders
from contacts.written.adapters.ways import Forged, asked, fields_of, judged
from contacts.written.mail import MARK
from contacts.written.message import Message, Report, Unreadable
from helpline.foundation.vault import blind

MOST_PARTS = 20


def signature(secret: str, key: str, body: str) -> dict[str, str]:
    """The headers that say who sent a body and when."""
    now = datetime.now(UTC)
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, now, body),
        "content-type": "application/json",
    }


class Signed:
    """A gateway that speaks this protocol."""

    name = "signed"
    keeps_copies = True

    def read(self, headers: Mapping[str, str], url: str, body: bytes) -> Message | Report | None:
        """A message or a report; every other field is left out and counted (A06)."""
        try:
            held = Webhook(settings.TEXTS_SECRET).verify(body, dict(headers))
        except (WebhookVerificationError, ValueError):
            held = None
        if held is None:
            raise Forged
        if not isinstance(held, dict):
            raise Unreadable("This is no message.")
        if held.get("type") == "report":
            state = "delivered" if held.get("state") == "delivered" else "failed"
            key = text(held, "id")
            return Report(key, state, dropped=len(held) - 3, key=key)
        if held.get("type") != "message":
            return None
        return self.message(headers["webhook-id"], held)

    def message(self, key: str, held: dict) -> Message:
        """The few fields that we take."""
        known = {"type", "from", "text", "part"}
        part = held.get("part") if isinstance(held.get("part"), dict) else {}
        sender = senders.number(text(held, "from"))
        return Message(
            channel=Channel.TEXT,
            sender=sender,
            words=text(held, "text"),
            mark=blind.index(MARK, f"{self.name}:{key}"),
            provider=self.name,
            reference=key,
            dropped=len(held.keys() - known),
            whole=f"{sender}:{text(part, 'whole')}",
            part=number(part, "number"),
            parts=number(part, "of"),
        )

    def send(self, key: str, to: str, words: str, *, by_itself: bool) -> str:
        """The same id twice is the same message to the gateway."""
        body = json.dumps({"id": key, "to": to, "from": settings.TEXTS_FROM, "text": words})
        headers = signature(settings.TEXTS_SECRET, key, body)
        url = f"{settings.TEXTS_URL}/messages"
        judged(asked("POST", url, data=body.encode(), headers=headers))
        return key

    def find(self, key: str, to: str, words: str, *, since: datetime) -> str | None:
        """Whether the gateway has it."""
        return key if self.has(key) else None

    def delete(self, reference: str) -> None:
        """404 is done too."""
        answer = asked("DELETE", self.copy(reference), headers=self.signed(reference))
        if answer.status_code != 404:
            judged(answer)

    def has(self, reference: str) -> bool:
        """Whether a copy is there."""
        answer = asked("GET", self.copy(reference), headers=self.signed(reference))
        if answer.status_code == 404:
            return False
        return bool(fields_of(judged(answer)))

    def copy(self, reference: str) -> str:
        """Where a copy is."""
        return f"{settings.TEXTS_URL}/messages/{reference}"

    def signed(self, reference: str) -> dict[str, str]:
        """Headers of a request without a body."""
        return signature(settings.TEXTS_SECRET, reference, "")


def text(held: dict, name: str) -> str:
    """One field as text; empty when it is none."""
    return found if isinstance(found := held.get(name), str) else ""


def number(held: dict, name: str) -> int:
    """One field as a small number; 1 when it is none."""
    found = held.get(name)
    return found if isinstance(found, int) and 1 <= found <= MOST_PARTS else 1

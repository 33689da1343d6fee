"""People who text and write: signed webhooks as suppliers send them, and raw e-mails."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from standardwebhooks.webhooks import Webhook

from contacts.channels import Channel
from contacts.models import Contact, Line, Reveal
from contacts.written.arriving import take_in
from contacts.written.message import Message
from helpline.foundation.staff.models import Team
from helpline.foundation.vault import blind

SECRET = base64.b64encode(b"a secret of thirty-two bytes long").decode()
NUMBER = "+447700900123"
MAILBOX = "sam.canary@whence.example"
TWILIO = {
    "SmsMessageSid": "SM1",
    "FromCity": "Canarytown",
    "FromState": "Canaryshire",
    "FromZip": "CN1 4RY",
    "FromCountry": "GB",
    "ToCountry": "GB",
    "ApiVersion": "2010-04-01",
    "NumSegments": "1",
    "CellId": "23415-canary",
    "Carrier": "Canary Mobile",
    "SomethingNew": "canary of tomorrow",
}


def signed(body: bytes, *, secret=SECRET, key="", age=0) -> dict[str, str]:
    """The headers of our own protocol, as old as `age` seconds."""
    key = key or uuid.uuid4().hex
    at = datetime.now(UTC) - timedelta(seconds=age)
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, body.decode()),
    }


def a_text(words: str, number=NUMBER, **fields) -> bytes:
    """The body of a webhook that brings a text."""
    return json.dumps({"type": "message", "from": number, "text": words} | fields).encode()


def twilio_signature(url: str, fields: dict, secret=SECRET) -> str:
    """What Twilio would put into its header."""
    told = url + "".join(name + value for name, value in sorted(fields.items()))
    made = hmac.new(secret.encode(), told.encode(), hashlib.sha1)
    return base64.b64encode(made.digest()).decode()


def twilio_post(client, fields: dict, *, secret=SECRET, site="http://127.0.0.1:8000", query=""):
    """A webhook of Twilio."""
    path = reverse("texts_in", args=["twilio"]) + query
    return client.post(
        path,
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"x-twilio-signature": twilio_signature(site + path, fields, secret)},
    )


def text_in(client, words: str, number=NUMBER, **fields):
    """Somebody texts, by our own protocol."""
    body = a_text(words, number, **fields)
    return client.post(
        reverse("texts_in", args=["signed"]),
        body,
        content_type="application/json",
        headers=signed(body),
    )


def report_in(client, key: str, state="delivered"):
    """The supplier in use tells what became of a message, which we call `key`."""
    if settings.TEXTS_BY == "twilio":
        told = {"MessageSid": f"SM-{key}", "MessageStatus": state}
        return twilio_post(client, told, query=f"?key={key}")
    body = json.dumps({"type": "report", "id": key, "state": state}).encode()
    path = reverse("texts_in", args=["signed"])
    return client.post(path, body, content_type="application/json", headers=signed(body))


def texted(words: str, number=NUMBER, **fields) -> Contact:
    """The conversation after somebody has texted this."""
    return arrived(Message(Channel.TEXT, number, words, uuid.uuid4().hex, **fields))


def mailed(words: str, mailbox=MAILBOX, **fields) -> Contact:
    """The conversation after somebody has written this e-mail."""
    return arrived(Message(Channel.EMAIL, mailbox, words, uuid.uuid4().hex, **fields))


def arrived(message: Message) -> Contact:
    """The conversation that a message went into."""
    take_in(message)
    sender = blind.index("address behind a conversation", f"{message.channel}:{message.sender}")
    rows = Contact.objects.with_key().filter(correspondence__address__index=sender)
    living = rows.exclude(status=Contact.Status.ENDED)
    return living.first() or rows.newest_first().first()


def conversations_of_the_table(cast, colleague) -> dict:
    """Conversations by text, and a wish to see an address, for the pages about each."""
    found = {}
    for number, (name, by) in enumerate([("own", cast["w"]), ("other", colleague)]):
        found[name] = texted("hello", f"+4477009001{number:02}")
        found[name].take(by=by)
    found["held"], found["elsewhere"] = texted("h", "+447700900150"), texted("e", "+447700900151")
    moved = Contact.objects.filter(pk=found["elsewhere"].pk)
    moved.update(service="is-this-ok")
    night = Team.objects.get(name="Night team")
    Contact.objects.filter(pk=found["held"].pk).update(held=True, team=night)
    asked = Reveal.objects.ask(found["other"], "A child may be in danger.", by=cast["s"])
    return {"conversation": found, "reveal": {"the supervisor's": asked}}


def transcript(contact: Contact) -> list[tuple[str, str]]:
    """Who said what."""
    contact = Contact.objects.with_key().get(pk=contact.pk)
    return [(line.speaker, line.words) for line in Line.objects.opened(contact)]


def a_mail(body: str = "Can you help me?", **headers: str) -> bytes:
    """A raw e-mail, as a mail server hands it over."""
    told = {
        "Received": "from phone.canary.example (203.0.113.7) by mx.example",
        "X-Originating-IP": "[203.0.113.7]",
        "Message-ID": f"<{uuid.uuid4()}@laptop.canary.example>",
        "User-Agent": "Zephyrmail/77",
        "From": f"Sam Canary <{MAILBOX}>",
        "To": "talk@helpline.example",
        "Date": time.strftime("%a, %d %b %Y %H:%M:%S +0100"),
        "Subject": "",
        "Content-Type": "text/plain; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    return f"{head}\r\n{body}\r\n".encode()

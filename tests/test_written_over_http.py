"""Suppliers at the door of the whole product, over HTTP: what is theirs is stored once, what is
forged, old or brought again stores nothing, and nothing of any of it is in a log or in Redis."""

import hashlib
import hmac
import json
import time
import uuid
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from contacts.models import Address, Contact, Received, VendorCopy
from tests.serving import ask, served
from tests.test_canaries import Monitored
from tests.test_texts_in import everything
from tests.texting import (
    MAILBOX,
    NUMBER,
    SECRET,
    TWILIO,
    a_mail,
    a_text,
    signed,
    transcript,
    twilio_signature,
)

pytestmark = pytest.mark.django_db(transaction=True)
SITE, KEY, BASIC = "http://localhost", "mailgun-key", "us:a-long-secret"
SAID = "marzipan lighthouse is what I say"
FIELDS = TWILIO | {"From": NUMBER, "Body": SAID, "MessageSid": "SM-quillonette"}
TRACES = ["marzipan", NUMBER[1:], MAILBOX, "whence.example", "quillonette", "203.0.113."]
TRACES += [*("Canary", "canary", "23415"), SECRET, KEY]
SUPPLIERS = {
    "signed": {"TEXTS_BY": "signed"},
    "twilio": {"TEXTS_BY": "twilio", "TEXTS_ACCOUNT": "AC1"},
    "mailgun": {
        "MAIL_BY": "mailgun",
        "ANYMAIL": json.dumps({"WEBHOOK_SECRET": BASIC, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}),
    },
}


def by_signed(*, secret=SECRET, age=0) -> tuple[bytes, dict]:
    body = a_text(SAID, cell="23415-canary", carrier="Canary Mobile")
    return body, signed(body, secret=secret, age=age)


def by_twilio(*, secret=SECRET, site=SITE) -> tuple[bytes, dict]:
    signature = twilio_signature(f"{site}/in/texts/twilio/", FIELDS, secret)
    kind = "application/x-www-form-urlencoded"
    return urlencode(FIELDS).encode(), {"content-type": kind, "x-twilio-signature": signature}


def by_mailgun(*, key=KEY, age=0, basic=BASIC) -> tuple[bytes, dict]:
    told = {"timestamp": str(int(time.time()) - age), "token": uuid.uuid4().hex}
    over = (told["timestamp"] + told["token"]).encode()
    told["signature"] = hmac.new(key.encode(), over, hashlib.sha256).hexdigest()
    letter = a_mail(SAID, Message_ID="<quillonette@laptop.canary.example>")
    told |= {"body-mime": letter.decode(), "sender": MAILBOX, "recipient": "talk@helpline.example"}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers["authorization"] = f"Basic {b64encode(basic.encode()).decode()}"
    return urlencode(told).encode(), headers


CALLS = {"signed": by_signed, "twilio": by_twilio, "mailgun": by_mailgun}
WRONG = {
    "signed": [{"secret": b64encode(b"another secret of 32 bytes here!").decode()}, {"age": 301}],
    "twilio": [{"secret": "another"}, {"site": "http://elsewhere.example"}],
    "mailgun": [{"key": "another"}, {"age": 301}, {"basic": "us:guess"}],
}


@pytest.fixture(params=CALLS)
def supplier(request, keys, tmp_path):
    """One supplier and the product that is set up with it: how it calls, and the product’s log."""
    name, log = request.param, tmp_path / "log"
    path = f"/in/email/{name}/" if name == "mailgun" else f"/in/texts/{name}/"
    given = {"TEXTS_SECRET": SECRET, "SITE_URL": SITE, "KEYS_DIR": str(keys)} | SUPPLIERS[name]
    with open(log, "wb") as file, served(file, **given) as (port, _process):

        def call(body: bytes, headers: dict) -> int:
            return ask(port, path, method="POST", body=body, headers=headers.items()).status

        yield name, call, log


def nothing_stored() -> bool:
    return not any(kept.objects.exists() for kept in (Contact, Address, Received, VendorCopy))


def test_a06_a07_what_is_theirs_is_stored_once_and_what_is_not_leaves_nothing(supplier, settings):
    name, call, log = supplier
    with Monitored(settings.REDIS_URL) as monitored:
        for wrong in WRONG[name]:
            assert call(*CALLS[name](**wrong)) == 403, wrong
        assert call(b"canary=marzipan", {"content-type": "text/plain"}) == 403
        assert nothing_stored()

        right = CALLS[name]()
        assert [call(*right) for _ in range(3)] == [204, 204, 204]
    contact = Contact.objects.get()
    assert transcript(contact)[0] == ("person", SAID)
    assert [who for who, _words in transcript(contact)].count("person") == 1
    held = [log.read_text(), "\n".join(monitored.heard), everything()]
    assert "A message was refused: forged." in held[0]
    for trace in TRACES:
        assert not any(trace in each for each in held), trace

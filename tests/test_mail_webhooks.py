"""E-mail by a provider’s webhook: what is wrong, old or unsigned is refused, by Anymail and us."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from contacts.models import Contact, Received
from tests.test_mail_in import attached
from tests.texting import a_mail, transcript

pytestmark = pytest.mark.django_db
KEY, BASIC = "mailgun-key", "us:a-long-secret"


@pytest.fixture(autouse=True)
def provider(settings):
    settings.MAIL_BY = "mailgun"
    settings.ANYMAIL = {"WEBHOOK_SECRET": BASIC, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def authorization(basic=BASIC) -> dict:
    return {"authorization": f"Basic {base64.b64encode(basic.encode()).decode()}"}


def by_mailgun(client, letter: bytes, *, key=KEY, age=0, basic=BASIC):
    told = {"timestamp": str(int(time.time()) - age), "token": "t" * 50}
    signed = (told["timestamp"] + told["token"]).encode()
    told["signature"] = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
    told |= {"body-mime": letter.decode(), "sender": "a@b.example", "recipient": "c@d.example"}
    return client.post("/in/email/mailgun/", told, headers=authorization(basic))


def test_an_email_comes_in_and_again_is_not_stored_again(client):
    letter = a_mail("please help")
    assert [by_mailgun(client, letter).status_code for _ in range(2)] == [204, 204]
    said = transcript(Contact.objects.get())
    assert [words for who, words in said if who == "person"] == ["please help"]


def test_an_email_with_many_photos_is_read_as_far_as_we_look(client):
    letter = attached("image/jpeg", "where-i-am.jpg", b"\xff" * 25_000_000)
    assert by_mailgun(client, letter).status_code == 204
    said = transcript(Contact.objects.get())
    assert [words for who, words in said if who == "person"] == ["look"]
    assert ("system", "Not kept: an attachment or picture and a part that cannot be read.") in said


@pytest.mark.parametrize(
    "wrong", [{"key": "other"}, {"age": 301}, {"age": -400}, {"basic": "us:guess"}]
)
def test_a_wrong_signature_an_old_time_and_another_caller_are_refused(client, wrong):
    assert by_mailgun(client, a_mail("hello"), **wrong).status_code == 403
    assert not Contact.objects.exists()
    assert not Received.objects.exists()


def test_without_a_secret_nobody_may_call(client, settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    assert by_mailgun(client, a_mail("hello")).status_code == 403


def test_another_provider_is_read_in_the_same_way(client, settings):
    settings.MAIL_BY, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": BASIC}
    told = {"RawEmail": a_mail("by postmark").decode(), "FromFull": {}, "Headers": []}
    answer = client.post(
        "/in/email/postmark/",
        json.dumps(told),
        content_type="application/json",
        headers=authorization(),
    )
    assert answer.status_code == 204
    assert ("person", "by postmark") in transcript(Contact.objects.get())

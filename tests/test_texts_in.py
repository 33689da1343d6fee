"""Texts come in by a signed webhook: whole, once, and without anything that says from where."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from contacts.models import Address, Contact, Received, Visit
from contacts.models.contact import Rank
from tests.texting import (
    NUMBER,
    SECRET,
    TWILIO,
    a_text,
    signed,
    text_in,
    texted,
    transcript,
    twilio_post,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]


@pytest.fixture
def by_twilio(settings):
    settings.TEXTS_BY = "twilio"


def posted(client, body: bytes, **changes):
    return client.post(
        "/in/texts/signed/", body, content_type="application/json", headers=signed(body, **changes)
    )


def test_a_text_is_a_contact_with_a_line_that_waits_like_a_chat(client):
    assert text_in(client, "are you there?").status_code == 204

    contact = Contact.objects.get()
    assert (contact.channel, contact.status) == ("text", Contact.Status.WAITING)
    assert transcript(contact)[0] == ("person", "are you there?")


def test_what_the_same_number_texts_goes_into_one_conversation_with_one_clock(client):
    text_in(client, "one")
    began = Contact.objects.get()
    text_in(client, "two", "07700 900123")

    contact = Contact.objects.get()
    assert contact.purge_on == began.purge_on
    assert [words for who, words in transcript(contact) if who == "person"] == ["one", "two"]


def test_another_number_is_another_conversation(client):
    text_in(client, "one")
    text_in(client, "two", "+447700900124")
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("wrong", ["d3Jvbmcgc2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXM=", SECRET[::-1]])
def test_a_wrong_signature_is_refused_and_nothing_is_stored(client, wrong):
    assert posted(client, a_text("hello"), secret=wrong.strip("=")).status_code == 403
    assert nothing_stored()


def test_a_body_that_was_changed_on_its_way_is_refused(client):
    headers = signed(a_text("hello"))
    body = a_text("goodbye")
    answer = client.post(
        "/in/texts/signed/", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 403
    assert nothing_stored()


@pytest.mark.parametrize("age", [301, 86400, -301])
def test_an_old_timestamp_is_refused_and_nothing_is_stored(client, age):
    assert posted(client, a_text("hello"), age=age).status_code == 403
    assert nothing_stored()


def test_a_replay_stores_nothing_more(client):
    body = a_text("hello")
    headers = signed(body)
    send = {"content_type": "application/json", "headers": headers}
    statuses = [client.post("/in/texts/signed/", body, **send).status_code for _ in range(3)]

    assert statuses == [204, 204, 204]
    assert [who for who, _ in transcript(Contact.objects.get())].count("person") == 1


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(client, missing):
    headers = signed(a_text("hello"))
    del headers[missing]
    answer = client.post(
        "/in/texts/signed/", a_text("hello"), content_type="application/json", headers=headers
    )
    assert answer.status_code == 403
    assert nothing_stored()


@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v1,%%%", "v9,abc", "v1,é"])
def test_a_broken_signature_is_refused(client, signature):
    headers = signed(a_text("hello")) | {"webhook-signature": signature}
    answer = client.post(
        "/in/texts/signed/", a_text("hello"), content_type="application/json", headers=headers
    )
    assert answer.status_code == 403


def test_a_supplier_that_is_not_in_use_does_not_exist(client):
    assert client.post("/in/texts/twilio/").status_code == 404
    assert client.post("/in/email/mailgun/").status_code == 404


def nothing_stored() -> bool:
    tables = Contact, Address, Received
    return not any(table.objects.exists() for table in tables)


# Twilio, a real supplier ------------------------------------------------------------------------


def test_a06_cell_carrier_place_and_what_is_new_are_dropped_and_counted(client, by_twilio, caplog):
    caplog.set_level("INFO", "contacts.written.public")
    fields = TWILIO | {"From": NUMBER, "Body": "hello", "MessageSid": "SM7"}
    assert twilio_post(client, fields).status_code == 204

    assert transcript(Contact.objects.get())[0] == ("person", "hello")
    assert f"dropped={len(TWILIO)}" in caplog.text
    stored = everything()
    for canary in ["Canary", "23415", "canary", "7700900123", "SM7", "CN1"]:
        assert canary not in stored, canary


def everything() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        said = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            said += [row for (row,) in cursor.fetchall()]
    return "\n".join(said)


def test_twilio_signed_with_another_secret_is_refused(client, by_twilio):
    fields = {"From": NUMBER, "Body": "hello", "MessageSid": "SM7"}
    assert twilio_post(client, fields, secret="wrong").status_code == 403
    assert nothing_stored()


def test_twilio_called_at_another_address_is_refused(client, by_twilio):
    fields = {"From": NUMBER, "Body": "hello", "MessageSid": "SM7"}
    assert twilio_post(client, fields, site="https://other.example").status_code == 403


def test_twilio_carries_no_time_so_its_id_keeps_a_message_from_coming_twice(client, by_twilio):
    fields = {"From": NUMBER, "Body": "hello", "MessageSid": "SM7"}
    assert [twilio_post(client, fields).status_code for _ in range(2)] == [204, 204]
    assert [who for who, _ in transcript(Contact.objects.get())].count("person") == 1


def test_h11_a_picture_is_not_kept_and_the_worker_is_told(client, by_twilio):
    fields = {"From": NUMBER, "Body": "look", "MessageSid": "SM7", "NumMedia": "1"}
    fields |= {"MediaUrl0": "https://media.example/1"}
    twilio_post(client, fields)
    said = transcript(Contact.objects.get())
    assert ("system", "Not kept: an attachment or picture.") in said
    assert "media.example" not in everything()


# What a text says -------------------------------------------------------------------------------


def test_who_is_not_safe_comes_before_everybody_s2_20(client):
    text_in(client, "please I am not safe")
    assert Contact.objects.get().rank == Rank.NOT_SAFE


def test_who_is_not_safe_comes_first_also_once_their_worker_has_gone_home_s2_20(client, worker):
    """Their worker is away when they say so: it goes back into the queue before everybody."""
    contact, other = texted("hello"), texted("hello", "+447700900124")
    contact.take(by=worker)
    contact.say("worker", "I am here")
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        texted("He is going to kill me")
        assert Visit.objects.take_back() == 1
    assert list(Contact.objects.waiting()) == [contact, other]
    assert Contact.objects.get(pk=contact.pk).rank == Rank.NOT_SAFE


def test_a_long_text_is_joined_from_its_parts_in_any_order(client):
    part = {"of": 3, "whole": "w1"}
    for number, words in [(3, "c"), (1, "a"), (2, "b")]:
        text_in(client, words, part=part | {"number": number})
    assert [words for who, words in transcript(Contact.objects.get()) if who == "person"] == ["abc"]


def test_a_sender_that_cannot_be_answered_is_kept_and_answered_by_nobody(client):
    text_in(client, "hello", "SHORTCODE")
    contact = Contact.objects.get()
    way = contact.correspondence
    assert way.address is None
    assert transcript(contact) == [("person", "hello")]
    assert way.why_not().startswith("Their message came without")


def test_after_a_conversation_has_ended_the_next_text_begins_another(worker):
    first = texted("one")
    first.take(by=worker)
    first.end(by=worker, outcome="informed")

    second = texted("two")
    assert second.pk != first.pk
    assert second.thread is None

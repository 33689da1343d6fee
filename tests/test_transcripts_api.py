"""Another system adds a transcript: whole, once, sealed, or refused with the reason."""

import json
import logging
from threading import Thread as Hand

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from contacts import importing
from contacts.models import Contact, ImportedId, Line
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import PartnerAnswer
from helpline.foundation.staff.roles import Scope, Service
from tests.chats import SECRET, a_line, a_record, ago, words
from tests.partners import make_key, post, system

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(admin):
    return make_key(admin, Scope.ADD_TRANSCRIPTS, service=Service.IS_THIS_OK)


@pytest.fixture
def partner(key) -> Client:
    return system(key[1])


def detail(answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    said = json.loads(answer.content)
    assert said["status"] == answer.status_code
    return said.get("detail", "")


def test_transcript_is_stored_in_the_service_of_the_key(partner, key):
    answer = post(partner, a_record(lines=[a_line("hello"), a_line("hi", speaker="worker")]))

    contact = Contact.objects.with_key().get()
    assert (answer.status_code, answer.json()) == (201, {"outcome": "stored", "dropped": 0})
    assert (contact.service, contact.status) == (Service.IS_THIS_OK, Contact.Status.ENDED)
    assert words(contact) == ["hello", "hi"]
    assert AuditEvent.objects.get(action=Action.CONTACT_IMPORTED).actor == str(key[0].pk)


def test_a09_nothing_about_the_person_is_asked_for(partner):
    record = a_record()
    del record["nickname"], record["survey"]

    assert post(partner, record).status_code == 201


def test_fields_we_do_not_want_are_dropped_and_counted(partner):
    record = a_record(ip="192.0.2.1", lines=[a_line("hello", place="Leeds"), a_line("you?")])

    assert post(partner, record).json() == {"outcome": "stored", "dropped": 2}


def test_the_same_external_id_is_stored_once(partner):
    record = a_record()

    answers = [post(partner, record) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert answers[1].json()["outcome"] == "skipped"
    assert Contact.objects.count() == 1


def test_what_the_import_took_the_interface_skips(partner):
    record = a_record()
    found = importing.conversation(record, timezone.now())
    importing.store(found, service=Service.IS_THIS_OK, today=london_today())

    assert post(partner, record).status_code == 200


def test_asking_again_with_the_idempotency_key_gives_the_same_answer(partner):
    record = a_record(extra=1)

    answers = [post(partner, record, idempotency_key="one") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {201}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert Contact.objects.count() == 1


def test_an_idempotency_key_stands_for_one_transcript(partner):
    post(partner, a_record(external_id="a"), idempotency_key="one")

    answer = post(partner, a_record(external_id="b"), idempotency_key="one")

    assert answer.status_code == 409
    assert "another transcript" in detail(answer)
    assert Contact.objects.count() == 1


def test_idempotency_keys_of_two_systems_do_not_meet(partner, admin):
    other = system(make_key(admin, name="Another")[1])
    post(partner, a_record(external_id="a"), idempotency_key="one")

    assert post(other, a_record(external_id="b"), idempotency_key="one").status_code == 201


def test_a_refused_transcript_leaves_its_idempotency_key_free(partner):
    assert post(partner, a_record(lines=[]), idempotency_key="one").status_code == 422
    assert not PartnerAnswer.objects.exists()

    assert post(partner, a_record(), idempotency_key="one").status_code == 201


@pytest.mark.parametrize("token", ["", "a b", "é", "x" * 201])
def test_a_malformed_idempotency_key_is_refused(partner, token):
    assert post(partner, a_record(), idempotency_key=token).status_code == 400
    assert not Contact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_store_one(partner, key):
    record, answers = a_record(), []

    def send(number):
        try:
            answers.append(post(system(key[1]), record, idempotency_key="one").status_code)
        finally:
            connection.close()

    hands = [Hand(target=send, args=[number]) for number in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert answers == [201] * 4
    assert (Contact.objects.count(), ImportedId.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"\xff", 400),
        (b'{"a": 1, "a": 2}', 400),
        (b"[" * 100_000, 400),
        (b'{"lines": NaN}', 400),
        (json.dumps({"external_id": SECRET}).encode(), 422),
    ],
)
def test_what_is_no_transcript_is_refused_without_repeating_it(partner, body, status):
    answer = post(partner, body)

    assert answer.status_code == status
    assert detail(answer)
    assert SECRET not in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("survey", [{}, "", 0, False, [[]], [None], [{"question": "a"}]])
def test_a_survey_is_a_list_of_answers_or_nothing(partner, survey):
    assert post(partner, a_record(survey=survey)).status_code == 422
    assert post(partner, a_record(survey=None)).status_code == 201


@pytest.mark.parametrize(
    "moment",
    [
        *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
        *("30/02/2026", "2026-02-30T10:00:00Z", "2026-01-31", "31/01/2026 10:00", 20260131, None),
    ],
)
def test_dates_that_no_calendar_has_are_refused_in_words_h09(partner, moment):
    answer = post(partner, a_record(started_at=moment))

    assert answer.status_code == 422
    assert detail(answer).startswith("started_at is")


def test_what_is_past_its_18_months_is_refused(partner):
    begun = ago(days=600)

    answer = post(partner, a_record(started_at=begun, lines=[a_line("old", at=begun)]))

    assert answer.status_code == 422
    assert not Contact.objects.exists()


def test_only_json_is_read_g08(partner):
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        assert post(partner, json.dumps(a_record()), content_type=kind).status_code == 415
    assert not Contact.objects.exists()


def test_no_cookie_and_no_method_override_opens_it_g08(admin, supervisor, signed_in):
    for staff in (admin, supervisor):
        client = signed_in(staff)
        for headers in ({}, {"Origin": "https://elsewhere.example"}):
            answer = client.post("/api/transcripts/", "{}", "application/json", headers=headers)
            assert (answer.status_code, answer.content) == (401, b"")
    override = {"X-HTTP-Method-Override": "POST"}
    assert client.get("/api/transcripts/", headers=override).status_code == 401
    assert not Contact.objects.exists()


def test_no_words_reach_a_log(partner, caplog):
    caplog.set_level(logging.DEBUG)
    post(partner, a_record(lines=[a_line(SECRET)]))
    post(partner, a_record(external_id=SECRET, lines=[a_line(SECRET), {"speaker": SECRET}]))

    said = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert SECRET not in "".join(record.getMessage() for record in said)


def test_a_transcript_takes_few_queries_however_long(partner, django_assert_max_num_queries):
    record = a_record(lines=[a_line(f"line {number}") for number in range(300)])

    with django_assert_max_num_queries(22):
        assert post(partner, record, idempotency_key="one").status_code == 201
    assert Line.objects.count() == 300

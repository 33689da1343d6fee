"""The trail: one event for each reading, committed first, and no event is no reading (F10)."""

from datetime import timedelta

import psycopg2
import pytest
import time_machine
from django.db import connection, transaction

from helpline.foundation.audit import seals
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import (
    AuditEvent,
    TrailUnavailable,
    record_reading,
)
from helpline.foundation.calendar import london_today
from helpline.foundation.vault import ring
from tests.racing import outcome, rivals

transactional = pytest.mark.django_db(transaction=True)


# F10: readings -----------------------------------------------------------------------------------


def readings_of(contact) -> int:
    return AuditEvent.objects.about(contact).readings().count()


def test_f10_one_reading_is_one_event(contact, worker, signed_in):
    client = signed_in(worker)
    for count in (1, 2, 3):
        assert "my dad shouts" in client.get(contact.get_absolute_url()).text
        assert readings_of(contact) == count
    event = AuditEvent.objects.about(contact).readings().first()
    assert (event.actor, event.detail) == (str(worker.pk), {})


def test_f10_who_may_not_read_leaves_no_reading(contact, admin, signed_in):
    assert signed_in(admin).get(contact.get_absolute_url()).status_code == 404
    assert readings_of(contact) == 0


@pytest.fixture
def shut(contact, worker, signed_in):
    """Nobody can write the trail: another holds its table and the patience is short."""
    client = signed_in(worker)
    rival = psycopg2.connect(**connection.get_connection_params())
    with rival.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_auditevent IN SHARE MODE")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    yield client
    rival.close()
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@transactional
def test_f10_without_its_event_there_is_no_reading(contact, worker, shut, monkeypatch):
    opened = []
    monkeypatch.setattr("contacts.models.words.unseal", lambda *a: opened.append(a) or "words")
    with pytest.raises(TrailUnavailable):
        record_reading(contact, by=worker)

    page = shut.get(contact.get_absolute_url())
    assert page.status_code == 503
    assert "my dad shouts" not in page.text
    assert opened == []
    assert readings_of(contact) == 0


@transactional
def test_f10_the_event_is_committed_before_anything_is_opened(
    contact, worker, signed_in, monkeypatch
):
    """Seen from another connection at the moment the first line is opened."""
    seen = []

    def count_from_outside():
        rival = psycopg2.connect(**connection.get_connection_params())
        with rival.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM audit_auditevent WHERE subject_id = %s", [str(contact.pk)]
            )
            seen.append(cursor.fetchone()[0])
        rival.close()

    whole = ring.cipher
    monkeypatch.setattr(ring, "cipher", lambda number: count_from_outside() or whole(number))
    signed_in(worker).get(contact.get_absolute_url())
    assert seen[0] == 1


@transactional
def test_f10_a_reading_is_never_written_inside_the_readers_transaction(contact, worker):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        record_reading(contact, by=worker)


def test_f10_a_stream_leaves_one_event_a_quarter_of_an_hour(contact, worker, colleague):
    with time_machine.travel("2026-11-22 12:01:00+00:00", tick=False) as clock:
        for _ in range(5):
            record_reading(contact, by=worker, shared=True)
            clock.shift(timedelta(minutes=2))
        assert readings_of(contact) == 1
        record_reading(contact, by=colleague, shared=True)
        assert readings_of(contact) == 2
        clock.move_to("2026-11-22 12:15:00+00:00")
        record_reading(contact, by=worker, shared=True)
        assert readings_of(contact) == 3
    assert seals.first_fault(london_today()) is None


@transactional
def test_f10_streams_that_begin_together_leave_one_event(contact, worker):
    with rivals(4) as start:
        reading = [start(record_reading, contact, by=worker, shared=True) for _ in range(4)]
        assert [outcome(done) for done in reading] == [None] * 4
    assert readings_of(contact) == 1


# What it may say ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["my dad shouts", "two\nlines", "x" * 65, "a,b", "“quoted”"])
def test_free_text_is_refused(contact, worker, words):
    with pytest.raises(ValueError, match="never words"):
        AuditEvent.objects.record(Action.NOTE_ADDED, on=contact, by=worker, why=words)


def test_an_act_outside_the_closed_list_is_refused(contact, worker):
    with pytest.raises(ValueError, match="not a valid Action"):
        AuditEvent.objects.record("whistled", on=contact, by=worker)


def test_it_refers_to_nothing_by_a_key(contact):
    """So that erasing a record never touches what was done with it."""
    assert not any(field.is_relation for field in AuditEvent._meta.get_fields())


def test_an_event_goes_with_the_change_it_tells_of(db, contact, worker):
    with transaction.atomic():
        contact.add_note("asked about school", by=worker)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.filter(action=Action.NOTE_ADDED).exists()

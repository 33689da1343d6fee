"""Seals: no event is skipped, and no edit goes unseen (F15)."""

import hashlib
import json
import os
from datetime import date, timedelta
from threading import Event

import pytest
import time_machine
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from helpline.foundation.audit import lives, seals
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, AuditSeal
from helpline.foundation.calendar import london_today
from tests.clusters import DATABASE, at, cluster, dump, living_in, migrate, run
from tests.racing import outcome, rivals

pytestmark = pytest.mark.xdist_group("seals")  # one cluster for all of them


def sql(*statements):
    """As somebody who owns the database and switches its triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)


def note_down(count: int) -> list[AuditEvent]:
    """Events of transactions of their own, in the order of the seals."""
    return [
        AuditEvent.objects.record(Action.NOTE_ADDED, on=None, by=None, number=number)
        for number in range(count)
    ]


def fault() -> str | None:
    return seals.first_fault(london_today())


# F15: seals --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(django_db_setup, django_db_blocker):
    """A cluster of this file's own: transactions of other tests would delay its seals."""
    with django_db_blocker.unblock(), cluster() as made:
        run("createdb", *at(made), DATABASE)
        with living_in(made):
            migrate()
        yield made


@pytest.fixture
def alone(own, django_db_blocker):
    """An empty trail in that cluster."""
    with django_db_blocker.unblock(), living_in(own):
        sql("TRUNCATE audit_auditevent, audit_auditseal, audit_life")
        lives.begin()
        yield


@pytest.fixture
def trail(alone) -> list[AuditEvent]:
    """Three seals over three events each, anchored, and two events that are not sealed yet."""
    for _ in range(3):
        note_down(3)
        assert seals.seal() == 3
        seals.anchor()
    note_down(2)
    assert fault() is None
    return list(AuditEvent.objects.order_by("xid", "id"))


def test_f15_a_whole_trail_verifies(trail, capsys):
    call_command("verify_trail")
    assert capsys.readouterr().out == "events=11 seals=3 unsealed=2\n"
    assert AuditSeal.objects.count() == 3


@pytest.mark.parametrize("number", [0, 4, 10])
@pytest.mark.parametrize(
    "change",
    [
        "actor = 'somebody'",
        "action = 'hold-placed'",
        "subject_id = '1'",
        "at = at - interval '1 second'",
        "detail = '{}'",
        "keep_until = keep_until - 1",
        "mac = set_byte(mac, 0, (get_byte(mac, 0) + 1) % 256)",
    ],
)
def test_f15_an_altered_event_is_named(trail, capsys, number, change):
    sql(f"UPDATE audit_auditevent SET {change} WHERE id = '{trail[number].pk}'")
    assert fault() == f"event {trail[number].pk}: changed or forged"
    with pytest.raises(SystemExit) as ended:
        call_command("verify_trail")
    assert ended.value.code == 1
    assert str(trail[number].pk) in capsys.readouterr().err


def test_f15_the_first_of_several_is_named(trail):
    for number in (10, 7, 3):
        sql(f"UPDATE audit_auditevent SET actor = 'x' WHERE id = '{trail[number].pk}'")
    assert fault() == f"event {trail[3].pk}: changed or forged"


def test_f15_a_deleted_event_is_missed_by_its_seal(trail):
    sql(f"DELETE FROM audit_auditevent WHERE id = '{trail[4].pk}'")
    assert fault().startswith("seal 2: was made over 3 events, 2 are there")


def test_f15_all_events_of_a_seal_deleted(trail):
    ids = ", ".join(f"'{event.pk}'" for event in trail[3:6])
    sql(f"DELETE FROM audit_auditevent WHERE id IN ({ids})")
    assert fault() == "seal 2: was made over 3 events, 0 are there"


def test_f15_an_event_inserted_into_the_past(trail):
    sql(
        "INSERT INTO audit_auditevent SELECT gen_random_uuid(), xid, life, at, action, subject,"
        f" subject_id, actor, detail, once, keep_until, mac FROM audit_auditevent"
        f" WHERE id = '{trail[4].pk}'"
    )
    assert fault().endswith("changed or forged")


def test_f15_a_true_event_moved_into_the_past(trail):
    """Its own signature holds, but the seal of that time has not seen it."""
    sql(f"UPDATE audit_auditevent SET xid = {trail[4].xid} WHERE id = '{trail[10].pk}'")
    assert fault().startswith("seal 2: was made over 3 events, 4 are there")


def test_f15_two_events_that_change_places(trail):
    first, second = trail[3], trail[5]
    sql(
        f"UPDATE audit_auditevent SET xid = {second.xid} WHERE id = '{first.pk}'",
        f"UPDATE audit_auditevent SET xid = {first.xid} WHERE id = '{second.pk}'",
    )
    assert fault().startswith("seal 2: was made over 3 events, 3 are there")


@pytest.mark.parametrize(
    ("act", "named"),
    [
        ("DELETE FROM audit_auditseal WHERE number = 2", "seal 3: a seal before it is missing"),
        ("DELETE FROM audit_auditseal WHERE number = 1", "seal 2: a seal before it is missing"),
        ("UPDATE audit_auditseal SET count = 2 WHERE number = 2", "seal 2: changed"),
        ("UPDATE audit_auditseal SET before = mac WHERE number = 2", "seal 2: does not follow"),
        ("UPDATE audit_auditseal SET sealed_at = now() WHERE number = 3", "seal 3: changed"),
        ("UPDATE audit_life SET after_seal = 9", "life 1: changed"),
    ],
)
def test_f15_a_seal_that_was_touched_is_named(trail, act, named):
    sql(act)
    assert fault().startswith(named)


def test_f15_a_dropped_middle_seal_is_seen_even_when_the_rest_is_renumbered(trail):
    sql(
        "DELETE FROM audit_auditseal WHERE number = 2",
        "UPDATE audit_auditseal SET number = 2 WHERE number = 3",
    )
    assert fault().startswith("seal 2: ")


def test_f15_a_cut_tail_is_found_against_the_anchor(trail):
    """Seals and events of the last hour gone together: only the anchor outside can tell."""
    sql(
        "DELETE FROM audit_auditevent"
        " WHERE xid >= (SELECT from_xid FROM audit_auditseal WHERE number = 3)",
        "DELETE FROM audit_auditseal WHERE number = 3",
    )
    assert fault() == f"seal 3: cut off; it was anchored on {timezone.localdate()}"


def test_f15_a_tail_cut_and_grown_again_is_not_the_one_that_was_anchored(trail):
    sql(
        "DELETE FROM audit_auditevent"
        " WHERE xid >= (SELECT from_xid FROM audit_auditseal WHERE number = 3)",
        "DELETE FROM audit_auditseal WHERE number = 3",
    )
    note_down(3)
    seals.seal()
    assert fault() == f"seal 3: not the one anchored on {timezone.localdate()}"


def test_f15_without_the_key_no_trail_can_be_written_anew(trail, settings):
    settings.TRAIL_KEY = "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgMzI="
    assert fault().startswith("seal 1: changed")


def test_an_anchor_line_that_a_crash_cut_short_is_passed_over(trail, settings):
    with open(settings.ANCHOR_FILE, "a") as file:
        file.write('{"on": "2026-')
    seals.anchor()
    assert fault() is None
    assert json.loads(settings.ANCHOR_FILE.read_text().splitlines()[-1])["seal"] == 3


# Sealing while others write ----------------------------------------------------------------------

WRITERS, EACH = 8, 200 if os.environ.get("HELPLINE_THOROUGH") else 40


def test_f15_no_event_is_skipped_behind_long_transactions_and_rollbacks(alone, rng):
    """Writers commit, roll back and dawdle, while one seals all the time; every event is sealed."""
    stop, seeds = Event(), [rng.random() for _ in range(WRITERS)]

    def write(seed) -> None:
        chance = hashlib.sha256(str(seed).encode()).digest() * EACH
        for turn in range(EACH):
            with transaction.atomic():
                note_down(1 + chance[turn] % 3)
                with transaction.atomic():
                    note_down(1)
                    transaction.set_rollback(chance[turn] % 5 == 0)
                Event().wait(chance[turn] / 255 * (0.2 if turn % 10 == 0 else 0.005))
                transaction.set_rollback(chance[turn] % 7 == 0)

    def seal_on() -> int:
        count = 0
        while not stop.is_set():
            count += seals.seal() > 0
        return count

    with rivals(WRITERS + 2) as start:
        sealing = [start(seal_on) for _ in range(2)]
        for writing in [start(write, seed) for seed in seeds]:
            writing.result()
        stop.set()
        assert sum(outcome(done) for done in sealing) > 5
    seals.seal()

    assert sum(AuditSeal.objects.values_list("count", flat=True)) == AuditEvent.objects.count()
    assert fault() is None


def test_f15_a_slow_transaction_delays_its_neighbours_but_is_not_skipped(alone):
    with rivals() as start:
        with transaction.atomic():
            note_down(1)
            start(note_down, 2).result()
            assert start(seals.seal).result() == 0
        assert start(seals.seal).result() == 3
    assert fault() is None


# After six years ---------------------------------------------------------------------------------


def test_events_end_after_six_years_and_their_seals_still_verify(alone):
    with time_machine.travel("2020-11-21 12:00:00+00:00"):
        note_down(3)
        seals.seal()
        seals.anchor()
    note_down(2)
    seals.seal()
    today = date(2026, 11, 21)
    assert seals.remove_ended(today - timedelta(days=1)) == 0
    assert seals.remove_ended(today) == 3

    assert AuditEvent.objects.count() == 2
    assert AuditSeal.objects.count() == 2
    assert seals.first_fault(today) is None
    assert seals.first_fault(today - timedelta(days=1)).startswith("seal 1: was made over 3")


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_an_event_until_its_six_years_are_over():
    note_down(1)
    with pytest.raises(ProgrammingError, match="permission denied: this event is kept until"):
        AuditEvent.objects.all()._raw_delete("default")
    assert AuditEvent.objects.count() == 1


# A restored database -----------------------------------------------------------------------------


def test_a_dump_restored_in_a_new_cluster_verifies(trail, tmp_path, settings):
    """Its transactions are counted from the beginning again, so a new life begins."""
    backup = dump(tmp_path / "backup")
    note_down(3)
    seals.seal()
    seals.anchor()
    with cluster() as made:
        made.restore(backup)
        with living_in(made):
            assert lives.is_new()
            assert lives.begin() == 2
            assert not lives.is_new()
            for _ in range(2):
                note_down(2)
                seals.seal()
            assert fault() is None
            assert {seal.life for seal in AuditSeal.objects.all()} == {1, 2}
            assert not seals.tail().exists()
            assert AuditEvent.objects.count() == 15
            sql(f"UPDATE audit_auditevent SET actor = 'x' WHERE id = '{trail[4].pk}'")
            assert fault() == f"event {trail[4].pk}: changed or forged"

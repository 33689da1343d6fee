"""The erasure ledger remembers what a restored database has forgotten (C17)."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Contact, Line
from helpline import ready
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, Life
from helpline.foundation.calendar import london_today
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention
from privacy.models import Disposal, LedgerPosition, PurgeRun
from safeguarding.models import Hold
from tests.clusters import cluster, dump, living_in
from tests.due import TODAY, contacts_of
from tests.killing import KILLED, killers
from tests.racing import outcome, rivals

pytestmark = pytest.mark.django_db(transaction=True)


def lines() -> list[dict]:
    return [json.loads(line) for line in ledger.path().read_text().splitlines()]


def pks(contacts) -> list:
    return sorted(contact.pk for contact in contacts)


# What it says ------------------------------------------------------------------------------------


def test_a_purge_is_told_before_it_commits_and_closed_afterwards():
    due = contacts_of(2)
    retention.purge_all(TODAY)
    gone, done = lines()
    assert gone["number"] == done["done"] == 1
    assert sorted(gone["gone"]) == [pk.hex for pk in pks(due)]
    assert ledger.position() == 1
    assert ledger.ahead() == 0


def test_it_holds_random_ids_and_nothing_else():
    contacts_of(2)
    retention.purge_all(TODAY)
    assert {name for line in lines() for name in line} == {"number", "gone", "done"}
    assert ledger.path().stat().st_mode & 0o777 == 0o600
    assert ledger.path().parent == ledger.settings.KEYS_DIR


def test_a_purge_that_finds_nothing_says_nothing():
    retention.purge_all(TODAY)
    assert not ledger.path().exists()
    assert ledger.ahead() == 0


def test_an_entry_whose_transaction_failed_is_void(monkeypatch):
    due = contacts_of(1)
    monkeypatch.setattr(AuditEvent.objects, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        retention.purge_all(TODAY)
    monkeypatch.undo()
    assert not next(ledger.entries()).done
    assert Contact.objects.count() == 1

    ledger.settle()
    assert lines()[-1] == {"void": 1}
    assert list(ledger.entries()) == []
    assert ledger.ahead() == 0

    retention.purge_all(TODAY)
    (entry,) = ledger.entries()
    assert (entry.number, entry.contacts, entry.done) == (1, pks(due), True)


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_line_that_a_crash_cut_short_is_closed_and_passed_over(cut):
    first = contacts_of(1)
    retention.purge_all(TODAY)
    with open(ledger.path(), "ab") as file:
        file.write(json.dumps({"number": 2, "gone": ["0" * 32] * 3}).encode()[:cut])

    second = contacts_of(1)
    retention.purge_all(TODAY)
    assert [entry.contacts for entry in ledger.entries()] == [pks(first), pks(second)]
    assert ledger.ahead() == 0


def test_zeros_after_a_power_cut_are_passed_over():
    contacts_of(1)
    retention.purge_all(TODAY)
    with open(ledger.path(), "ab") as file:
        file.write(b"\0" * 100)
    contacts_of(1)
    retention.purge_all(TODAY)
    assert [entry.number for entry in ledger.entries()] == [1, 2]


# A kill ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["before the commit", "after the commit"])
def test_a_kill_around_the_commit_does_not_keep_anything_from_starting(point):
    ready.check()
    contacts_of(1)
    with killers() as order:
        assert order("purge", today=str(TODAY), at=point) == KILLED
    committed = point == "after the commit"
    assert Contact.objects.exists() is not committed
    assert ledger.ahead() == 0

    ready.check()
    assert lines()[-1] == ({"done": 1} if committed else {"void": 1})


def test_c17_who_starts_while_another_looks_at_the_ledger_is_refused_as_it_is(monkeypatch):
    """Web, worker and beat start together after a restore, and one has the purge's lock."""
    monkeypatch.setattr(ready, "AGAIN", 0)
    ready.check()
    with rivals() as start, retention.alone():
        assert outcome(start(ready.check)) is None  # it is a purge, and nothing is forgotten
        ledger._append(number=1, gone=[])
        assert outcome(start(ready.check)) is None  # which has not committed yet
        ledger._append(done=1)
        assert "1 entries of the erasure ledger are not done" in str(outcome(start(ready.check)))


# The ledger is lost ------------------------------------------------------------------------------


@pytest.fixture
def purged_twice():
    """An installation with two entries in its ledger."""
    ready.check()
    for _ in range(2):
        contacts_of(1)
        retention.purge_all(TODAY)


def test_c17_nothing_starts_and_nothing_is_purged_without_the_ledger(purged_twice):
    ledger.path().unlink()
    contacts_of(1)
    with pytest.raises(ledger.LedgerBehind, match="ends at entry 0, but this database has done 2"):
        ledger.ahead()
    with pytest.raises(ready.NotReady, match="Restore the ledger"):
        ready.check()
    with pytest.raises(ledger.LedgerBehind):
        retention.purge_all(TODAY)
    assert Contact.objects.count() == 1


def test_c17_nothing_starts_and_nothing_is_purged_with_an_old_copy(purged_twice):
    whole = ledger.path().read_text().splitlines(keepends=True)
    ledger.path().write_text("".join(whole[:2]))
    contacts_of(1)
    with pytest.raises(ready.NotReady, match="ends at entry 1"):
        ready.check()
    with pytest.raises(CommandError, match="Restore the ledger"):
        call_command("purge")
    assert Contact.objects.count() == 1

    ledger.path().write_text("".join(whole))
    ready.check()
    assert retention.purge_all(TODAY).purged == 1


# The database is restored ------------------------------------------------------------------------


@pytest.fixture
def restored(tmp_path, supervisor):
    """A backup from before two purges, restored in a new cluster; yields what had gone."""
    ready.check()
    due, kept = contacts_of(3), contacts_of(1, began=london_today())
    hold = Hold.objects.place(
        due[0],
        by=supervisor,
        kind=Hold.Kind.LEGAL,
        ground=Hold.Ground.CLAIM,
        reason="A court has asked for these words",
        review_on=london_today() + timedelta(days=30),
    )
    backup = dump(tmp_path / "backup")
    retention.purge_all(TODAY)
    hold.release(by=supervisor, reason="The court has what it asked for")
    retention.purge_all(TODAY + timedelta(days=3650))
    assert not Contact.objects.exists()
    with cluster() as made:
        made.restore(backup)
        with living_in(made):
            yield due, kept


def test_c17_a_restored_database_does_not_start_until_the_ledger_is_replayed(restored, capsys):
    due, kept = restored
    assert Contact.objects.count() == 4
    assert ledger.ahead() == 2
    with pytest.raises(ready.NotReady, match="2 entries of the erasure ledger are not done"):
        ready.check()

    call_command("replay_ledger")
    assert capsys.readouterr().out == "replayed=2 entry=2 contacts destroyed again=4\n"
    assert not Contact.objects.exists()
    assert not Line.objects.exists()
    assert not DataKey.objects.filter(pk__in=[c.key_id for c in [*due, *kept]]).exists()
    ready.check()
    assert ledger.ahead() == 0
    assert PurgeRun.objects.latest("started_at").result == PurgeRun.Result.ERASED
    event = AuditEvent.objects.get(action=Action.LEDGER_REPLAYED)
    assert event.detail == {"contacts": 4, "entry": 2}


def test_c17_over_age_words_are_unreadable_before_the_replay_too(restored, supervisor):
    due, _ = restored
    assert not Contact.objects.visible_to(supervisor).filter(pk__in=pks(due[1:])).exists()


def test_c17_a_restored_database_adds_nothing_to_the_ledger(restored):
    """Its next entry would take a number that the ledger has given out already."""
    before = ledger.path().read_bytes()
    with pytest.raises(ledger.DatabaseBehind, match="replay_ledger"):
        retention.purge_all(TODAY)
    assert ledger.path().read_bytes() == before
    assert not PurgeRun.objects.filter(finished_at=None).exists()


def test_c17_a_replay_that_was_cut_off_goes_on_where_it_was(restored):
    first = next(ledger.entries())
    run = PurgeRun.objects.create()
    assert retention.replay(first, TODAY, run) == 2
    assert retention.replay(first, TODAY, run) == 0
    assert Disposal.objects.get(run=run).gone == 2

    call_command("replay_ledger")
    assert not Contact.objects.exists()
    assert LedgerPosition.objects.get().number == 2


def test_a_replay_with_nothing_to_do_says_so_and_begins_a_new_life(purged_twice, capsys):
    """Run after every restore, so that a trail that lost its tail there is not taken for a
    forgery."""
    before = Life.objects.count()
    call_command("replay_ledger")
    assert capsys.readouterr().out.startswith("replayed=0 ")
    assert Life.objects.count() == before + 1

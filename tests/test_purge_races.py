"""Two at once, two purges or a hold and a purge: one wins, the other is told (C08, C09)."""

import os
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from contacts.models import Contact, Line
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import WrongState
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention
from privacy.models import Disposal, PurgeRun
from safeguarding.models import HeldContact, Hold
from tests.due import LINES, TODAY, contacts_of
from tests.racing import outcome, rivals, somebody_waits, until

pytestmark = pytest.mark.django_db(transaction=True)

INTERLEAVINGS = 500 if os.environ.get("HELPLINE_THOROUGH") else 50
SPIN = 100_000  # turns of an empty loop, some milliseconds: longer than one statement takes
DELETED = "This contact has already been deleted. It cannot be held any more."


def hold(contact, by) -> Hold:
    return Hold.objects.place(
        contact,
        by=by,
        kind=Hold.Kind.SAFEGUARDING,
        ground=Hold.Ground.LIFE_IN_DANGER,
        reason="She said he will come back tonight",
        review_on=add_months(london_today(), 1),
    )


def is_whole(contact) -> bool:
    """The row, its key, every line, and the words open."""
    found = Contact.objects.with_key().get(pk=contact.pk)
    words = [line.words for line in Line.objects.opened(found)]
    return found.held and words == ["words 1", "words 2", "words 3"]


def is_gone(contact, key_id) -> bool:
    """No row, no key, no line, no hold."""
    rows = (
        Contact.objects.filter(pk=contact.pk),
        Line.objects.filter(contact_id=contact.pk),
        DataKey.objects.filter(pk=key_id),
        HeldContact.objects.filter(contact_id=contact.pk),
    )
    return not any(found.exists() for found in rows)


# C08: two purges ---------------------------------------------------------------------------------


def test_c08_a_second_purge_leaves_the_first_alone():
    due = contacts_of(3)
    with retention.alone(), rivals() as start:
        assert isinstance(outcome(start(retention.purge_all, TODAY)), retention.Busy)
    assert Contact.objects.count() == len(due)
    assert not PurgeRun.objects.exists()
    assert retention.purge_all(TODAY).purged == len(due)


def test_c08_the_lock_is_given_back_when_a_purge_fails(monkeypatch):
    contacts_of(1)
    monkeypatch.setattr(retention, "rehearse", lambda today: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        retention.purge_all(TODAY)
    monkeypatch.undo()
    with rivals() as start:
        assert outcome(start(retention.purge_all, TODAY)).purged == 1


def test_c08_of_four_purges_at_once_every_contact_goes_once(monkeypatch):
    """Those that find another at work do nothing; all together tell of each contact once."""
    monkeypatch.setattr(retention, "BATCH", 2)
    due = {contact.pk for contact in contacts_of(20)}
    barrier = Barrier(4)

    def purge():
        barrier.wait()
        return retention.purge_all(TODAY).purged

    with rivals(4) as start:
        ends = [outcome(purged) for purged in [start(purge) for _ in range(4)]]

    assert {type(end) for end in ends} <= {int, retention.Busy}
    assert sum(end for end in ends if isinstance(end, int)) == len(due)
    told = [pk for entry in ledger.entries() for pk in entry.contacts]
    assert sorted(told) == sorted(due)
    assert sum(record.gone for record in Disposal.objects.all()) == len(due)
    assert not Contact.objects.exists()


# C09: a hold and a purge -------------------------------------------------------------------------


def test_c09_the_purge_has_the_row_first_and_the_hold_is_told(supervisor):
    (contact,) = contacts_of(1)
    seen = _unread(contact)
    with rivals() as start:
        with transaction.atomic():
            assert retention.purge_batch(TODAY, PurgeRun.objects.create()) == 1
            placing = start(hold, seen, supervisor)
            until(somebody_waits)
        loser = outcome(placing)

    assert isinstance(loser, WrongState)
    assert str(loser) == DELETED
    assert is_gone(contact, contact.key_id)
    assert not AuditEvent.objects.filter(action=Action.HOLD_PLACED).exists()


def test_c09_the_hold_has_the_row_first_and_the_purge_passes_over_it(supervisor):
    (contact,) = contacts_of(1)
    with rivals() as start:
        with transaction.atomic():
            hold(_unread(contact), supervisor)
            assert outcome(start(retention.purge_all, TODAY)).purged == 0
        assert outcome(start(retention.purge_all, TODAY)).purged == 0
    assert is_whole(contact)


def test_c09_a_hold_that_commits_while_the_purge_chooses_is_seen(supervisor):
    """The purge asked before the hold committed and gets the row after it: it looks again."""
    first, second = contacts_of(2)
    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=first.pk)
        with rivals(2) as start:
            assert outcome(start(hold, _unread(second), supervisor)).contacts.get() == second
            assert outcome(start(retention.purge_all, TODAY)).purged == 0
    assert retention.purge_all(TODAY).purged == 1
    assert is_gone(first, first.key_id)
    assert is_whole(second)


def test_c09_a_hold_whose_transaction_fails_holds_nothing(supervisor):
    (contact,) = contacts_of(1)
    with transaction.atomic():
        hold(_unread(contact), supervisor)
        transaction.set_rollback(True)
    assert retention.purge_all(TODAY).purged == 1
    assert is_gone(contact, contact.key_id)


def test_c09_in_any_interleaving_one_wins_and_the_other_is_told(supervisor, rng):
    """Two connections meet at a barrier; neither ever half succeeds, and both orders come about."""
    won, run = {"hold": 0, "purge": 0}, PurgeRun.objects.create()
    for contact in [contacts_of(1)[0] for _ in range(INTERLEAVINGS)]:
        Contact.objects.exclude(pk=contact.pk).filter(held=False).update(
            purge_on=london_today().max
        )
        Contact.objects.filter(pk=contact.pk).update(purge_on=TODAY)
        spins = rng.choice([(0, 0), (SPIN, 0), (0, SPIN), (rng.randrange(SPIN), 0)])
        placed, purged = race(contact, supervisor, run, *spins)
        if isinstance(placed, Hold):
            won["hold"] += 1
            assert purged == 0
            assert is_whole(contact)
        else:
            won["purge"] += 1
            assert (type(placed), str(placed)) == (WrongState, DELETED)
            assert purged == 1
            assert is_gone(contact, contact.key_id)
    assert min(won.values()) > 0, f"Only one order came about: {won}."


def race(contact, supervisor, run, *spins) -> tuple:
    """Place a hold and purge at the same moment; what came of each."""
    barrier = Barrier(2)
    seen = _unread(contact)

    def together(spin, act, *args):
        connection.ensure_connection()
        barrier.wait()
        for _ in range(spin):
            pass
        return act(*args)

    with rivals(2) as start:
        placing = start(together, spins[0], hold, seen, supervisor)
        purging = start(together, spins[1], retention.purge_batch, TODAY, run)
        return outcome(placing), outcome(purging)


def _unread(contact) -> Contact:
    """The contact as a page had fetched it a moment ago, in an instance of its own."""
    return Contact.objects.get(pk=contact.pk)


# The database is the last guard ------------------------------------------------------------------


def test_postgresql_itself_refuses_to_destroy_a_held_key(supervisor):
    (contact,) = contacts_of(1)
    hold(_unread(contact), supervisor)
    Contact.objects.filter(pk=contact.pk).update(held=False, key=DataKey.new())
    with pytest.raises(IntegrityError, match='referenced from table "safeguarding_heldcontact"'):
        DataKey.objects.destroy([contact.key_id])
    assert DataKey.objects.filter(pk=contact.key_id).exists()


def test_a_purge_that_forgets_to_look_at_holds_is_stopped_by_the_database(supervisor):
    """Neither the flag nor the hold's row is looked at: the whole batch is refused."""
    contacts = contacts_of(2)
    hold(_unread(contacts[0]), supervisor)
    run = PurgeRun.objects.create()
    with pytest.raises(IntegrityError, match="is still referenced"), transaction.atomic():
        retention.destroy(retention.going(Contact.objects.all()), TODAY, run)
    assert Line.objects.count() == 2 * LINES
    assert is_whole(contacts[0])


def test_a_held_flag_that_is_wrong_destroys_nothing(supervisor):
    """The flag is only an index; the hold in force is the truth."""
    (contact,) = contacts_of(1)
    hold(_unread(contact), supervisor)
    Contact.objects.filter(pk=contact.pk).update(held=False)
    assert retention.purge_all(TODAY).purged == 0
    assert Line.objects.count() == LINES


@pytest.mark.parametrize("verb", ["say", "add_note", "take", "end"])
def test_whoever_acts_on_a_contact_that_is_being_destroyed_is_told(supervisor, verb):
    """It waits for the row, and finds that there is none; this one was not even due."""
    (contact,) = contacts_of(1, began=london_today())
    if verb == "end":
        Contact.objects.update(status="open", waiting_since=None)
    seen = _unread(contact)
    acts = {
        "say": lambda c: c.say("worker", "are you still there?"),
        "add_note": lambda c: c.add_note("no answer", by=supervisor),
        "take": lambda c: c.take(by=supervisor),
        "end": lambda c: c.end(by=supervisor),
    }
    with rivals() as start:
        with transaction.atomic():
            locked = retention.going(Contact.objects.select_for_update().filter(pk=contact.pk))
            retention.destroy(locked, TODAY, PurgeRun.objects.create())
            adding = start(acts[verb], seen)
            until(somebody_waits)
        assert isinstance(outcome(adding), WrongState)
    assert is_gone(contact, contact.key_id)

"""What was asked in a contact goes in one with it: a hold finds both, or is told (C08, C09)."""

import os
from threading import Barrier

import pytest
from django.db import connection, transaction

from contacts.models import ActionRequest, Contact
from helpline.foundation.calendar import london_today
from helpline.foundation.states import WrongState
from privacy import ledger, retention
from privacy.models import Disposal, PurgeRun
from safeguarding.models import Hold
from tests.asking import ask, given
from tests.racing import outcome, rivals
from tests.test_purge_races import DELETED, SPIN, hold

pytestmark = pytest.mark.django_db(transaction=True)

INTERLEAVINGS = 200 if os.environ.get("HELPLINE_THOROUGH") else 25
LONG = 40 * SPIN  # longer than both steps of the purge take


@pytest.fixture
def due(make_contact, worker):
    """Makes a contact whose 18 months are over, with what was asked in it."""

    def make() -> ActionRequest:
        contact = make_contact("please tell my mum", worker=worker)
        action = given(ask(contact, worker), worker)
        for rows in (Contact.objects.filter(pk=contact.pk), ActionRequest.objects.all()):
            rows.update(purge_on=london_today())
        return action

    return make


def seen(action) -> Contact:
    return Contact.objects.get(pk=action.contact_id)


def purge(run) -> None:
    """As one run of the purge goes about it."""
    retention.purge_requests(london_today(), run)
    retention.purge_batch(london_today(), run)


def stands(action) -> tuple[bool, bool]:
    """Whether the contact is there with its words, and whether what was asked is."""
    contact = Contact.objects.filter(pk=action.contact_id, purged_on=None)
    return contact.exists(), ActionRequest.objects.filter(pk=action.pk, key=action.key_id).exists()


def test_c09_a_hold_between_requests_and_contacts_finds_both(due, supervisor):
    action, run = due(), PurgeRun.objects.create()
    retention.purge_requests(london_today(), run)
    hold(seen(action), supervisor)
    retention.purge_batch(london_today(), run)
    assert stands(action) == (True, True)


def test_c09_a_hold_that_is_being_placed_keeps_what_was_asked(due, supervisor):
    """Also what goes by itself, before its contact."""
    action, run = due(), PurgeRun.objects.create()
    Contact.objects.update(purge_on=london_today().max)
    with rivals() as start:
        with transaction.atomic():
            hold(seen(action), supervisor)
            assert outcome(start(retention.purge_requests, london_today(), run)) == 0
        assert outcome(start(retention.purge_requests, london_today(), run)) == 0
    assert stands(action) == (True, True)


def test_c09_in_any_interleaving_a_hold_wins_or_is_told(due, supervisor, rng):
    run, ends = PurgeRun.objects.create(), set()
    for turn in range(INTERLEAVINGS):
        Contact.objects.update(purge_on=london_today().max)
        ActionRequest.objects.update(purge_on=london_today().max)
        action, together = due(), Barrier(2)
        ActionRequest.objects.exclude(pk=action.pk).update(purge_on=london_today().max)
        spins = [(LONG, 0), (0, 0), (rng.randrange(LONG), 0), (0, rng.randrange(SPIN))][turn % 4]

        def meet(spin, act, *args, together=together):
            connection.ensure_connection()
            together.wait()
            for _ in range(spin):
                pass
            return act(*args)

        with rivals(2) as start:
            placing = start(meet, spins[0], hold, seen(action), supervisor)
            purging = start(meet, spins[1], purge, run)
            placed = outcome(placing)
            assert outcome(purging) is None
        ends.add(type(placed))
        if isinstance(placed, Hold):
            assert stands(action) == (True, True)
        else:
            assert (type(placed), str(placed)) == (WrongState, DELETED)
            assert stands(action) == (False, False)
    assert ends == {Hold, WrongState}, f"Only one order came about: {ends}."


def test_a_request_that_somebody_is_at_work_on_waits_with_its_contact(due, supervisor):
    action, run = due(), PurgeRun.objects.create()
    with rivals() as start, transaction.atomic():
        ActionRequest.objects.select_for_update(no_key=True).get(pk=action.pk)
        assert outcome(start(purge, run)) is None
    assert stands(action) == (True, True)
    purge(run)
    assert stands(action) == (False, False)


def test_both_stand_in_one_entry_of_the_ledger_and_in_the_certificates(due):
    action = due()
    purge(PurgeRun.objects.create())
    (entry,) = ledger.entries()
    assert entry.contacts == [action.contact_id, action.pk]
    assert not Contact.objects.exists(), "nothing is left that refers to it"
    assert sorted(Disposal.objects.values_list("gone", flat=True)) == [1, 1]

"""Killed at any moment, a purge that is run again ends as an undisturbed one would (C07)."""

import os
import time
import uuid

import pytest

from contacts.models import Contact, Line
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention
from privacy.models import Disposal, PurgeRun
from safeguarding.models import Hold
from tests.due import LINES, TODAY, contacts_of
from tests.killing import KILLED, killers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("killed")]

DUE, BATCH = 12, 5
KILLS = 200 if os.environ.get("HELPLINE_THOROUGH") else 20
POINTS = [
    "before the keys go",
    "after the keys have gone",
    "in the middle of a ledger line",
    "before the commit",
    "after the commit",
    "before the run record",
]


@pytest.fixture(scope="module")
def order():
    with killers() as order:
        yield order


@pytest.fixture
def held(supervisor, make_contact) -> Contact:
    """A contact that is over its 18 months and must survive every purge."""
    contact = contacts_of(1)[0]
    Hold.objects.place(
        contact,
        by=supervisor,
        kind=Hold.Kind.SAFEGUARDING,
        ground=Hold.Ground.LIFE_IN_DANGER,
        reason="She said he will come back tonight",
        review_on=add_months(retention.timezone.localdate(), 1),
    )
    return contact


def ids(contacts) -> set[uuid.UUID]:
    return {contact.pk for contact in contacts}


def assert_whole(left: set[uuid.UUID]) -> None:
    """Nothing is half gone: what is left has its key and every line, opens, and is all there is."""
    found = list(Contact.objects.with_key())
    assert ids(found) == left
    assert set(DataKey.objects.values_list("pk", flat=True)) == {c.key_id for c in found}
    assert Line.objects.count() == len(found) * LINES
    for contact in found:
        words = [line.words for line in Line.objects.opened(contact)]
        assert words == ["words 1", "words 2", "words 3"]


def assert_undisturbed(gone: set[uuid.UUID], left: set[uuid.UUID]) -> None:
    """As after a purge that nothing disturbed: every record of it tells the same story once."""
    assert_whole(left)
    entries = list(ledger.entries())
    assert all(entry.done for entry in entries)
    told = [pk for entry in entries for pk in entry.contacts]
    assert set(told) == gone
    assert len(told) == len(gone)
    assert ledger.ahead() == 0
    records = Disposal.objects.all()
    assert sum(record.gone for record in records) == len(gone)
    assert sum(record.keys_destroyed for record in records) == len(gone)
    assert sum(record.lines for record in records) == len(gone) * LINES
    events = AuditEvent.objects.filter(action=Action.PURGED)
    assert sum(event.detail["contacts"] for event in events) == len(gone)
    assert not PurgeRun.objects.filter(finished_at=None).exists()


def test_c07_an_undisturbed_purge(held, order):
    due, young = contacts_of(DUE), contacts_of(3, began=TODAY)
    assert order("purge", today=str(TODAY), batch=BATCH) == 0
    assert_undisturbed(ids(due), ids([*young, held]))
    assert PurgeRun.objects.get().result == PurgeRun.Result.DONE


@pytest.mark.parametrize("point", POINTS)
def test_c07_killed_at_a_point_and_run_again(held, order, point):
    due, young = contacts_of(DUE), contacts_of(3, began=TODAY)
    assert order("purge", today=str(TODAY), batch=BATCH, at=point) == KILLED

    assert_whole(set(Contact.objects.values_list("pk", flat=True)))
    assert ids([*young, held]) <= set(Contact.objects.values_list("pk", flat=True))
    retention.purge_all(TODAY)

    assert_undisturbed(ids(due), ids([*young, held]))
    results = PurgeRun.objects.order_by("started_at").values_list("result", flat=True)
    assert list(results) == [PurgeRun.Result.BROKEN, PurgeRun.Result.DONE]


@pytest.mark.parametrize("point", POINTS)
def test_c07_killed_again_and_again_at_the_same_point(held, order, point):
    """Each run gets as far as the one before or further; the last one, left alone, ends it."""
    due = contacts_of(DUE)
    for _ in range(4):
        order("purge", today=str(TODAY), batch=BATCH, at=point)
    retention.purge_all(TODAY)
    assert_undisturbed(ids(due), {held.pk})


def test_c07_killed_after_any_time_and_run_again(held, order, rng):
    """Kills spread over the time that an undisturbed run takes, so that most come in its midst."""
    gone, midst = ids(contacts_of(20)), 0
    begun = time.perf_counter()
    order("purge", today=str(TODAY), batch=1)
    whole = time.perf_counter() - begun
    for _ in range(KILLS):
        due = contacts_of(20)
        gone |= ids(due)
        order("purge", today=str(TODAY), batch=1, after=rng.uniform(0, whole))
        left = set(Contact.objects.values_list("pk", flat=True))
        assert_whole(left)
        midst += 1 < len(left) < len(due) + 1
        retention.purge_all(TODAY)
    assert midst >= KILLS / 10, "Nothing is shown if every kill came before or after the purge."
    assert_undisturbed(gone, {held.pk})

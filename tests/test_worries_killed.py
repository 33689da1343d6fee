"""Killed at any moment, a purge of worries and quotes that is run again ends all of it (C07)."""

import pytest

from contacts.models import Contact
from helpline.foundation.calendar import london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention, schedule
from privacy.models import Disposal
from safeguarding.models import Assessment, Escalation, EscalationStep
from tests.killing import KILLED, killers
from tests.test_purge_killed import POINTS
from tests.test_worries_end import closed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("killed")]


@pytest.fixture(scope="module")
def order():
    with killers() as order:
        yield order


@pytest.fixture
def due(make_contact, worker, team, supervisor) -> tuple[Escalation, Escalation]:
    """A worry whose six years are over, and one without action whose contact is due."""
    contacts = [make_contact("x", worker=worker, team=team) for _ in range(2)]
    ended, quoted = (closed(contact, worker, supervisor) for contact in contacts)
    Escalation.objects.filter(pk=ended.pk).update(keep_until=london_today())
    Contact.objects.filter(pk=contacts[1].pk).update(purge_on=london_today())
    return ended, quoted


@pytest.mark.parametrize("point", POINTS)
def test_c07_killed_at_a_point_and_run_again(due, order, point):
    ended, quoted = due
    assert order("purge", today=str(london_today()), at=point) == KILLED
    opens = Escalation.objects.exclude(said_key=None).count()
    assert Assessment.objects.filter(said__isnull=False).count() == opens
    retention.purge_all(london_today())

    left = Escalation.objects.get()
    assert (left.pk, left.said_key_id) == (quoted.pk, None)
    assert not Assessment.objects.filter(said__isnull=False).exists()
    assert not EscalationStep.objects.filter(escalation=ended.pk).exists()
    living = set(Contact.objects.exclude(key=None).values_list("key", flat=True))
    alerts = set(Message.objects.exclude(key=None).values_list("key", flat=True))
    assert set(DataKey.objects.values_list("pk", flat=True)) == {*living, *alerts, left.key_id}
    certified = Disposal.objects.filter(retention_class=schedule.SAFEGUARDING.name)
    assert [(each.gone, each.keys_destroyed) for each in certified] == [(1, 2)]
    entries = list(ledger.entries())
    assert [entry.contacts for entry in entries].count([ended.pk]) == 1
    assert [entry.forgotten for entry in entries].count({"quotes": [quoted.pk]}) == 1
    assert ledger.ahead() == 0

"""Changing one’s mind while a deletion runs: it is called off in time, or it has been done."""

import pytest
from django.db import transaction
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.states import WrongState
from privacy import retention
from privacy.erasure import erasing
from privacy.models import Erasure, PurgeRun
from tests.racing import outcome, rivals, somebody_waits, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(make_contact) -> Erasure:
    chats = [make_contact("my dad shouts", ended=True) for _ in range(2)]
    return Erasure.objects.ask(chats, when=timezone.now())


def there() -> int:
    return Contact.objects.filter(purged_on=None).count()


def test_s2_67_nothing_goes_of_what_was_called_off_while_it_ran(plan, monkeypatch):
    """S2-67: the run has listed both chats, and they press the button before the first goes."""
    whole = erasing.destroy

    def destroy(item_id, run):
        if Erasure.objects.get(pk=plan.pk).status == Erasure.Status.READY:
            Erasure.objects.get(pk=plan.pk).call_off()
        return whole(item_id, run)

    monkeypatch.setattr(erasing, "destroy", destroy)
    assert erasing.run_due(timezone.now()) == 0
    assert there() == 2
    plan.refresh_from_db()
    assert plan.status == Erasure.Status.CALLED_OFF
    assert not PurgeRun.objects.exists()


def test_s2_67_whoever_changes_their_mind_while_a_chat_goes_is_told(plan):
    """S2-67: not that all of it was kept."""
    with rivals() as start, retention.alone():
        with transaction.atomic():
            assert erasing.destroy(plan.items.first().pk, PurgeRun())
            late = start(Erasure.objects.get(pk=plan.pk).call_off)
            until(somebody_waits)
        assert isinstance(outcome(late), WrongState)
    assert erasing.run_due(timezone.now()) == 1
    assert there() == 0

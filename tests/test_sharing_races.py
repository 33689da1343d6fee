"""Two people at the same moment, in connections of their own: one wins, and the other is told."""

import pytest
from django.db import transaction

from helpline.foundation.outbox.models import Message
from helpline.foundation.states import Refused, WrongState
from safeguarding.models import Disclosure, Recipient, Task
from safeguarding.sharing.kinds import Status
from tests.racing import outcome, rivals, somebody_waits, until
from tests.sharing import brought, considered, fetched, verified, worry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def approved(contact, worker, supervisor, lead) -> Disclosure:
    disclosure = considered(worry(contact, worker, supervisor), supervisor)
    to = verified(supervisor, lead)
    return brought(disclosure, Status.APPROVED, by=supervisor, second=lead, recipient=to)


def behind(disclosure, first, second):
    """The first act, with the second begun while it is not committed; what became of the second."""
    with rivals() as start:
        with transaction.atomic():
            first(fetched(disclosure))
            rival = start(lambda: second(fetched(disclosure)))
            until(somebody_waits)
        return outcome(rival)


def test_two_supervisors_share_at_once_and_one_letter_leaves(approved, supervisor, lead):
    said = behind(approved, lambda d: d.disclose(by=supervisor), lambda d: d.disclose(by=lead))
    assert isinstance(said, WrongState)
    assert "Somebody else was here first" in str(said)
    assert (Message.objects.count(), Task.objects.count()) == (1, 1)


def test_one_shares_and_one_keeps_it_back_and_the_second_is_told(approved, supervisor, lead):
    why = "They are safe with their aunt now."
    said = behind(
        approved, lambda d: d.disclose(by=supervisor), lambda d: d.keep_back(why, by=lead)
    )
    assert isinstance(said, WrongState)
    assert fetched(approved).status == Status.LEAVING


def test_kept_back_first_nothing_leaves(approved, supervisor, lead):
    why = "They are safe with their aunt now."
    said = behind(
        approved, lambda d: d.keep_back(why, by=lead), lambda d: d.disclose(by=supervisor)
    )
    assert isinstance(said, Exception)
    assert fetched(approved).status == Status.NOT_SHARED
    assert not Message.objects.exists()


def test_it_is_stopped_once_and_no_letter_is_left_behind(approved, supervisor, lead):
    approved.disclose(by=supervisor)
    said = behind(approved, lambda d: d.cancel(by=supervisor), lambda d: d.cancel(by=lead))
    assert isinstance(said, WrongState)
    assert fetched(approved).status == Status.PREPARING
    assert not Message.objects.exists()


def test_e20_of_two_look_alikes_verified_at_once_one_is_refused(db, supervisor, lead):
    said = {"body": "Kent", "found_at": "their site", "spoke_to": "the desk"}
    first, second = (
        Recipient.objects.add("police", by=supervisor, mails_to=f"control@{name}.police.uk", **said)
        for name in ("kent", "kemt")
    )
    with rivals() as start:
        with transaction.atomic():
            first.approve(by=lead)
            rival = start(second.approve, by=lead)
            until(somebody_waits)
        refused = outcome(rival)
    assert isinstance(refused, Refused)
    assert Recipient.objects.verified().get() == first


def test_e20_an_entry_is_not_taken_off_while_something_is_set_on_its_way_there(
    approved, supervisor, lead
):
    said = behind(
        approved, lambda d: d.disclose(by=supervisor), lambda d: d.recipient.drop(by=lead)
    )
    assert isinstance(said, WrongState)
    assert Recipient.objects.get().status == Recipient.Status.VERIFIED
    fetched(approved).recipient.drop(by=lead)
    assert fetched(approved).status == Status.PREPARING
    assert not Message.objects.exists()


def test_e20_taken_off_first_nothing_is_set_on_its_way_there(approved, supervisor, lead):
    said = behind(
        approved, lambda d: d.recipient.drop(by=lead), lambda d: d.disclose(by=supervisor)
    )
    assert isinstance(said, Refused)
    assert fetched(approved).status == Status.APPROVED
    assert not Message.objects.exists()

"""What they wish counts in the moment it is done, and not only when it was agreed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.models import ActionRequest, Answer, Consent, How, Purpose
from helpline.foundation.calendar import london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.states import Refused
from tests.asking import LOST, agreed, approved, ask

pytestmark = pytest.mark.django_db(transaction=True)

LEADS = "I stay near SW1A 1AA now."
BY_PHONE = {"route": "phone", "route_to": "01632 960001"}


def wishes_not_to_be_found(contact, by) -> None:
    Consent.objects.answered(contact, Answer.REFUSED, wording=1, purpose=Purpose.FOUND, by=by)


def until_tomorrow(contact, by, kind="pass-message") -> ActionRequest:
    """Asked for, by somebody who agrees to it until tomorrow."""
    purpose = Purpose.CALL_BACK if kind == "call-back" else Purpose.MESSAGE
    day = {"expires_on": london_today() + timedelta(days=1), "how": How.VOICE}
    Consent.objects.answered(contact, Answer.GIVEN, wording=1, purpose=purpose, by=by, **day)
    action = ActionRequest.objects.ask(contact, kind, by=by, words="Please.")
    return ActionRequest.objects.with_key().get(pk=action.pk)


def tomorrow():
    return time_machine.travel(timezone.now() + timedelta(days=1))


def test_words_that_lead_to_who_wishes_not_to_be_found_do_not_leave(contact, worker, supervisor):
    action = approved(ask(contact, worker), worker, supervisor, words=LEADS)
    wishes_not_to_be_found(contact, worker)
    with pytest.raises(Refused, match="do not wish to be found"):
        action.send(by=worker)
    assert not Message.objects.exists()


def test_nor_are_they_approved_or_said(contact, worker, supervisor):
    waits = agreed(ask(contact, worker), worker, words=LEADS)
    waits.check_recipient("published", by=worker, mark=waits.recipient_mark())
    said = approved(ask(contact, worker), worker, supervisor, words=LEADS, **BY_PHONE)
    wishes_not_to_be_found(contact, worker)
    with pytest.raises(Refused, match="do not wish to be found"):
        waits.approve(by=supervisor, mark=waits.mark())
    with pytest.raises(Refused, match="do not wish to be found"):
        said.tried("reached", by=worker)


def test_words_that_lead_nowhere_are_passed_on_all_the_same(contact, worker, supervisor):
    action = approved(ask(contact, worker), worker, supervisor, words=LOST)
    wishes_not_to_be_found(contact, worker)
    action.send(by=worker)
    assert Message.objects.count() == 1


def test_nothing_leaves_after_the_day_until_which_they_agreed(contact, worker, supervisor):
    action = approved(until_tomorrow(contact, worker), worker, supervisor)
    with tomorrow(), pytest.raises(Refused, match="any longer"):
        action.send(by=worker)
    assert not Message.objects.exists()


def test_nobody_is_rung_after_that_day(contact, worker):
    window = {"window_to": timezone.now() + timedelta(days=3)}
    action = agreed(until_tomorrow(contact, worker, "call-back"), worker, **window)
    with tomorrow(), pytest.raises(Refused, match="any longer"):
        action.tried("no-answer", by=worker)
    action.tried("no-answer", by=worker)

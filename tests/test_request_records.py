"""Somebody with a record asks for something: it follows them, and their record’s rules do too."""

import pytest
from django.urls import reverse

from contacts.acts.taking_back import take_back
from contacts.models import (
    ActionRequest,
    Consent,
    Contact,
    How,
    Link,
    LostBasis,
    Purpose,
    ServiceUser,
)
from contacts.vocabulary import Asked, Basis, NoConsent
from helpline.foundation.states import Refused
from tests.asking import agreed, approved, ask

pytestmark = pytest.mark.django_db(transaction=True)


def known(contact, worker, **details) -> ServiceUser:
    """The person of this contact has a record, by consent, and it belongs to it."""
    consent = Consent.objects.answered(
        contact, "given", wording=1, purpose=Purpose.RECORD, by=worker, how=How.VOICE
    )
    details = {"names": "Quillon Fairweather"} | details
    record = ServiceUser.objects.keep(contact, by=worker, details=details, consent=consent)
    Link.objects.link(contact, record, by=worker, asked=Asked.VOICE)
    return record


def linked(contact, record, worker) -> Contact:
    """Another contact that they asked to put together with their record."""
    Link.objects.link(contact, record, by=worker, asked=Asked.VOICE)
    return contact


def test_what_is_open_follows_them_to_their_next_contact_and_leaves_when_unlinked(
    contact, make_contact, worker, colleague
):
    record = known(contact, worker)
    action = ask(contact, worker)
    later = linked(make_contact("me again", worker=colleague), record, colleague)
    assert ActionRequest.objects.of_person(later).get() == action
    assert ActionRequest.objects.visible_to(colleague).get() == action

    later.link.unlink(by=colleague)

    assert not ActionRequest.objects.of_person(later).exists()
    assert not ActionRequest.objects.visible_to(colleague).exists()


def test_a_wish_not_to_be_found_follows_them_too(contact, make_contact, worker):
    record = known(contact, worker)
    Consent.objects.answered(contact, "refused", wording=1, purpose=Purpose.FOUND, by=worker)
    later = make_contact("me again", worker=worker)
    assert not Consent.objects.says_not_to_be_found(later)
    linked(later, record, worker)
    assert Consent.objects.says_not_to_be_found(later)


def test_a_call_back_keeps_to_the_rules_of_the_record(contact, worker):
    known(contact, worker, may_call=True, may_voicemail=False)
    action = agreed(ask(contact, worker, kind="call-back"), worker, voicemail=True)
    with pytest.raises(Refused, match="voicemail"):
        action.tried("voicemail", by=worker)
    action.tried("no-answer", by=worker)
    ServiceUser.objects.update(may_call=False)
    with pytest.raises(Refused, match="may not be called"):
        action.tried("no-answer", by=worker)


def test_nobody_is_told_by_a_way_that_they_did_not_call_safe(contact, worker, supervisor):
    known(contact, worker, may_email=True)
    action = approved(ask(contact, worker), worker, supervisor, route="phone", route_to="01632")
    action.tried("reached", by=worker)
    action.finish("passed", by=worker)
    with pytest.raises(Refused, match="did not say that this way is safe"):
        action.tell("called", by=worker)
    action.tell("wrote", by=worker)
    assert action.status == "told"


def test_the_rules_of_the_record_stand_before_the_number(contact, worker, signed_in):
    known(contact, worker, may_call=True, safe_times="Only after six")
    action = agreed(ask(contact, worker, kind="call-back"), worker)
    shown = signed_in(worker).post(reverse("action_show", args=[action.pk]), {"why": "to-ring"})
    shown = shown.content.decode()
    assert shown.index("Only after six") < shown.index("07700 900123")


def test_taking_back_ends_the_record_at_once(contact, worker):
    record = known(contact, worker)
    Consent.objects.withdraw(contact, Purpose.RECORD, by=worker, how=How.VOICE)
    record.refresh_from_db()
    assert record.status == ServiceUser.Status.LEAVING
    assert not Link.objects.exists()
    row = LostBasis.objects.get()
    assert (row.what, row.status, row.settled_by) == ("record", "removed", worker)


def test_taking_back_on_the_page_of_the_record_stands_in_the_ledger_too(contact, worker):
    record = known(contact, worker)
    assert take_back(record, by=worker) is True
    assert Consent.objects.standing(contact)["record"].answer == "withdrawn"
    record.refresh_from_db()
    assert record.status == ServiceUser.Status.LEAVING


def test_it_is_taken_back_where_the_contact_was_unlinked_or_its_answer_is_gone(contact, worker):
    record = known(contact, worker)
    Link.objects.get().unlink(by=worker)
    assert take_back(record, by=worker) is True
    record.refresh_from_db()
    assert record.status == ServiceUser.Status.LEAVING


def test_d14_a_record_that_also_stands_on_safeguarding_stays(contact, worker):
    record = known(contact, worker)
    why = "They are fifteen and somebody hurts them at home."
    record.bases.create(
        service_user=record,
        basis=Basis.RECOGNISED,
        no_consent=NoConsent.PREJUDICE,
        reason=why,
        recorded_by=worker,
    )
    Consent.objects.withdraw(contact, Purpose.RECORD, by=worker, how=How.VOICE)
    record.refresh_from_db()
    assert record.status == ServiceUser.Status.KEPT
    row = LostBasis.objects.get()
    assert (row.what, row.status, row.basis) == ("record", "stands", "recognised")

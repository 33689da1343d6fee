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
from contacts.vocabulary import Basis, NoConsent
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused
from privacy import retention
from privacy.models import PurgeRun
from tests.asking import LOST, agreed, approved, ask

pytestmark = pytest.mark.django_db(transaction=True)


def known(contact, worker, **details) -> ServiceUser:
    """The person of this contact has a record, by consent, and it belongs to it."""
    consent = Consent.objects.answered(
        contact, "given", wording=1, purpose=Purpose.RECORD, by=worker, how=How.VOICE
    )
    details = {"names": "Quillon Fairweather"} | details
    record = ServiceUser.objects.keep(contact, by=worker, details=details, consent=consent)
    Link.objects.link(contact, record, by=worker, asked=How.VOICE)
    return record


def linked(contact, record, worker) -> Contact:
    """Another contact that they asked to put together with their record."""
    Link.objects.link(contact, record, by=worker, asked=How.VOICE)
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
        action.tell("called", by=worker, read=action.last_step())
    action.tell("wrote", by=worker, read=action.last_step())
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
    assert Consent.objects.standing(contact)["record"].answer == "withdrawn"


def test_no_ledger_goes_on_saying_that_they_agree_once_nothing_belongs_to_a_record(
    contact, make_contact, worker
):
    """Not in the contact where they agreed, nor in another where they said so again."""
    record = known(contact, worker)
    other = linked(make_contact("it is me", worker=worker), record, worker)
    Consent.objects.answered(other, "given", wording=1, purpose=Purpose.RECORD, by=worker)
    Link.objects.of(contact).get().unlink(by=worker)
    assert Consent.objects.standing(contact)["record"].answer == "withdrawn"
    assert Consent.objects.standing(other)["record"].answer == "given"
    assert record.bases.by_consent().exists()
    take_back(record, by=worker)
    assert Consent.objects.standing(other)["record"].answer == "withdrawn"
    events = AuditEvent.objects.filter(action=Action.CONSENT_ANSWERED)
    assert events.filter(detail__answer="withdrawn").count() == 0


def test_what_they_asked_for_stands_in_their_time_line(contact, worker, supervisor, signed_in):
    """S0-11: with its contact and what was promised; what came of it stays when the words go."""
    record = known(contact, worker)
    action = approved(ask(contact, worker), worker, supervisor, route="phone", route_to="01632 9")
    client = signed_in(worker)
    page = client.get(record.get_absolute_url()).content.decode()
    assert "They asked us: pass a message." in page
    assert action.get_absolute_url() in page
    assert contact.handle_words in page

    action.tried("reached", by=worker)
    action.finish("passed", by=worker)
    action.tell("in-contact", by=worker, read=action.last_step())
    retention.destroy_requests([str(action.pk)], PurgeRun.objects.create())
    page = client.get(record.get_absolute_url()).content.decode()
    assert "Pass a message. It was done." in page
    assert "They asked us" not in page
    assert LOST not in page


def test_what_they_know_stands_once_and_goes_with_the_link(contact, worker, supervisor):
    record = known(contact, worker)
    action = approved(ask(contact, worker), worker, supervisor, route="phone", route_to="01632 9")
    action.tried("reached", by=worker)
    action.finish("passed", by=worker)
    for _ in range(2):
        action.answered("He can come home.", by=worker)
        action.tell("in-contact", by=worker, read=action.last_step())
    assert record.entries.get().action == action
    Link.objects.get().unlink(by=worker)
    assert not record.entries.exists()
    assert ActionRequest.objects.get() == action


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

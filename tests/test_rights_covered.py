"""What is done in full is done with everything that the request is about, and with what the second
person saw (Art 15, Art 17, D10)."""

import pytest
from django.urls import reverse

from contacts.models import Contact, HandOver
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused, WrongState
from privacy.models import RightsRequest
from privacy.rights.kinds import Found, Kind, Status
from tests.known import make_link, make_record
from tests.reviewing import in_review
from tests.rights import WHY, decided, with_code

pytestmark = pytest.mark.django_db
LISTED = [Kind.ACCESS, Kind.ERASE]


@pytest.fixture
def own(make_contact, worker, team) -> Contact:
    return make_contact("my dad shouts", worker=worker, team=team, ended=True)


@pytest.fixture
def later(make_contact, worker, team) -> Contact:
    """One that is found while the first is reviewed."""
    return make_contact("he is back", worker=worker, team=team, ended=True)


def propose(request, by) -> None:
    request.propose(Status.RELEASED, by=by, reasons=WHY)


@pytest.mark.parametrize("kind", LISTED)
def test_a_conversation_that_was_found_later_is_listed_before_all_is_done(
    kind, own, later, dpo, lead
):
    request = in_review(own, by=dpo, kind=kind)
    decided(request, dpo)
    request.find_by_code(with_code(later), by=dpo)
    with pytest.raises(Refused, match="Look"):
        propose(request, dpo)
    assert RightsRequest.objects.get(pk=request.pk).status == Status.REVIEW

    decided(request, dpo)
    propose(request, dpo)
    request.approve(by=lead)
    assert request.status == Status.RELEASED


@pytest.mark.parametrize("kind", LISTED)
def test_so_are_a_record_and_its_copy_in_casework(kind, own, make_contact, worker, dpo):
    chat = make_contact("hello", "We pass this on.", worker=worker, service="is-this-ok")
    record = make_record(chat, worker)
    make_link(chat, record, worker)
    chat.end(by=worker, outcome="listened")
    request = in_review(own, chat, by=dpo, kind=kind)
    decided(request, dpo)
    request.find_by_record(record, by=dpo)
    with pytest.raises(Refused, match="Look"):
        propose(request, dpo)
    decided(request, dpo)
    propose(request, dpo)
    RightsRequest.objects.filter(pk=request.pk).update(status=Status.REVIEW)
    HandOver.objects.hand_over(chat, by=worker, told_in=2)
    with pytest.raises(Refused, match="Look"):
        propose(RightsRequest.objects.get(pk=request.pk), dpo)


@pytest.mark.parametrize("kind", LISTED)
def test_what_the_second_person_did_not_see_is_not_approved(kind, own, later, dpo, lead):
    """Also where it came to it past every verb."""
    request = in_review(own, by=dpo, kind=kind)
    decided(request, dpo)
    propose(request, dpo)
    request.concerns.create(contact=later, found=Found.CODE)
    with pytest.raises(Refused, match="Look"):
        request.approve(by=lead)
    assert RightsRequest.objects.get(pk=request.pk).status == Status.APPROVAL


def test_what_it_is_about_stays_as_it_is_while_the_answer_waits(
    own, later, contact, worker, dpo, second
):
    record = make_record(contact, worker)
    request = in_review(own, by=dpo, kind=Kind.RESTRICT)
    request.recall(later, by=dpo, because=WHY)
    waits = request.concerns.get(contact=later)
    RightsRequest.objects.filter(pk=request.pk).update(status=Status.APPROVAL)
    code, events = with_code(later), AuditEvent.objects.count()
    for verb in (
        lambda: request.find_by_code(code, by=dpo),
        lambda: request.find_by_record(record, by=dpo),
        lambda: request.recall(later, by=dpo, because=WHY),
        lambda: request.accept_recalled(waits.pk, by=second),
        lambda: request.take_out(waits.pk, by=dpo, why=WHY),
    ):
        with pytest.raises(WrongState, match="sent back"):
            verb()
    assert list(request.scope()) == [own]
    assert AuditEvent.objects.count() == events


def test_nothing_is_accepted_once_it_is_answered(own, later, dpo, second):
    request = in_review(own, by=dpo)
    request.recall(later, by=dpo, because=WHY)
    request.withdraw(by=dpo, why=WHY)
    with pytest.raises(WrongState, match="answered"):
        request.accept_recalled(request.concerns.get(contact=later).pk, by=second)


def test_the_page_offers_no_finding_while_the_answer_waits(own, dpo, signed_in):
    request = in_review(own, by=dpo)
    decided(request, dpo)
    find, desk = reverse("rights_find", args=[request.pk]), signed_in(dpo)
    assert find in desk.get(request.get_absolute_url()).content.decode()
    propose(request, dpo)
    shown = desk.get(request.get_absolute_url()).content.decode()
    assert find not in shown
    assert "Take it out" not in shown
    assert reverse("rights_read", args=[request.pk]) in shown

"""A record that is not theirs is taken out of a request again, with everything that was found by
it, and stays what it was (S2-46, DPA 2018 s.173)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Entry, HandOver, ServiceUser
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused, WrongState
from privacy.erasure import erasing
from privacy.erasure.planning import draw_up
from privacy.models import Rectification, RightsRequest
from privacy.review.gathering import gather
from privacy.rights.kinds import Kind, Status
from tests.known import make_link, make_record
from tests.reviewing import in_review
from tests.rights import WHY, decided, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(make_contact, worker, team) -> Contact:
    return make_contact("my dad shouts", worker=worker, team=team, ended=True)


@pytest.fixture
def wrong(make_contact, worker, team) -> ServiceUser:
    """The record of another person of the same name, with a chat and its copy in casework."""
    chat = make_contact("he drinks", "We pass this on.", worker=worker, service="is-this-ok")
    record = make_record(chat, worker)
    make_link(chat, record, worker)
    HandOver.objects.hand_over(chat, by=worker, told_in=2)
    Entry.objects.write(record, "We rang her school.", by=worker, contact=chat)
    chat.end(by=worker, outcome="listened")
    return record


def about(record, *contacts, by, kind=Kind.ACCESS) -> RightsRequest:
    """In review: a wrong record, and what was found by other ways."""
    request = in_review(*contacts, by=by, kind=kind)
    request.find_by_record(record, by=by)
    return request


def test_it_is_let_go_of_and_everything_that_was_found_by_it(own, wrong, dpo):
    request = about(wrong, own, by=dpo)
    gather(request, by=dpo)
    chat = wrong.contacts().get()
    assert chat.held

    request.take_out_record(by=dpo, why=WHY)

    assert (request.service_user, list(request.scope())) == (None, [own])
    assert set(request.items.values_list("contact", flat=True)) == {own.pk}
    assert not Contact.objects.get(pk=chat.pk).held
    assert not ServiceUser.objects.get(pk=wrong.pk).asked_about
    last = request.steps.select_related("request__key").order_by("number").last()
    assert (last.what, last.why) == ("record-taken-out", WHY)
    assert gather(request, by=dpo) == 0


def test_the_right_one_is_found_after_it(own, wrong, contact, worker, dpo):
    request = about(wrong, own, by=dpo)
    right = make_record(contact, worker)
    with pytest.raises(WrongState, match="another record"):
        request.find_by_record(right, by=dpo)
    request.take_out_record(by=dpo, why=WHY)
    request.find_by_record(right, by=dpo)
    assert request.service_user == right


@pytest.mark.parametrize("outcome", [Status.NO_DATA_FOUND, Status.NOT_IDENTIFIABLE])
def test_then_it_is_answered_that_there_is_nothing(outcome, wrong, dpo, lead):
    request = about(wrong, by=dpo)
    with pytest.raises(Refused, match="Take it out first"):
        request.propose(outcome, by=dpo, reasons=WHY)
    request.take_out_record(by=dpo, why=WHY)
    request.propose(outcome, by=dpo, reasons=WHY)
    request.approve(by=lead)
    assert request.status == outcome


def test_the_record_stays_as_it_is_while_another_request_asks_about_it(wrong, dpo):
    other = take_in(by=dpo)
    other.find_by_record(wrong, by=dpo)
    about(wrong, by=dpo).take_out_record(by=dpo, why=WHY)
    assert ServiceUser.objects.get(pk=wrong.pk).asked_about


def test_nothing_of_it_is_deleted(own, wrong, dpo, lead):
    request = about(wrong, own, by=dpo, kind=Kind.ERASE)
    assert draw_up(request, by=dpo).items.count() == 4
    request.take_out_record(by=dpo, why=WHY)
    decided(request, dpo)
    request.propose(Status.RELEASED, by=dpo, reasons=WHY)
    request.approve(by=lead)
    assert erasing.run_due(timezone.now()) == 1
    assert wrong.contacts().exists()
    assert HandOver.objects.filter(service_user=wrong).exists()


def test_nothing_of_it_is_put_right(own, wrong, dpo):
    request = about(wrong, own, by=dpo, kind=Kind.RECTIFY)
    said = {"way": "corrected", "ground": "inaccurate", "words": "1991-07-03", "why": WHY}
    for tick in ("fact:born", f"entry:{wrong.entries.get().pk}", f"line:{own.pk}:1"):
        Rectification.objects.prepare(request, tick, by=dpo, **said)
    request.take_out_record(by=dpo, why=WHY)
    assert [row.of for row in request.rectifications.all()] == [own.pk]


def test_it_is_refused_without_a_reason_a_record_or_the_right_and_leaves_nothing_behind(
    own, wrong, dpo, lead, worker
):
    request, events = about(wrong, own, by=dpo), AuditEvent.objects.count()
    for by, why in ((dpo, "no"), (lead, WHY), (worker, WHY)):
        with pytest.raises(Refused):
            request.take_out_record(by=by, why=why)
    for status in (Status.APPROVAL, Status.WITHDRAWN, Status.CLOSED):
        closed_on = request.received_on if status == Status.CLOSED else None
        rows = RightsRequest.objects.filter(pk=request.pk)
        rows.update(status=status, closed_on=closed_on)
        with pytest.raises(WrongState):
            request.take_out_record(by=dpo, why=WHY)
    assert (request.service_user, AuditEvent.objects.count()) == (wrong, events)
    with pytest.raises(WrongState, match="No record"):
        in_review(own, by=dpo).take_out_record(by=dpo, why=WHY)


def test_the_page_has_its_button(own, wrong, dpo, signed_in):
    request, desk = about(wrong, own, by=dpo), signed_in(dpo)
    assert "Take the record out" in desk.get(request.get_absolute_url()).content.decode()
    scope = reverse("rights_scope", args=[request.pk])
    assert desk.post(scope, {"do": "take-out-record", "why": "no"}).status_code == 409
    assert desk.post(scope, {"do": "take-out-record", "why": WHY}).status_code == 302
    shown = desk.get(request.get_absolute_url()).content.decode()
    assert "Take the record out" not in shown
    assert "The record was taken out" in shown

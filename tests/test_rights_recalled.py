"""What somebody recalls is accepted by a second person, and a safeguarding lead is one: where there
is one data protection officer, nobody else could be (S2-46, Art 11)."""

import pytest
from django.urls import reverse

from contacts.models import Contact
from helpline.foundation.audit.models import AuditEvent
from privacy.models import RightsRequest
from privacy.rights.kinds import Kind, Proof, Status
from tests.reviewing import in_review
from tests.rights import WHY, stands, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def recalled(make_contact) -> Contact:
    return make_contact("he has a green van", ended=True)


@pytest.fixture
def asked(recalled, dpo) -> RightsRequest:
    """In the hands of the only data protection officer, who has proposed what fits."""
    request = take_in(by=dpo, recalled="I told you about his green van.")
    request.acknowledge(by=dpo)
    request.locate(by=dpo)
    request.recall(recalled, by=dpo, because=WHY)
    return request


def test_a_lead_is_the_second_person_where_there_is_one_data_protection_officer(
    asked, recalled, dpo, lead, signed_in
):
    """From the desk on, by its links and buttons; afterwards it is the officer’s again."""
    desk, where = signed_in(lead), asked.get_absolute_url()
    assert where in desk.get(reverse("rights")).content.decode()
    shown = desk.get(where).content.decode()
    assert "Accept that it is theirs" in shown
    assert "waits for a second person" in shown
    assert WHY in shown
    assert AuditEvent.objects.readings().filter(subject_id=str(asked.pk), actor=str(lead.pk))

    part = {"do": "accept", "part": asked.concerns.get().pk}
    answer = desk.post(reverse("rights_scope", args=[asked.pk]), part)

    assert answer.url == reverse("rights")
    assert list(asked.scope()) == [recalled]
    assert desk.get(where).status_code == 404
    assert where not in desk.get(reverse("rights")).content.decode()
    asked.need_no_proof(Proof.TWO_FACTS, by=dpo)
    assert asked.is_proved()


def test_until_then_a_lead_changes_nothing_else_and_goes_through_nothing(
    asked, recalled, dpo, lead, signed_in
):
    desk, part = signed_in(lead), asked.concerns.get().pk
    scope = reverse("rights_scope", args=[asked.pk])
    for do in ("take-out", "take-out-record", "keep"):
        assert desk.post(scope, {"do": do, "part": part, "why": WHY}).status_code == 409
    assert not asked.scope().exists()
    for name in ("find", "read", "review", "erasure", "corrections"):
        assert desk.get(reverse(f"rights_{name}", args=[asked.pk])).status_code == 404
    shown = desk.get(asked.get_absolute_url()).content.decode()
    assert reverse("rights_review", args=[asked.pk]) not in shown


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        (Kind.ACCESS, "rights_review"),
        (Kind.ERASE, "rights_erasure"),
        (Kind.RECTIFY, "rights_corrections"),
    ],
)
def test_what_it_is_about_is_not_gone_through_to_accept_something(
    kind, page, recalled, make_contact, dpo, lead, signed_in
):
    request = in_review(make_contact("my dad shouts"), by=dpo, kind=kind)
    request.recall(recalled, by=dpo, because=WHY)
    desk, where = signed_in(lead), reverse(page, args=[request.pk])
    shown = desk.get(request.get_absolute_url()).content.decode()
    assert "Accept that it is theirs" in shown
    assert where not in shown
    assert desk.get(where).status_code == 404
    RightsRequest.objects.filter(pk=request.pk).update(status=Status.APPROVAL)
    assert where in desk.get(request.get_absolute_url()).content.decode()
    assert desk.get(where).status_code == 200


def test_who_proposed_it_is_not_asked_to_accept_it(asked, dpo, signed_in):
    shown = signed_in(dpo).get(asked.get_absolute_url()).content.decode()
    assert "Accept that it is theirs" not in shown
    assert "Not accepted yet" in shown


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.APPROVAL, Status.REFUSED])
def test_nothing_is_accepted_for_an_answer_that_is_prepared_or_given(
    status, recalled, contact, dpo, second
):
    request = stands(status, dpo, second, contact)
    request.concerns.create(contact=recalled, found="recalled", added_by=dpo)
    waits = RightsRequest.objects.for_a_second_person()
    assert waits.exists() == (status == "approval")  # for the answer, not for what is recalled


def test_a_lead_sees_a_request_once_however_much_waits_in_it(asked, make_contact, dpo, lead):
    asked.recall(make_contact("a van", ended=True), by=dpo, because=WHY)
    assert list(RightsRequest.objects.visible_to(lead)) == [asked]

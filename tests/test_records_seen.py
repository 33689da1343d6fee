"""Who somebody is, how they were helped and casework's copy are opened for a request only after
that was written down on the record or the copy itself (F10)."""

import pytest
from django.urls import reverse

from contacts.models import Entry, HandOver, ServiceUser
from helpline.foundation.audit.models import AuditEvent
from privacy.models import RightsRequest
from privacy.review.gathering import gather
from privacy.review.kinds import ItemKind
from privacy.rights.kinds import Kind, Status
from tests.known import make_record
from tests.reviewing import in_review, standing

pytestmark = pytest.mark.django_db
SEEN, IDENTITY, READ = "record-seen", "identity-seen", "transcript-read"


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    made = make_record(contact, worker)
    Entry.objects.write(made, "We rang her school.", by=worker)
    return made


@pytest.fixture
def copy(make_contact, record, worker) -> HandOver:
    """A chat that casework has a copy of, on the record."""
    said = "he says it is a game", "our helpline goes on with this"
    chat = make_contact(*said, worker=worker, service="is-this-ok")
    made = HandOver.objects.hand_over(chat, by=worker, told_in=2)
    HandOver.objects.filter(pk=made.pk).update(service_user=record, contact=None)
    return made


def asked(record, by, kind) -> RightsRequest:
    """A request about this record alone, in review."""
    request = in_review(by=by, kind=kind)
    standing(request, Status.REVIEW, service_user=record)
    return request


def written(on, by) -> list[str]:
    """What stands in the trail of this person with this record or copy."""
    events = AuditEvent.objects.about(on).filter(actor=str(by.pk))
    return sorted(events.values_list("action", flat=True))


def test_f10_the_review_of_a_copy_reads_nothing_of_a_record_unwritten(
    record, copy, dpo, lead, signed_in
):
    request = asked(record, dpo, Kind.ACCESS)
    gather(request, by=dpo)
    kinds = set(request.items.values_list("kind", flat=True))
    assert kinds == {ItemKind.RECORD, ItemKind.ENTRY, ItemKind.COPIED}
    page = signed_in(dpo).get(reverse("rights_review", args=[request.pk]))
    assert "We rang her school." in page.content.decode()
    assert (written(record, dpo), written(copy, dpo)) == ([IDENTITY, SEEN], [READ])
    assert AuditEvent.objects.get(action=IDENTITY).detail == {"why": "correct"}


@pytest.mark.parametrize(
    ("kind", "events"),
    [
        (ItemKind.RECORD, ([IDENTITY], [])),
        (ItemKind.ENTRY, ([SEEN], [])),
        (ItemKind.COPIED, ([], [READ])),
    ],
)
def test_f10_to_decide_about_one_item_is_one_event(record, copy, dpo, signed_in, kind, events):
    request = asked(record, dpo, Kind.ACCESS)
    gather(request, by=dpo)
    item = request.items.filter(kind=kind).first()
    said = {"choice": "release", "health": "own"}
    assert signed_in(dpo).post(reverse("rights_item", args=[item.pk]), said).status_code == 302
    assert (written(record, dpo), written(copy, dpo)) == events


def test_f10_what_can_be_put_right_is_read_after_it_was_written_down(record, dpo, signed_in):
    request = asked(record, dpo, Kind.RECTIFY)
    page = signed_in(dpo).get(reverse("rights_corrections", args=[request.pk]))
    assert "We rang her school." in page.content.decode()
    assert written(record, dpo) == [IDENTITY, SEEN]


def test_whoever_sees_nothing_of_it_has_no_event(record, dpo, lead, signed_in):
    request = asked(record, dpo, Kind.RECTIFY)
    standing(request, Status.APPROVAL, proposed=Status.RELEASED)
    signed_in(lead).get(reverse("rights_corrections", args=[request.pk]))
    assert written(record, lead) == []

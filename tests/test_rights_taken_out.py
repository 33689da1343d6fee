"""What is taken out of a request as not theirs has no part in its answer: it is not copied, not
deleted and not put right (Art 12(6), S2-46)."""

import io
from zipfile import ZipFile

import pytest
from django.utils import timezone

from contacts.models import Amendment, Contact, Entry, HandOver
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused
from privacy.bundle import making
from privacy.erasure import erasing
from privacy.erasure.kinds import Stop, What
from privacy.erasure.planning import draw_up, stops
from privacy.models import Bundle, Rectification, RightsRequest
from privacy.review.gathering import gather
from privacy.review.kinds import ItemKind
from privacy.rights.kinds import Kind, Status
from tests.known import make_link, make_record
from tests.reviewing import in_review, released
from tests.rights import WHY, decided

pytestmark = pytest.mark.django_db
THEIRS, STRANGERS = "my dad shouts", "Quillon drinks again"
SAID = {"way": "corrected", "ground": "inaccurate", "words": "It was my uncle.", "why": WHY}


@pytest.fixture
def own(make_contact, worker, team) -> Contact:
    return make_contact(THEIRS, worker=worker, team=team, ended=True)


@pytest.fixture
def stranger(make_contact, worker, team) -> Contact:
    return make_contact(STRANGERS, worker=worker, team=team, ended=True)


def take_out(request, contact, by) -> None:
    request.take_out(request.concerns.get(contact=contact).pk, by=by, why=WHY)


def approved(request, by, second) -> None:
    request.propose(Status.RELEASED, by=by, reasons=WHY)
    request.approve(by=second)


def words_of(request, by) -> str:
    """Everything in the file that leaves."""
    made = Bundle.objects.begin(request, by=by)
    making.make(made)
    made = Bundle.objects.with_key().get(pk=made.pk)
    with ZipFile(io.BytesIO(b"".join(made.opened()))) as archive:
        return "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())


# A copy -------------------------------------------------------------------------------------------


def test_no_word_of_a_conversation_that_is_not_theirs_leaves(own, stranger, dpo, lead):
    request = in_review(own, stranger, by=dpo)
    decided(request, dpo)
    take_out(request, stranger, dpo)
    assert not request.items.filter(contact=stranger).exists()
    approved(request, dpo, lead)
    copy = words_of(request, dpo)
    assert THEIRS in copy
    assert STRANGERS not in copy


def test_an_item_outside_the_scope_leaves_by_no_way(own, stranger, dpo, lead):
    """Also one that stands there past every verb."""
    request = in_review(own, stranger, by=dpo)
    decided(request, dpo)
    request.concerns.filter(contact=stranger).delete()
    released(request, by=lead)
    assert request.items.filter(contact=stranger).exists()
    assert STRANGERS not in words_of(request, dpo)


def test_nor_does_what_a_record_has_of_it(make_contact, worker, dpo):
    """Its copy in casework, and how they were helped in it, are listed as long as it is theirs."""
    mine, others = (
        make_contact("hello", "We pass this on.", worker=worker, service="is-this-ok")
        for _ in range(2)
    )
    record = make_record(mine, worker)
    for each in (mine, others):
        make_link(each, record, worker)
        HandOver.objects.hand_over(each, by=worker, told_in=2)
        Entry.objects.write(record, "We rang her school.", by=worker, contact=each)
    request = in_review(mine, others, by=dpo)
    RightsRequest.objects.filter(pk=request.pk).update(service_user=record)
    request.refresh_from_db()
    gather(request, by=dpo)
    kinds = [ItemKind.COPIED, ItemKind.ENTRY]
    assert request.items.filter(kind__in=kinds).count() == 6

    take_out(request, others, dpo)

    gather(request, by=dpo)
    left = set(request.items.filter(kind__in=kinds).values_list("record", flat=True))
    assert left == {mine.hand_over.pk, Entry.objects.get(contact=mine).pk}


# A deletion ---------------------------------------------------------------------------------------


def test_a_conversation_that_is_not_theirs_is_not_deleted(own, stranger, dpo, lead):
    request = in_review(own, stranger, by=dpo, kind=Kind.ERASE)
    plan = draw_up(request, by=dpo)
    take_out(request, own, dpo)
    assert [item.which for item in plan.items.all()] == [stranger.pk]
    request.concerns.create(contact=own, found="code")
    draw_up(request, by=dpo)
    take_out(request, stranger, dpo)
    approved(request, dpo, lead)

    assert erasing.run_due(timezone.now()) == 1

    assert list(Contact.objects.filter(purged_on=None)) == [stranger]


def test_its_copy_in_casework_is_not_deleted_either(own, make_contact, worker, dpo):
    chat = make_contact("hello", "We pass this on.", worker=worker, service="is-this-ok")
    HandOver.objects.hand_over(chat, by=worker, told_in=2)
    request = in_review(own, chat, by=dpo, kind=Kind.ERASE)
    plan = draw_up(request, by=dpo)
    assert plan.items.filter(what=What.COPY, which=chat.hand_over.pk).exists()
    take_out(request, chat, dpo)
    assert [item.which for item in plan.items.all()] == [own.pk]


def test_a_plan_destroys_nothing_outside_the_scope(own, stranger, dpo, lead):
    """Also what stands in it past every verb: it stays, and the plan says why."""
    request = in_review(own, stranger, by=dpo, kind=Kind.ERASE)
    draw_up(request, by=dpo)
    approved(request, dpo, lead)
    request.concerns.filter(contact=stranger).delete()
    assert stops(stranger, request) == [Stop.NOT_THEIRS]
    assert erasing.run_due(timezone.now()) == 1
    assert list(Contact.objects.filter(purged_on=None)) == [stranger]


# A correction -------------------------------------------------------------------------------------


def prepared(request, contact, by) -> None:
    Rectification.objects.prepare(request, f"line:{contact.pk}:1", by=by, **SAID)


def test_nothing_of_it_is_put_right(own, stranger, dpo, lead):
    request = in_review(own, stranger, by=dpo, kind=Kind.RECTIFY)
    for each in (own, stranger):
        prepared(request, each, dpo)
    take_out(request, stranger, dpo)
    approved(request, dpo, lead)
    assert [each.contact for each in Amendment.objects.all()] == [own]


def test_what_is_put_right_outside_the_scope_is_not_approved(own, stranger, dpo):
    request = in_review(own, stranger, by=dpo, kind=Kind.RECTIFY)
    prepared(request, stranger, dpo)
    request.concerns.filter(contact=stranger).delete()
    with pytest.raises(Refused, match="not part of the request"):
        request.propose(Status.RELEASED, by=dpo, reasons=WHY)


def test_the_trail_says_that_it_was_taken_out_and_not_why(own, stranger, dpo):
    request = in_review(own, stranger, by=dpo)
    take_out(request, stranger, dpo)
    told = list(AuditEvent.objects.about(request).values_list("detail", flat=True))
    assert {"step": "taken-out"} in told
    assert WHY not in str(told)

"""A hold on a contact keeps the record that it belongs to from being destroyed (S2-37, C02)."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import Belonged, Consent, Contact, How, Link, Purpose, ServiceUser, Thread
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.vault.models import DataKey
from privacy import records, retention
from privacy.erasure import erasing
from privacy.erasure.planning import draw_up
from privacy.models import PurgeRun
from privacy.rights.kinds import Kind, Status
from tests.known import make_link, make_record
from tests.racing import outcome, rivals
from tests.rights import known, take_in
from tests.test_holds import place
from tests.test_purge_races import hold

pytestmark = pytest.mark.django_db(transaction=True)

RELEASED = "They are safe now and said so themselves."


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    record = make_record(contact, worker)
    make_link(contact, record, worker)
    return record


def take_back(contact, worker) -> None:
    Consent.objects.withdraw(
        Contact.objects.get(pk=contact.pk), Purpose.RECORD, by=worker, how=How.VOICE
    )


def is_there(record) -> bool:
    """The record and its key."""
    return all(
        rows.exists()
        for rows in (
            ServiceUser.objects.filter(pk=record.pk),
            DataKey.objects.filter(pk=record.key_id),
        )
    )


def purge() -> None:
    retention.purge_all(london_today())


def test_c02_a_record_without_a_basis_waits_for_the_hold_and_goes_with_its_release(
    record, contact, worker, supervisor, lead
):
    held = place(contact, supervisor)
    take_back(contact, worker)
    purge()
    assert is_there(record)
    assert not Link.objects.exists(), "they are anonymous again all the same"
    assert not ServiceUser.objects.visible_to(supervisor).exists()

    held.release(by=lead, reason=RELEASED)
    purge()
    assert not is_there(record)
    assert not Belonged.objects.exists()


def test_c02_a_hold_that_comes_before_the_next_purge_keeps_it_too(
    record, contact, worker, supervisor
):
    take_back(contact, worker)
    place(contact, supervisor)
    purge()
    assert is_there(record)


def test_c02_a_record_whose_six_years_are_over_waits_as_well(
    record, contact, worker, supervisor, lead
):
    """Also where the hold is on another contact of the thread that belongs to it."""
    Link.objects.all().delete()
    Contact.objects.filter(pk=contact.pk).update(thread=Thread.objects.create())
    contact.refresh_from_db()
    make_link(contact, record, worker, whole_thread=True)
    ServiceUser.objects.update(last_contact_on=add_months(london_today(), -72))
    held = place(contact, supervisor)
    purge()
    assert is_there(record)
    held.release(by=lead, reason=RELEASED)
    purge()
    assert not is_there(record)


def test_a_hold_on_somebody_else_keeps_no_record(record, contact, make_contact, worker, supervisor):
    place(make_contact("another", worker=worker), supervisor)
    take_back(contact, worker)
    purge()
    assert not is_there(record)


def test_c09_a_hold_that_is_being_placed_wins(record, contact, worker, supervisor):
    take_back(contact, worker)
    run = PurgeRun.objects.create()
    with rivals() as start:
        with transaction.atomic():
            hold(Contact.objects.get(pk=contact.pk), supervisor)
            assert outcome(start(records.end_all, london_today(), run)) == 0
        assert outcome(start(records.end_all, london_today(), run)) == 0
    assert is_there(record)


def test_the_pages_say_that_a_hold_keeps_it(record, contact, worker, supervisor, lead, signed_in):
    held = place(contact, supervisor)
    said = signed_in(worker).post(reverse("known_consent_back", args=[record.pk]), follow=True)
    assert "A hold on a contact of theirs keeps it" in said.content.decode()
    answers = signed_in(worker).get(reverse("contact_consents", args=[contact.pk]))
    assert "A hold keeps it from being destroyed" in answers.content.decode()
    page = signed_in(lead).get(reverse("hold_release", args=[held.pk])).content.decode()
    assert "waits only for this hold, is destroyed then" in page


def test_c09_a_hold_that_is_being_placed_wins_over_a_deletion_too(
    record, contact, worker, supervisor, dpo, lead
):
    """Who it is, is not destroyed while a hold on their chat is not committed yet."""
    contact.end(by=worker)
    request = take_in(Kind.ERASE, by=dpo)
    known(request, dpo)
    request.locate(by=dpo)
    request.find_by_record(record, by=dpo)
    request.collect(by=dpo)
    request.start_review(by=dpo)
    plan = draw_up(request, by=dpo)
    plan.items.get(which=contact.pk).decide("stays", by=dpo, ground="claims", why=RELEASED)
    request.propose(Status.PARTLY_RELEASED, by=dpo, reasons=RELEASED)
    request.approve(by=lead)
    with rivals() as start:
        with transaction.atomic():
            hold(Contact.objects.get(pk=contact.pk), supervisor)
            assert outcome(start(erasing.run_due, timezone.now())) == 0
        assert outcome(start(erasing.run_due, timezone.now())) == 0
    assert is_there(record)

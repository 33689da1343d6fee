"""What a supplier holds of texts, ours and theirs, is deleted there, looked for, and pending until
then; whatever becomes of the conversation meanwhile (C16, S2-53)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Dispatch, Speaker, VendorCopy
from contacts.written import sending
from helpline.foundation.calendar import london_today
from helpline.foundation.vault.models import DataKey
from privacy import retention
from privacy.erasure import erasing
from privacy.erasure.planning import draw_up
from privacy.rights.kinds import Kind, Status
from tests.reviewing import in_review
from tests.texting import NUMBER, TWILIO, a_text, signed, twilio_post

pytestmark = pytest.mark.django_db(transaction=True)
THEIRS = "SM-theirs-7"


@pytest.fixture
def supplier(supplier):
    """It has what the person wrote."""
    supplier.copies[THEIRS] = {"sid": THEIRS, "to": "us", "body": "can you help?"}
    return supplier


@pytest.fixture
def brought(client, supplier, settings):
    """A text that the supplier brings, and of which it keeps a copy."""

    def brought(times=1) -> Contact:
        body = a_text("can you help?")
        fields = TWILIO | {"From": NUMBER, "Body": "can you help?", "MessageSid": THEIRS}
        for _ in range(times):
            if settings.TEXTS_BY == "twilio":
                answer = twilio_post(client, fields)
            else:
                kind = {"content_type": "application/json", "headers": signed(body, key=THEIRS)}
                answer = client.post("/in/texts/signed/", body, **kind)
            assert answer.status_code == 204
        return Contact.objects.with_key().get()

    return brought


@pytest.fixture
def ended(brought, supplier, worker) -> Contact:
    """A conversation that has ended: the supplier has a copy of what each of them said."""
    contact = brought()
    Dispatch.objects.all().delete()
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "yes, I can")
    sending.send_all()
    contact.end(by=worker, outcome="informed")
    assert len(supplier.copies) == 2
    return contact


def deleted_later(hours=2) -> tuple[int, int]:
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        return sending.delete_copies()


def test_c16_the_copy_of_what_somebody_sent_is_deleted_there_and_looked_for(brought, supplier):
    brought(times=3)
    assert VendorCopy.objects.get().status == "pending"
    assert sending.delete_copies() == (1, 0)
    assert supplier.copies == {}
    assert [method for method, _path in supplier.asked] == ["DELETE", "GET"]
    copy = VendorCopy.objects.get()
    assert (copy.status, copy.key, copy.reference) == ("gone", None, None)


def test_c16_what_the_supplier_calls_it_is_sealed_and_goes_with_the_copy(brought, supplier):
    brought()
    key = VendorCopy.objects.get().key_id
    assert str(VendorCopy.objects.select_related("key").get().reference) == THEIRS
    sending.delete_copies()
    assert not DataKey.objects.filter(pk=key).exists()


@pytest.mark.parametrize("mood", [429, 500, "silent", "sticky"])
def test_c16_one_that_stays_there_is_pending_and_asked_for_again(brought, supplier, mood):
    brought()
    supplier.moods = [mood]
    assert sending.delete_copies() == (0, 1)
    assert VendorCopy.objects.pending().count() == 1
    assert deleted_later() == (1, 0)


def still_pending_then_gone(supplier) -> None:
    """Both copies are pending without their conversation, and in the end both are gone."""
    assert not Contact.objects.filter(purged_on=None).exists()
    assert VendorCopy.objects.pending().count() == len(supplier.copies) == 2
    supplier.moods = [500]
    assert deleted_later() == (1, 1)
    assert VendorCopy.objects.pending().count() == 1
    assert deleted_later(hours=4) == (1, 0)
    assert supplier.copies == {}
    assert not VendorCopy.objects.pending().exists()
    assert not DataKey.objects.exists()


def test_c16_after_the_purge_deletion_at_the_supplier_goes_on(ended, supplier):
    Contact.objects.filter(pk=ended.pk).update(purge_on=london_today())
    retention.purge_all(london_today())
    still_pending_then_gone(supplier)


def test_c16_after_an_erasure_deletion_at_the_supplier_goes_on(
    ended, supplier, dpo, lead, signed_in
):
    request = in_review(ended, by=dpo, kind=Kind.ERASE)
    draw_up(request, by=dpo)
    request.propose(Status.RELEASED, by=dpo, reasons="They ask for it and nothing stops it.")
    request.approve(by=lead)
    assert erasing.run_due(timezone.now()) == 1
    assert not Dispatch.objects.exists()
    path = reverse("rights_erasure", args=[request.pk])
    page = signed_in(dpo).get(path).content.decode()
    assert "Suppliers still have 2 texts" in page
    deleted_later()
    assert supplier.copies == {}
    assert "Suppliers still have" not in signed_in(dpo).get(path).content.decode()

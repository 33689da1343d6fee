"""The demonstration’s text conversation and e-mail, taken in as in earnest."""

import pytest

from contacts.models import Contact, Dispatch, VendorCopy
from helpline.demo import written
from tests.test_texts_in import everything
from tests.texting import transcript

pytestmark = pytest.mark.django_db


def test_somebody_texts_with_the_worker_and_somebody_has_written(worker):
    written.tell(worker)
    by_text, by_mail = (Contact.objects.get(channel=channel) for channel in ("text", "email"))
    assert (by_text.status, by_text.worker, by_mail.status) == ("open", worker, "waiting")
    said = [words for who, words in transcript(by_text) if who != "system"]
    assert said == [words for _who, words in written.TEXTS]
    assert set(by_text.dispatches.values_list("status", flat=True)) == {"delivered"}
    assert Dispatch.objects.filter(contact=by_mail, status="waiting").exists()
    assert not VendorCopy.objects.exists()


def test_nobody_is_told_who_they_are(worker):
    written.tell(worker)
    by_mail = Contact.objects.get(channel="email")
    assert ("system", "Not kept: a signature.") in transcript(by_mail)
    said = " ".join(words for _who, words in transcript(by_mail))
    for trace in ("Pat Reader", "900977", "900262", "mail.example", "203.0.113.24", "phone.lan"):
        assert trace not in said + everything()

"""What waits for a supplier and is not wanted any more does not leave, and no copy is forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.models import Correspondence, Dispatch, Speaker, VendorCopy
from contacts.written import sending
from tests.texting import texted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk(worker, supplier):
    """A text conversation that the worker has, with one answer that is on its way."""
    contact = texted("can you help?")
    contact.take(by=worker)
    Dispatch.objects.all().delete()
    contact.say(Speaker.WORKER, "I am here")
    return contact


def sent_later(**time) -> None:
    with time_machine.travel(timezone.now() + timedelta(**time)):
        sending.send_all()


def states() -> list[str]:
    return list(Dispatch.objects.order_by("put_at").values_list("status", flat=True))


def starts(supplier) -> list[str]:
    return [words[:9] for words in supplier.texts()]


def test_c16_after_stop_what_a_supplier_has_is_found_there_and_its_copy_deleted(talk, supplier):
    supplier.moods = ["lost"]
    sending.send_all()
    theirs = VendorCopy.objects.count()
    texted("STOP")
    sent_later(minutes=5)
    assert states() == ["sent", "sent"]
    assert starts(supplier) == ["I am here", "We won’t "]
    assert VendorCopy.objects.count() >= theirs + 2


@pytest.mark.parametrize("mood", [500, "silent", 429])
def test_failure_7_after_stop_what_a_supplier_has_not_taken_does_not_leave(talk, supplier, mood):
    supplier.moods = [mood]
    sending.send_all()
    texted("STOP")
    sent_later(minutes=5)
    sent_later(minutes=10)
    assert states() == ["withdrawn", "sent"]
    assert starts(supplier) == ["We won’t "]


def test_failure_7_stop_between_the_mark_and_the_sending_is_heard(talk, supplier):
    Dispatch.objects.next_to_send()  # and the process that marked it is slow
    texted("STOP")
    sending.handed_over(Dispatch.objects.select_related("contact__key").earliest("put_at"))
    assert states() == ["withdrawn", "waiting"]
    assert starts(supplier) == []


@pytest.mark.parametrize(
    ("safe", "left"), [(False, []), (None, ["I am here"]), (True, ["I am here"])]
)
@pytest.mark.parametrize("days", [0, 3])
def test_s0_16_an_answer_that_waited_for_days_leaves_unless_they_said_no(
    talk, supplier, worker, safe, left, days
):
    supplier.moods = [429]
    sending.send_all()
    if safe is not None:
        Correspondence.objects.get(pk=talk.pk).note_safety(safe, by=worker)
    sent_later(days=days, minutes=5)
    assert starts(supplier) == (left if days else ["I am here"])
    assert states() == (["sent"] if left or not days else ["withdrawn"])

"""Whatever is destroyed is certified, class by class: how many, how old, how many keys (C15)."""

import pytest

from contacts.models import ActionRequest, Contact, HandOver, How, LostBasis, Purpose, ServiceUser
from contacts.models.consent import Consent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.roles import Service
from privacy import ledger, retention, schedule
from privacy.models import Disposal, PurgeRun
from tests.asking import ask, given
from tests.known import make_link, make_record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everything(contact, make_contact, worker) -> None:
    """A request, a record without a basis, a copy and a contact, all of them due."""
    given(ask(contact, worker), worker)
    make_link(contact, make_record(contact, worker), worker)
    Consent.objects.withdraw(contact, Purpose.RECORD, by=worker, how=How.VOICE)
    chat = make_contact("hello", "we pass it on", worker=worker, service=Service.IS_THIS_OK)
    HandOver.objects.hand_over(chat, by=worker, told_in=2)
    today = london_today()
    HandOver.objects.update(purge_on=today)
    ActionRequest.objects.update(purge_on=today)
    Contact.objects.filter(pk=contact.pk).update(purge_on=today)


def certified(run) -> dict[str, tuple[int, int]]:
    rows = Disposal.objects.filter(run=run)
    return {row.retention_class: (row.gone, row.keys_destroyed) for row in rows}


ONE_OF_EACH = {
    kept.name: (1, 1)
    for kept in (schedule.WORDS, schedule.ASKED, schedule.PEOPLE, schedule.HANDED_OVER)
}


def test_c15_every_class_has_a_certificate_of_its_own(everything):
    assert certified(retention.purge_all(london_today())) == ONE_OF_EACH
    assert {row.oldest_start for row in Disposal.objects.all()} == {london_today()}
    assert not ServiceUser.objects.exists()
    assert not HandOver.objects.exists()


def test_c15_a_purge_in_which_nothing_goes_certifies_nothing(contact):
    assert certified(retention.purge_all(london_today())) == {}


def test_c15_the_oldest_of_a_record_is_its_last_contact(contact, worker):
    make_record(contact, worker)
    long_ago = add_months(london_today(), -72)
    ServiceUser.objects.update(last_contact_on=long_ago)
    run = retention.purge_all(london_today())
    assert Disposal.objects.get(run=run).oldest_start == long_ago


def test_c17_what_a_restore_brought_back_is_certified_too(contact, worker):
    ActionRequest.objects.filter(pk=ask(contact, worker).pk).update(purge_on=london_today())
    make_record(contact, worker)
    ids = [ActionRequest.objects.get().pk, ServiceUser.objects.get().pk]
    run = PurgeRun.objects.create()
    entry = ledger.Entry(1, [pk.hex for pk in ids], done=True)
    retention.replay(entry, london_today(), run)
    assert certified(run) == {schedule.ASKED.name: (1, 1), schedule.PEOPLE.name: (1, 1)}


def test_a_request_whose_details_were_removed_goes_on_its_day_too(contact, worker, dpo):
    given(ask(contact, worker), worker)
    Consent.objects.withdraw(contact, Purpose.MESSAGE, by=worker, how=How.VOICE)
    LostBasis.objects.select_related("contact", "action").get().remove(by=dpo)
    ActionRequest.objects.update(purge_on=london_today())
    assert certified(retention.purge_all(london_today())) == {schedule.ASKED.name: (1, 0)}
    assert not ActionRequest.objects.exists()

"""Two at the same moment on one record: linked, unlinked, written about, given up."""

import pytest
from django.db import transaction

from contacts.models import Consent, Contact, Entry, How, Link, Purpose, ServiceUser
from helpline.foundation.states import Refused, WrongState
from tests.known import make_link, make_record
from tests.racing import outcome, rivals, somebody_waits, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    return make_record(contact, worker)


def loser_to(first, second) -> Exception:
    """What stopped the second, which began while the first had not been committed."""
    with rivals() as start:
        with transaction.atomic():
            first()
            beginning = start(second)
            until(somebody_waits)
        return outcome(beginning)


def test_of_two_who_link_a_contact_at_once_one_does(record, contact, worker):
    other = make_record(contact, worker)
    seen = Contact.objects.get(pk=contact.pk)
    lost = loser_to(
        lambda: make_link(contact, record, worker), lambda: make_link(seen, other, worker)
    )
    assert isinstance(lost, WrongState)
    assert str(lost) == "This contact is linked to a record already."
    assert Link.objects.get().service_user == record


def test_of_two_who_unlink_at_once_one_does(record, contact, worker):
    link = make_link(contact, record, worker)
    seen = Link.objects.select_related("service_user").get()
    lost = loser_to(lambda: link.unlink(by=worker), lambda: seen.unlink(by=worker))
    assert isinstance(lost, WrongState)
    assert str(lost) == "This contact is not linked any more."


def test_what_is_written_while_it_is_unlinked_names_no_contact(record, contact, worker):
    """Either it was there to be taken along, or it is refused; nothing is left that says whose."""
    link = make_link(contact, record, worker)

    def write():
        return Entry.objects.write(record, "We listened.", by=worker, contact=contact)

    lost = loser_to(lambda: link.unlink(by=worker), write)
    assert isinstance(lost, Refused)
    assert str(lost) == "This contact is not linked to the record."

    again = make_link(contact, record, worker)
    assert loser_to(write, lambda: again.unlink(by=worker)) is None
    assert not Entry.objects.exists()


def test_nobody_links_to_a_record_that_is_being_given_up(record, contact, make_contact, worker):
    make_link(contact, record, worker)
    other = make_contact("it is me", worker=worker)

    def give_up():
        Consent.objects.withdraw(contact, Purpose.RECORD, by=worker, how=How.VOICE)

    lost = loser_to(give_up, lambda: make_link(other, record, worker))
    assert isinstance(lost, WrongState)
    assert str(lost) == "This record is no longer kept."
    assert not Link.objects.exists()

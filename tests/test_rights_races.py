"""Two at the same moment about one person: a request that is about their record, and a link or a
consent taken back. Whoever locks contacts and their record locks the contacts first."""

import pytest
from django.db import transaction

from contacts.models import Consent, Contact, How, Purpose, ServiceUser, Thread
from helpline.foundation.states import WrongState
from privacy.models import RightsRequest
from privacy.rights import by_words
from privacy.rights.kinds import Kind
from tests.known import make_link, make_record
from tests.racing import outcome, rivals, somebody_waits, until
from tests.rights import take_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    record = make_record(contact, worker)
    make_link(contact, record, worker)
    return record


@pytest.fixture
def request_(dpo) -> RightsRequest:
    return take_in(by=dpo)


def found_while(first, request, record, by):
    """What came of looking for the record, begun while `first` had not been committed."""
    with rivals() as start:
        with transaction.atomic():
            begun = first(lambda: start(request.find_by_record, record, by=by))
        return outcome(begun)


def test_it_waits_for_whoever_takes_the_consent_back(request_, record, contact, worker, dpo):
    """Neither stops the other: the record is not locked by whoever waits for its contact."""

    def take_back(begin):
        fresh = Contact.objects.get(pk=contact.pk).locked()
        begun = begin()
        until(somebody_waits)
        Consent.objects.withdraw(fresh, Purpose.RECORD, by=worker, how=How.VOICE)
        return begun

    came = found_while(take_back, request_, record, dpo)
    assert isinstance(came, WrongState)
    assert "no longer kept" in str(came)
    assert not request_.concerns.exists()


def test_it_waits_for_whoever_unlinks(request_, record, contact, worker, dpo):
    def unlink(begin):
        fresh = Contact.objects.get(pk=contact.pk).locked()
        begun = begin()
        until(somebody_waits)
        fresh.link.unlink(by=worker)
        return begun

    assert found_while(unlink, request_, record, dpo) == 0
    request_.refresh_from_db()
    assert request_.service_user == record
    assert not request_.concerns.exists(), "it was anonymous again before"


def test_a_contact_that_is_linked_meanwhile_is_not_missed(
    request_, record, make_contact, worker, dpo
):
    more = make_contact("hello again", worker=worker)

    def link(begin):
        make_link(more, record, worker)
        begun = begin()
        until(somebody_waits)
        return begun

    came = found_while(link, request_, record, dpo)
    assert isinstance(came, WrongState)
    assert str(came) == "Another contact has just come to this record. Look for it again."
    request_.refresh_from_db()
    assert request_.service_user is None
    assert request_.find_by_record(record, by=dpo) == 2


def test_two_pages_of_one_person_that_ask_at_once_ask_once(make_contact):
    """The second waits for the first, and adds what that did not ask for."""
    for words in ("hello", "hello again"):
        make_contact(words)
    Contact.objects.update(thread=Thread.objects.create())
    chats = list(Contact.objects.order_by("started_at", "pk"))
    with rivals() as start:
        with transaction.atomic():
            first = by_words.ask(Kind.ERASE, chats[:1])
            begun = start(by_words.ask, Kind.ERASE, chats)
            until(somebody_waits)
        assert outcome(begun) == first
    assert RightsRequest.objects.count() == 1
    assert set(first.concerns.values_list("contact", flat=True)) == {chat.pk for chat in chats}

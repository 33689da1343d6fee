"""The demonstration’s chats, which are told by the same verbs whatever the hour and the script."""

import pytest

from contacts.models import Contact, QuickReply, Rank, Speaker, Thread
from helpline.demo import chats
from helpline.foundation.staff.roles import Service
from tests.bots import always_open, publish_first, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier(make_contact) -> Contact:
    return make_contact("my gran worries", ended=True)


@pytest.mark.parametrize("by_day", [True, False], ids=["by day", "by night"])
def test_people_wait_talk_and_come_back(worker, earlier, by_day):
    for service in Service:
        publish_first(service)
        if by_day:
            always_open(service)
    chats.tell(worker, earlier)

    statuses = [contact.status for contact in Contact.objects.exclude(pk=earlier.pk)]
    assert {each: statuses.count(each) for each in statuses} == {"open": 2, "waiting": 4, "bot": 1}
    first = Contact.objects.waiting().first()
    assert (first.rank, first.visit.bot_id is not None) == (Rank.NOT_SAFE, True)
    assert Thread.objects.get().contacts.count() == 2
    assert QuickReply.objects.filter(owner=None).count() == 3


def test_the_worker_sees_what_the_chatbot_was_told(worker, earlier):
    publish_first(Service.IS_THIS_OK)
    chats.tell(worker, earlier)
    open_chat = Contact.objects.get(status="open", service=Service.IS_THIS_OK)
    speakers = {who for who, _words in said(open_chat.visit)}
    assert speakers == {Speaker.BOT, Speaker.PERSON, Speaker.WORKER}


def test_without_a_script_everybody_waits_for_a_person(worker, earlier):
    chats.tell(worker, earlier)
    assert not Contact.objects.filter(status="bot").exists()
    assert Contact.objects.waiting().first().rank == Rank.NOT_SAFE

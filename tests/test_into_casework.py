"""From Is This OK? into casework (S2-22): told first, a copy with its own time, two lives (C06)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contacts.models import Contact, CopiedLine, HandOver, Line
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import retention, schedule
from tests.known import make_link, make_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(make_contact, worker, team) -> Contact:
    """A chat of Is This OK? in which the worker has told them."""
    return make_contact(
        "he says it is a game", "our helpline goes on with this", worker=worker, team=team,
        service="is-this-ok",
    )  # fmt: skip


@pytest.fixture
def copy(chat, worker) -> HandOver:
    return HandOver.objects.hand_over(chat, by=worker, told_in=2)


def words(copy: HandOver) -> list[str]:
    rows = CopiedLine.objects.filter(hand_over=copy).select_related("hand_over__key")
    return [row.text for row in rows.order_by("number")]


@pytest.mark.parametrize("told_in", [None, 1, 9])
def test_s2_22_nobody_is_handed_over_who_was_not_told_first(chat, worker, told_in):
    with pytest.raises(Refused):
        HandOver.objects.hand_over(chat, by=worker, told_in=told_in)
    assert not HandOver.objects.exists()


def test_s2_22_the_copy_says_where_it_came_from(chat, copy, worker):
    assert (copy.came_from, copy.channel, copy.service) == ("is-this-ok", "chat", "helpline")
    assert (copy.told_in, copy.handed_by, copy.contact) == (2, worker, chat)
    assert words(copy) == ["he says it is a game", "our helpline goes on with this"]


def test_what_is_casework_already_is_not_handed_over_and_nothing_twice(copy, contact, chat, worker):
    with pytest.raises(Refused):
        HandOver.objects.hand_over(contact, by=worker, told_in=2)
    with pytest.raises(WrongState):
        HandOver.objects.hand_over(chat, by=worker, told_in=2)


def test_c06_the_chats_own_18_months_do_not_move(chat, worker):
    before = Contact.objects.values().get(pk=chat.pk)
    HandOver.objects.hand_over(chat, by=worker, told_in=2)
    assert Contact.objects.values().get(pk=chat.pk) == before


def test_c06_the_chat_goes_after_18_months_and_the_copy_lives_on_under_its_own_class(chat, copy):
    Contact.objects.filter(pk=chat.pk).update(purge_on=london_today())
    retention.purge_all(london_today())

    assert not Contact.objects.filter(pk=chat.pk).exists()
    assert not Line.objects.filter(contact=chat.pk).exists()
    assert not DataKey.objects.filter(pk=chat.key_id).exists()
    left = HandOver.objects.get()
    assert left.contact_id is None
    assert words(left)[0] == "he says it is a game"
    rule = next(rule for rule in schedule.SCHEDULE if rule.model is CopiedLine)
    assert rule.kept is schedule.HANDED_OVER


def test_the_copy_ends_in_its_own_time_with_its_key(copy):
    assert copy.purge_on == add_months(london_today(), schedule.HANDED_OVER.months)
    HandOver.objects.update(purge_on=london_today() + timedelta(days=1))
    retention.purge_all(london_today())
    assert HandOver.objects.exists()
    HandOver.objects.update(purge_on=london_today())
    assert not HandOver.objects.unexpired().exists()
    retention.purge_all(london_today())
    assert not HandOver.objects.exists()
    assert not CopiedLine.objects.exists()
    assert not DataKey.objects.filter(pk=copy.key_id).exists()


def test_casework_takes_it_over_and_of_two_one_does(copy, worker, colleague, signed_in):
    take = reverse("handed_over_take", args=[copy.pk])
    assert signed_in(colleague).post(take).status_code == 302
    assert signed_in(worker).post(take).status_code == 404
    stale = HandOver.objects.get()
    stale.status = HandOver.Status.WAITING
    with pytest.raises(WrongState):
        stale.take(by=worker)


def test_the_pages_show_class_provenance_and_the_words(copy, chat, colleague, signed_in):
    client = signed_in(colleague)
    assert copy.get_absolute_url() in client.get(reverse("handed_over_list")).content.decode()
    page = client.get(copy.get_absolute_url()).content.decode()
    assert "Handed over from Is This OK?" in page
    assert "Chats handed over into casework" in page
    assert "Still there, until its own 18 months are over" in page
    assert "he says it is a game" in page


def test_who_works_elsewhere_never_sees_it(copy, colleague, signed_in):
    Staff.objects.filter(pk=colleague.pk).update(services=["is-this-ok"])
    assert signed_in(colleague).get(copy.get_absolute_url()).status_code == 404


def test_a_worker_hands_over_after_telling_them(chat, worker, signed_in, make_contact, contact):
    client, url = signed_in(worker), reverse("known_hand_over", args=[chat.pk])
    assert url in client.get(chat.get_absolute_url()).content.decode()
    assert client.post(url, {"told_in": 1}).status_code == 200
    assert client.post(url, {"told_in": 2}).status_code == 302
    assert HandOver.objects.get().contact == chat
    untold = make_contact("hello", worker=worker, service="is-this-ok")
    page = client.get(reverse("known_hand_over", args=[untold.pk])).content.decode()
    assert "You have not written to them yet." in page
    helpline = reverse("known_hand_over", args=[contact.pk])
    assert client.get(helpline).status_code == 404


def test_unlinking_leaves_nothing_in_casework_that_says_whose_the_chat_was(chat, worker):
    record = make_record(chat, worker)
    link = make_link(chat, record, worker)
    copy = HandOver.objects.hand_over(chat, by=worker, told_in=2)
    assert copy.service_user == record
    link.unlink(by=worker)
    copy.refresh_from_db()
    assert copy.service_user is None
    assert words(copy)

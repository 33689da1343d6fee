"""Answers leave once and in order, whatever the supplier does: 429, 500, nothing, or lost (J03)."""

import inspect
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from contacts.models import Correspondence, Dispatch, Speaker, VendorCopy
from contacts.models.dispatch import DispatchQuerySet
from contacts.tasks import forget_addresses
from contacts.written import sending
from contacts.written.adapters import ways
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused
from helpline.settings import BASE_DIR
from tests.known import make_link, make_record
from tests.racing import outcome, rivals, somebody_waits, until
from tests.texting import NUMBER, report_in, texted, transcript

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = "Thank you for your message."


@pytest.fixture
def talk(worker, supplier):
    """A text conversation that the worker has, with nothing of ours waiting."""
    contact = texted("can you help?")
    contact.take(by=worker)
    Dispatch.objects.all().delete()
    return contact


def say(contact, words):
    return contact.say(Speaker.WORKER, words)


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time))


def states() -> list[str]:
    return list(Dispatch.objects.order_by("put_at", "part").values_list("status", flat=True))


def test_an_answer_reaches_the_number_that_nobody_saw(talk, supplier):
    say(talk, "yes, I can")
    assert sending.send_all() == (1, 0)
    assert supplier.taken == [{"to": NUMBER, "text": "yes, I can"}]
    assert states() == ["sent"]


def test_it_leaves_only_if_its_line_was_stored(talk, supplier, django_db_blocker):
    from django.db import transaction

    with transaction.atomic():
        say(talk, "never")
        transaction.set_rollback(True)
    sending.send_all()
    assert supplier.taken == []


def test_sent_is_in_the_trail_and_twice_sends_nothing(talk, supplier):
    say(talk, "once")
    for _ in range(3):
        sending.send_all()
    assert supplier.texts() == ["once"]
    assert AuditEvent.objects.filter(action=Action.ANSWER_SENT).count() == 1


@pytest.mark.parametrize("mood", [429, 500, "silent", "lost", 401])
def test_j03_whatever_goes_wrong_nothing_is_lost_and_nothing_comes_twice(talk, supplier, mood):
    supplier.moods = [mood]
    say(talk, "one"), say(talk, "two")
    assert sending.send_all() == (0, 1)
    assert states() == ["waiting", "waiting"]

    for minutes in (5, 10):
        with later(minutes=minutes):
            sending.send_all()
    assert supplier.texts() == ["one", "two"]
    assert states() == ["sent", "sent"]


def test_j03_an_answer_that_comes_too_late_is_looked_for_and_nothing_comes_twice(
    talk, supplier, monkeypatch
):
    monkeypatch.setattr(ways, "PATIENCE", 0.5)
    supplier.moods = ["late"]
    say(talk, "one")
    assert sending.send_all() == (0, 1)
    supplier.go_on.set()
    with later(minutes=5):
        assert sending.send_all() == (1, 0)
    assert supplier.texts() == ["one"]


def test_too_many_waits_as_long_as_the_supplier_says(talk, supplier):
    supplier.moods = [429]
    say(talk, "one")
    sending.send_all()
    wait = Dispatch.objects.get().not_before - timezone.now()
    assert timedelta(seconds=115) < wait < timedelta(seconds=125)


def test_it_tries_more_and_more_slowly_and_at_least_hourly(talk, supplier):
    say(talk, "one")
    waits = []
    for _ in range(12):
        supplier.moods = [401]
        Dispatch.objects.update(not_before=timezone.now())
        assert sending.send_next() is False
        waits.append((Dispatch.objects.get().not_before - timezone.now()).total_seconds())
    assert waits[0] < 25
    assert 3590 < waits[-1] <= 3600


def test_lost_ones_with_the_same_words_are_told_apart(talk, supplier):
    """Two answers "ok", of which each was taken and its answer lost."""
    supplier.moods = ["lost"]
    say(talk, "ok"), say(talk, "ok")
    sending.send_all()
    supplier.moods = [None, "lost"]
    with later(minutes=5):
        sending.send_all()
    with later(minutes=20):
        sending.send_all()
    assert supplier.texts() == ["ok", "ok"]
    assert states() == ["sent", "sent"]


def test_a_number_that_is_refused_is_shown_and_delays_no_other(talk, supplier, worker):
    supplier.moods = [400]
    say(talk, "one")
    other = texted("me too", "+447700900124")
    other.take(by=worker)
    Dispatch.objects.filter(contact=other).delete()
    say(other, "two")
    sending.send_all()
    assert sorted(states()) == ["failed", "sent"]
    assert supplier.texts() == ["two"]


def test_what_comes_after_one_that_waits_waits_too(talk, supplier):
    supplier.moods = [500]
    say(talk, "first"), say(talk, "second")
    sending.send_all()
    assert supplier.texts() == []


def test_a_long_answer_leaves_in_messages_of_ten_parts_in_order(talk, supplier):
    words = "word " * 700
    say(talk, words.strip())
    sending.send_all()
    assert len(supplier.texts()) == 3
    assert " ".join(supplier.texts()) == words.strip()


def test_a_report_that_is_faster_than_the_answer_to_its_call_is_not_lost(talk, supplier):
    """The message is not noted as sent yet, so whoever brings the report waits for that."""
    say(talk, "one")
    key = str(Dispatch.objects.get().pk)
    with rivals() as start:
        told = []

        def report():
            told.append(start(report_in, Client(), key))
            until(somebody_waits)

        supplier.before_answering = report
        sending.send_all()
        assert outcome(told[0]).status_code == 204
    assert states() == ["delivered"]


def test_delivery_is_shown_and_a_report_that_comes_late_changes_nothing(talk, supplier, client):
    say(talk, "one")
    sending.send_all()
    dispatch = Dispatch.objects.get()
    dispatch.delivered()
    dispatch.delivered()
    assert states() == ["delivered"]
    dispatch.failed("bounced")
    assert states() == ["failed"]
    dispatch.delivered()
    assert states() == ["failed"]


# When nothing may be sent ------------------------------------------------------------------------


def quiet(contact, **changes):
    Correspondence.objects.filter(pk=contact.pk).update(**changes)


def test_s0_16_nothing_is_sent_but_the_answer_to_what_was_just_sent(talk, supplier, worker):
    quiet(talk, heard_at=timezone.now() - timedelta(hours=25), unanswered=False)
    with pytest.raises(Refused, match="safe to write"):
        say(talk, "how are you?")
    assert ("worker", "how are you?") not in transcript(talk)
    assert not Dispatch.objects.exists()

    Correspondence.objects.get(pk=talk.pk).note_safety(True, by=worker)
    say(talk, "how are you?")
    sending.send_all()
    assert supplier.texts() == ["how are you?"]


def test_a_message_that_nobody_has_answered_may_be_answered_for_a_week(talk, supplier):
    quiet(talk, heard_at=timezone.now() - timedelta(days=6))
    say(talk, "sorry it took so long")
    quiet(talk, heard_at=timezone.now() - timedelta(days=8), unanswered=True)
    with pytest.raises(Refused):
        say(talk, "too late")


def test_j03_a_supplier_that_does_not_answer_does_not_hold_the_queue(supplier, worker):
    for number in range(5):
        other = texted("me too", f"+44770090013{number}")
        other.take(by=worker)
    Dispatch.objects.filter(number__gt=2).delete()
    supplier.moods = ["silent"] * 5
    assert sending.send_all() == (0, 3)
    assert len(supplier.asked) == 3
    supplier.moods = []
    assert sending.send_all() == (2, 0)
    for number in range(5):
        VendorCopy.objects.remember(settings.TEXTS_BY, f"SM{number}")
    supplier.moods = [500] * 5
    with later(hours=2):
        assert sending.delete_copies() == (0, 3)


def test_failure_7_the_confirmation_of_stop_reaches_them_and_nothing_after_it(talk, supplier):
    say(talk, "are you there?")
    texted("STOP")
    sending.send_all()
    assert [words[:24] for words in supplier.texts()] == ["We won’t write to you an"]
    with pytest.raises(Refused, match="stop writing"):
        say(talk, "hello?")


def record_says(talk, worker, **said) -> None:
    """They choose to have a record, and say for it what is safe."""
    make_link(talk, make_record(talk, worker, **said), worker)


WRITE_FIRST = [
    (None, None, False),
    (True, None, True),
    (False, None, False),
    (None, True, True),
    (None, False, False),
    (True, False, False),
    (False, True, False),
    (True, True, True),
]


@pytest.mark.parametrize(("here", "record", "may"), WRITE_FIRST)
def test_s0_16_o02_we_write_first_only_where_they_said_yes_and_nowhere_no(
    talk, supplier, worker, here, record, may
):
    """In the conversation, or for the record they chose; an answer goes all the same."""
    record_says(talk, worker, may_text=record)
    quiet(talk, safe_to_write=here)
    say(talk, "an answer")
    sending.send_all()
    quiet(talk, heard_at=timezone.now() - timedelta(hours=25), unanswered=False)
    if may:
        say(talk, "how are you?")
    else:
        with pytest.raises(Refused):
            say(talk, "how are you?")
    sending.send_all()
    assert supplier.texts() == ["an answer", "how are you?"][: 1 + may]


def test_s0_16_what_they_said_of_email_says_nothing_of_texts(talk, supplier, worker):
    record_says(talk, worker, may_email=True, may_text=None)
    quiet(talk, heard_at=timezone.now() - timedelta(hours=25), unanswered=False)
    with pytest.raises(Refused, match="nobody has noted"):
        say(talk, "how are you?")


def test_s0_16_what_waits_does_not_leave_once_they_say_no(talk, supplier, worker):
    quiet(talk, heard_at=timezone.now() - timedelta(hours=25), unanswered=False, safe_to_write=True)
    say(talk, "how are you?")
    Correspondence.objects.get(pk=talk.pk).note_safety(False, by=worker)
    sending.send_all()
    assert (states(), supplier.texts()) == (["withdrawn"], [])


def test_s0_16_what_a_supplier_may_have_already_is_looked_for_all_the_same(talk, supplier, worker):
    supplier.moods = ["lost"]
    quiet(talk, heard_at=timezone.now() - timedelta(hours=25), unanswered=False, safe_to_write=True)
    say(talk, "how are you?")
    sending.send_all()
    Correspondence.objects.get(pk=talk.pk).note_safety(False, by=worker)
    with later(minutes=5):
        sending.send_all()
    assert (states(), supplier.texts()) == (["sent"], ["how are you?"])


def test_o02_one_function_puts_messages_on_their_way_and_it_asks_first():
    made = re.compile(
        r"Dispatch\(|Dispatch\.objects\.(?:bulk_)?create|dispatches\.(?:bulk_)?create"
    )
    places = [BASE_DIR / app for app in ("contacts", "safeguarding", "privacy", "helpline")]
    found = [
        path for place in places for path in place.rglob("*.py") if made.search(path.read_text())
    ]
    assert [path.name for path in found] == ["dispatch.py"]
    source = inspect.getsource(DispatchQuerySet)
    assert source.count(".create(") == 1
    assert source.index("why_not()") < source.index(".create(")


def test_who_went_on_in_a_browser_is_answered_there_and_not_by_text(talk, supplier):
    talk.say(Speaker.PERSON, "I am here now, not on my phone")
    say(talk, "good")
    assert not Dispatch.objects.exists()


# Copies at the supplier (C16) --------------------------------------------------------------------


def test_c16_a_copy_is_deleted_and_looked_for_before_it_counts_as_gone(talk, supplier):
    say(talk, "one")
    sending.send_all()
    assert sending.delete_copies() == (0, 0)  # it may still be on its way
    with later(hours=2):
        assert sending.delete_copies() == (1, 0)
    assert supplier.copies == {}
    assert [method for method, _ in supplier.asked[-2:]] == ["DELETE", "GET"]
    copy = VendorCopy.objects.get()
    assert (copy.status, copy.key, copy.reference) == ("gone", None, None)


@pytest.mark.parametrize("moods", [[500], ["silent"], [429], ["sticky"], [None, 500]])
def test_c16_until_it_is_gone_there_it_is_pending_and_asked_for_again(talk, supplier, moods):
    say(talk, "one")
    sending.send_all()
    supplier.moods = list(moods)
    with later(hours=2):
        assert sending.delete_copies() == (0, 1)
        assert VendorCopy.objects.get().status == "pending"
    with later(hours=4):
        assert sending.delete_copies() == (1, 0)


def test_c16_404_is_done(talk, supplier):
    say(talk, "one")
    sending.send_all()
    supplier.copies.clear()
    with later(hours=2):
        assert sending.delete_copies() == (1, 0)


def test_c16_after_72_hours_somebody_is_told(talk, supplier):
    say(talk, "one")
    sending.send_all()
    assert not VendorCopy.objects.stuck().exists()
    with later(hours=73):
        assert VendorCopy.objects.stuck().count() == 1


def test_c16_a_month_after_it_was_gone_even_the_bare_row_goes(talk, supplier):
    say(talk, "one")
    sending.send_all()
    with later(hours=2):
        sending.delete_copies()
    with later(days=29):
        forget_addresses()
    assert VendorCopy.objects.count() == 1
    with later(days=32):
        forget_addresses()
    assert not VendorCopy.objects.exists()


def test_c16_it_goes_on_after_its_contact_has_been_destroyed(talk, supplier):
    say(talk, "one")
    sending.send_all()
    assert not [f for f in VendorCopy._meta.get_fields() if f.is_relation and f.name != "key"]

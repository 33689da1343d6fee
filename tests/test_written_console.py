"""The console’s page of a conversation by text or e-mail: what it shows, and what it costs."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Contact, Correspondence, Dispatch, Joining, Speaker, Visit
from tests.known import make_link, make_record
from tests.racing import outcome, rivals
from tests.suppliers import WHY, approved
from tests.texting import MAILBOX, NUMBER, mailed, texted, transcript

pytestmark = pytest.mark.django_db
QUERIES = 32


@pytest.fixture(params=["text", "email"])
def talk(request, worker):
    """A conversation that the worker has."""
    contact = texted("hello") if request.param == "text" else mailed("hello")
    contact.take(by=worker)
    return contact


def page_of(client, contact) -> tuple[str, int]:
    """The page, and how many questions it asks the database."""
    path = f"/staff/chats/{contact.pk}/"
    client.get(path)  # what is told once and kept
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path).content.decode()
    return page, len(asked)


def test_the_page_asks_the_same_however_long_the_conversation(talk, worker, signed_in):
    client = signed_in(worker)
    _page, short = page_of(client, talk)
    for number in range(20):
        (texted if talk.channel == "text" else mailed)(f"line {number}")
        talk.say(Speaker.WORKER, f"answer {number}")
    for number, status in enumerate(["sent", "delivered", "failed", "failed"]):
        rows = Dispatch.objects.filter(contact=talk).order_by("number")[number : number + 1]
        Dispatch.objects.filter(pk__in=rows.values("pk")).update(status=status)
    page, long = page_of(client, talk)
    assert "answer 19" in page
    assert long <= short + 1  # the failures
    assert long <= QUERIES


def test_who_may_be_written_to_first_costs_two_questions_more(talk, worker, signed_in):
    """Only where what is said now would answer nothing is it asked what they said about it."""
    client = signed_in(worker)
    _page, answering = page_of(client, talk)
    make_link(talk, make_record(talk, worker, may_text=False, may_email=False), worker)
    quiet = timezone.now() - timedelta(hours=25)
    Correspondence.objects.filter(pk=talk.pk).update(heard_at=quiet, unanswered=False)
    page, first = page_of(client, talk)
    assert "not safe to write to them first" in page
    assert first <= answering + 2


@pytest.mark.parametrize(
    ("status", "why", "said"),
    [
        ("waiting", "", "Last answer: on its way"),
        ("sent", "", "Last answer: sent"),
        ("delivered", "", "Last answer: delivered"),
        ("failed", "refused", "their provider refused it"),
        ("failed", "bounced", "it came back"),
        ("withdrawn", "", "they asked us not to"),
    ],
)
def test_the_page_says_what_became_of_the_answer(talk, worker, signed_in, status, why, said):
    talk.say(Speaker.WORKER, "yes")
    Dispatch.objects.filter(contact=talk).update(status=status, why=why)
    page, _queries = page_of(signed_in(worker), talk)
    assert said in page


def test_neither_number_nor_mailbox_is_anywhere_in_it(talk, worker, supervisor, signed_in):
    for staff in (worker, supervisor):
        page, _queries = page_of(signed_in(staff), talk)
        for trace in (MAILBOX, "sam.canary", NUMBER, NUMBER[3:], "07700"):
            assert trace not in page


def test_what_is_written_does_not_count_among_the_chats_at_once(worker, signed_in):
    for number in range(4):
        texted("hello", f"+44770090012{number}").take(by=worker)
    rail = signed_in(worker).get("/staff/chats/").content.decode()
    assert "0 of 3 and 4 written" in rail


def test_what_they_said_about_writing_first_is_noted_either_way(talk, worker, signed_in):
    client = signed_in(worker)
    for said, then in [("no", False), ("yes", True), ("no", False)]:
        page, _queries = page_of(client, talk)
        assert f'name="safe" value="{said}"' in page
        client.post(f"/staff/chats/{talk.pk}/safety/", {"safe": said})
        assert Correspondence.objects.get(pk=talk.pk).safe_to_write is then


def test_l07_who_cannot_be_answered_yet_is_shown_with_the_reason_and_no_word_is_lost(
    worker, dpo, signed_in, settings
):
    settings.TEXTS_BY = "signed"
    approved(dpo, adapters=["signed"]).suspend(by=dpo, why=WHY)
    talk = texted("hello")
    talk.take(by=worker)
    client = signed_in(worker)
    page, _queries = page_of(client, talk)
    assert "the supplier that carries this may not be used" in page
    said = {"text": "I am here, and I wait with you.", "nonce": uuid.uuid4()}
    answer = client.post(f"/staff/chats/{talk.pk}/say/", said).content.decode()
    assert "Not sent." in answer
    assert "I am here, and I wait with you." in answer
    assert not Dispatch.objects.filter(contact=talk).exists()


def test_what_colleagues_do_with_a_conversation_is_written_to_nobody(
    talk, worker, colleague, supervisor
):
    """S0-16: a locked screen would say what we are; and nothing is written down as said."""
    sent, before = Dispatch.objects.count(), transcript(talk)
    talk.visit.pass_on(to=colleague, note="They want to go on.", by=worker)
    Joining.objects.join(talk, by=supervisor)
    Joining.objects.leave(talk, by=supervisor)
    talk.visit.pass_on(to=None, note="They want to go on.", by=colleague)
    assert (Dispatch.objects.count(), transcript(talk)) == (sent, before)


# An answer that does not arrive ---------------------------------------------------------------


def fails(talk, why="bounced") -> None:
    """What waits for this person comes back."""
    for dispatch in Dispatch.objects.filter(contact=talk).select_related("contact"):
        dispatch.failed(why)


def rail_of(client) -> str:
    return client.get("/staff/chats/").content.decode()


def test_an_answer_that_fails_is_owed_again_and_marked_until_somebody_writes(
    talk, worker, signed_in
):
    """Without the page of that one chat: in the list, and on a phone beside “Chats”."""
    client = signed_in(worker)
    talk.say(Speaker.WORKER, "yes")
    assert "not delivered" not in rail_of(client)
    fails(talk)
    assert Correspondence.objects.get(pk=talk.pk).unanswered
    page = rail_of(client)
    assert '<span class="count count--bad seat__lost">not delivered</span>' in page
    assert "1 not delivered" in page
    talk.say(Speaker.WORKER, "once more")
    assert "not delivered" not in rail_of(client)


def test_a_failed_answer_goes_back_into_the_queue_when_its_worker_has_gone(talk, worker):
    talk.say(Speaker.WORKER, "yes")
    fails(talk)
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert Visit.objects.take_back() == 1
    assert Contact.objects.get(pk=talk.pk).status == "waiting"


def test_what_we_say_by_ourselves_is_owed_to_nobody(talk, worker, signed_in):
    Dispatch.objects.all().delete()
    talk.say(Speaker.WORKER, "yes")
    Dispatch.objects.all().delete()
    talk.say(Speaker.SYSTEM, "We keep it.")
    fails(talk)
    assert not Correspondence.objects.get(pk=talk.pk).unanswered
    assert "not delivered" not in rail_of(signed_in(worker))


def test_an_answer_that_comes_back_after_the_end_is_seen_by_worker_and_supervisor(
    talk, worker, supervisor, colleague, signed_in
):
    """For one day and for three; by nobody else."""
    talk.say(Speaker.WORKER, "yes")
    Contact.objects.get(pk=talk.pk).end(by=worker, outcome="listened")
    fails(talk)
    said, now = "the last answer could not be delivered", timezone.now()
    days = [(worker, [True, False, False]), (supervisor, [True, True, False])]
    for staff, shown in [*days, (colleague, [False] * 3)]:
        for hours, then in zip([1, 25, 73], shown, strict=True):
            with time_machine.travel(now + timedelta(hours=hours)):
                page = rail_of(signed_in(staff))
                assert (said in page) is then
                assert (f"/staff/chats/{talk.pk}/" in page) is then


@pytest.mark.parametrize(
    ("gone", "said"), [(False, "has not left yet"), (True, "could not be delivered")]
)
def test_who_ends_a_conversation_is_told_of_an_answer_that_has_not_arrived(
    talk, worker, signed_in, gone, said
):
    path = f"/staff/chats/{talk.pk}/end/"
    talk.say(Speaker.WORKER, "yes")
    if gone:
        fails(talk)
    assert said in signed_in(worker).get(path).content.decode()
    Dispatch.objects.update(status="sent")
    assert said not in signed_in(worker).get(path).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_failure_waits_for_nobody_whose_text_comes_in(worker):
    """Their text holds what is owed and waits for the answer’s row; the failure has that row."""
    talk = texted("hello")
    talk.take(by=worker)
    talk.say(Speaker.WORKER, "yes")

    with rivals() as start, transaction.atomic():
        Correspondence.objects.select_for_update().get(pk=talk.pk)
        assert outcome(start(fails, talk)) is None
    assert set(Dispatch.objects.values_list("status", flat=True)) == {"failed"}

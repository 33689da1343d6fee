"""The console’s page of a conversation by text or e-mail: what it shows, and what it costs."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Correspondence, Dispatch, Joining, Speaker
from tests.known import make_link, make_record
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

"""What an open console is told: lines, chats, signs, and nothing once it may not know."""

import uuid
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from contacts.models import Contact, Guidance, Joining, Visit
from helpline.foundation import live
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Session
from tests.chatting import a_chat, fresh
from tests.racing import until
from tests.serving import Listening, cookie_of, served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(keys, tmp_path):
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, _process):
        yield port


@pytest.fixture
def listen(site, signed_in):
    """Open a console's stream as this person; `seen` are its pairs."""
    with ExitStack() as open_pages:

        def listen(staff, seen="", client=None):
            headers = cookie_of(client or signed_in(staff))
            page = Listening(site, f"/live/chats/?after={seen}", headers=headers)
            return open_pages.enter_context(page)

        yield listen


def wait_for(page, name, holding=""):
    """The next event of this name that holds these words; fails when the stream ends before."""
    while (event := page.event()) is not None:
        if event["event"] == name and holding in event["data"]:
            return event
    raise AssertionError(f"The stream ended before {name}.")


def test_a_chat_that_arrives_is_told_and_its_words_are_not(listen, worker):
    page = listen(worker)
    wait_for(page, "rail", "Nobody is waiting")
    visit = a_chat("my secret")
    rail = wait_for(page, "rail", visit.contact.handle_words)
    assert "my secret" not in rail["data"]
    visit.ask_for_person(not_safe=True)
    wait_for(page, "rail", "Not safe")


def test_a_line_of_the_chat_on_the_page_comes_with_its_place_as_staff_see_it(listen, worker):
    visit = a_chat("one", worker=worker)
    page = listen(worker, f"{visit.pk}:1")
    wait_for(page, f"state-{visit.pk}")
    visit.say("<b>two\u202e", nonce=uuid.uuid4())
    line = wait_for(page, f"line-{visit.pk}")
    assert line["id"] == f"{visit.pk}:2"
    assert "&lt;b&gt;two⟦turned⟧" in line["data"]


def test_a_console_that_comes_back_gets_what_it_missed_and_nothing_twice(listen, worker):
    visit = a_chat(*"abcde", worker=worker)
    page = listen(worker, f"{visit.pk}:3")
    told = [wait_for(page, f"line-{visit.pk}")["id"] for _ in range(2)]
    assert told == [f"{visit.pk}:4", f"{visit.pk}:5"]


def test_another_chat_of_ones_own_marks_what_is_new(listen, worker):
    one, other = a_chat("x", worker=worker), a_chat("y", worker=worker)
    page = listen(worker, f"{one.pk}:1")
    wait_for(page, "rail", "1 new")
    other.say("again", nonce=uuid.uuid4())
    wait_for(page, "rail", "2 new")


def test_that_the_person_is_writing_is_told_for_the_chat_they_write_in(listen, worker):
    one, other = a_chat("x", worker=worker), a_chat("y", worker=worker)
    page = listen(worker, f"{one.pk}:1")
    wait_for(page, f"state-{one.pk}")
    live.ring(live.WRITING, f"person:{other.pk}")
    assert wait_for(page, f"writing-{other.pk}")["data"] == "now"


def test_a_position_authorises_nothing(listen, worker, colleague):
    visit = a_chat("secret", worker=worker)
    page = listen(colleague, f"{visit.pk}:0")
    assert page.event()["event"] == f"gone-{visit.pk}"
    assert page.event()["event"] == "rail"
    assert not AuditEvent.objects.about(visit.contact).readings().exists()


def test_f10_what_stands_beside_a_chat_is_a_reading_whatever_the_page_has_seen(
    listen, worker, supervisor
):
    """F10: a position beyond the last line asks for none, and the question is words too."""
    visit = a_chat("x", worker=worker)
    Guidance.objects.ask(visit.contact, "is petrichor all right?", by=worker)
    page = listen(supervisor, f"{visit.pk}:99999999")
    wait_for(page, f"beside-{visit.pk}", "petrichor")
    (reading,) = AuditEvent.objects.about(visit.contact).readings()
    assert reading.actor == str(supervisor.pk)


def test_a_position_may_name_a_chat_that_no_browser_ever_had(
    listen, supervisor, make_contact, team
):
    imported = make_contact("one", team=team, ended=True)
    page = listen(supervisor, f"{imported.pk}:0")
    wait_for(page, f"line-{imported.pk}", "one")
    wait_for(page, "rail")


def test_i05_who_comes_back_too_late_is_told_that_the_chat_has_gone(listen, worker):
    """I05."""
    visit = a_chat("x", worker=worker)
    page = listen(worker, f"{visit.pk}:1")
    wait_for(page, f"state-{visit.pk}")
    Visit.objects.update(worker_here_at=timezone.now() - timedelta(minutes=4))
    Visit.objects.take_back()
    wait_for(page, f"gone-{visit.pk}")
    wait_for(page, "rail", "went back into the queue")


def test_i05_the_sweep_runs_in_every_web_process(keys, tmp_path, worker):
    """I05: with no Celery at all, from its start on."""
    visit = a_chat("x", worker=worker)
    Visit.objects.update(worker_here_at=timezone.now() - timedelta(minutes=4))
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)):
        until(lambda: fresh(visit).status == Contact.Status.WAITING)


def test_a_question_and_its_answer_are_live_on_both_sides(listen, worker, supervisor):
    """S1-14."""
    visit = a_chat("x", worker=worker)
    mine, theirs = listen(worker, f"{visit.pk}:1"), listen(supervisor)
    wait_for(theirs, "rail")
    guidance = Guidance.objects.ask(visit.contact, "What now?", by=worker)
    wait_for(theirs, "rail", "Guidance asked")
    guidance.give("Ask them.", by=supervisor)
    wait_for(mine, f"beside-{visit.pk}", "Ask them.")


def test_a_supervisor_who_has_joined_is_told_each_line(listen, worker, supervisor):
    visit = a_chat("x", worker=worker)
    Joining.objects.join(visit.contact, by=supervisor)
    page = listen(supervisor, f"{visit.pk}:2")
    wait_for(page, f"state-{visit.pk}", "has joined")
    visit.say("hello both", nonce=uuid.uuid4())
    wait_for(page, f"line-{visit.pk}", "hello both")


def test_a_console_ends_at_once_when_authority_ends_and_keeps_no_session_alive(
    listen, worker, admin, signed_in
):
    client = signed_in(worker)
    before = timezone.now() - settings.IDLE_LIMIT / 2
    Session.objects.update(seen_at=before)
    page = listen(worker, client=client)
    wait_for(page, "rail")
    assert Session.objects.get().seen_at == before
    worker.deactivate(by=admin)
    while page.event() is not None:
        pass


def test_who_takes_no_contacts_has_no_console(listen, lead, dpo):
    assert [listen(staff).status for staff in (lead, dpo)] == [404, 404]

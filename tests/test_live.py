"""Open pages are told what changes, as long as their readers may know."""

import asyncio
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import connection
from django.urls import path
from django.utils import timezone

from contacts.models import Channel, Contact, Speaker
from helpline.foundation import live, stream
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Session
from helpline.foundation.staff.roles import Permission, Service
from helpline.server import GRACE
from tests.racing import until
from tests.serving import Listening, away, cookie_of, kill_listener, listeners, served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(keys, tmp_path):
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, process):
        yield port, process


@pytest.fixture
def listen(site, signed_in):
    """Open a stream as this person, in a browser of its own."""
    with ExitStack() as open_pages:

        def listen(staff, path, *, headers=(), client=None):
            cookie = cookie_of(client or signed_in(staff)) if staff else []
            page = Listening(site[0], path, headers=[*cookie, *headers])
            return open_pages.enter_context(page)

        yield listen


def stream_of(contact):
    return f"/live/contact/{contact.pk}/"


def test_a_new_line_appears_on_an_open_page_as_the_page_shows_it(listen, contact, worker):
    page = listen(worker, f"{stream_of(contact)}?after=2")
    contact.say(Speaker.PERSON, "are you <still> there?\nplease")
    line = page.event()
    assert line["id"] == "3"
    assert line["data"].startswith('<li class="line line--person" id="line-3">')
    assert "are you &lt;still&gt; there?\nplease" in line["data"]


def test_a_page_that_comes_back_gets_what_it_missed_and_nothing_twice(listen, contact, worker):
    for words in ("three", "four", "five"):
        contact.say(Speaker.PERSON, words)
    back = [("Last-Event-ID", "3")]
    page = listen(worker, f"{stream_of(contact)}?after=2", headers=back)
    assert [page.event()["id"], page.event()["id"]] == ["4", "5"]


@pytest.mark.parametrize("claim", ["", "-1", "²", "x' or 1=1", "9" * 50, "3:4"])
def test_a_position_that_makes_no_sense_selects_everything_that_may_be_seen(claim):
    opened = stream.Stream(send=None, ask=None, position=claim, pause=0, tower=None)
    assert opened.number == 0


def test_who_may_not_read_is_told_the_same_as_of_what_does_not_exist(
    listen, contact, worker, colleague, dpo, admin, lead
):
    strangers = [None, colleague, dpo, admin, lead]
    answers = [listen(staff, stream_of(contact)) for staff in strangers]
    answers.append(listen(worker, "/live/contact/0f8fad5b-d9cb-469f-a165-70867728950e/"))
    answers.append(listen(worker, "/live/none/"))
    told = {(a.status, a.answer.read(), *sorted(a.answer.headers.keys())) for a in answers}
    assert len(told) == 1
    assert answers[0].status == 404


def test_f09_a_refused_stream_is_written_down_as_a_refused_page_is(
    listen, contact, worker, colleague, dpo
):
    assert listen(worker, f"{stream_of(contact)}?after=2").status == 200
    for staff in (None, colleague, dpo):
        assert listen(staff, stream_of(contact)).status == 404
    assert listen(dpo, "/live/contacts/").status == 404

    events = AuditEvent.objects.filter(action=Action.ACCESS_REFUSED)
    page, record = "contact_stream", str(contact.pk)
    assert {(event.actor, event.detail["page"], event.detail["record"]) for event in events} == {
        (str(colleague.pk), page, record),
        (str(dpo.pk), page, record),
        (str(dpo.pk), "list_stream", None),
    }
    assert events.count() == 3


def test_f09_a_stream_stays_refused_where_that_cannot_be_written_down(listen, contact, dpo):
    with away("audit_auditevent"):
        assert listen(dpo, stream_of(contact)).status == 404


def test_streams_end_at_once_when_authority_ends(listen, contact, worker, admin):
    page = listen(worker, f"{stream_of(contact)}?after=2")
    worker.deactivate(by=admin)
    begun = time.monotonic()
    assert page.event() is None
    assert time.monotonic() - begun < stream.HEARTBEAT / 2  # by the bell, not when it next looks


def test_a_stream_ends_when_the_contact_may_not_be_read_any_more(listen, contact, worker):
    page = listen(worker, f"{stream_of(contact)}?after=2")
    Contact.objects.update(purge_on=london_today())
    live.ring("contact", contact.pk)
    assert page.event() is None


def test_a_stream_does_not_keep_a_session_alive(listen, contact, worker, signed_in):
    client = signed_in(worker)
    before = timezone.now() - settings.IDLE_LIMIT / 2
    Session.objects.update(seen_at=before)
    page = listen(worker, f"{stream_of(contact)}?after=2", client=client)
    contact.say(Speaker.PERSON, "hello?")
    assert page.event()["id"] == "3"
    assert Session.objects.get().seen_at == before


def test_an_idle_session_has_no_stream(listen, contact, worker, signed_in):
    client = signed_in(worker)
    Session.objects.update(seen_at=timezone.now() - settings.IDLE_LIMIT)
    assert listen(worker, stream_of(contact), client=client).status == 404


def test_reading_by_stream_is_one_event_for_a_quarter_of_an_hour(listen, contact, worker):
    page = listen(worker, stream_of(contact))
    for number in range(1, 8):
        if number > 2:
            contact.say(Speaker.PERSON, "words")
        assert page.event()["id"] == str(number)
    assert AuditEvent.objects.readings().count() in (1, 2)  # two if a quarter ended just now


def test_without_its_event_nothing_is_read(listen, contact, worker):
    with away("audit_auditevent"):
        assert listen(worker, stream_of(contact)).status == 503


def test_no_line_is_lost_or_doubled_when_the_bell_loses_its_connection(listen, contact, worker):
    page = listen(worker, f"{stream_of(contact)}?after=2")
    killed = 0
    for _ in range(12):
        killed += kill_listener()
        contact.say(Speaker.PERSON, "words")
        contact.say(Speaker.WORKER, "words")
    assert [page.event()["id"] for _ in range(24)] == [str(n) for n in range(3, 27)]
    assert killed


BESIDE = 2  # the writer of lines, and the thread that sends what nobody else sends


def test_streams_share_the_connections_of_a_few_readers(listen, contact, worker, signed_in):
    clients = [signed_in(worker) for _ in range(5)]
    pages = [listen(worker, stream_of(contact), client=clients[n % 5]) for n in range(20)]
    for page in pages:
        assert page.event()["id"] == "1"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] <= settings.STREAM_READERS + listeners() + BESIDE
    assert listeners() == 1


def test_one_browser_has_four_streams_and_no_more(listen, contact, worker, signed_in):
    client = signed_in(worker)
    pages = [listen(worker, stream_of(contact), client=client) for _ in range(5)]
    assert [page.status for page in pages] == [200, 200, 200, 200, 503]


def test_a_list_is_told_that_something_has_changed(listen, worker):
    page = listen(worker, "/live/contacts/")
    assert page.event()["event"] == "changed"
    Contact.objects.arrive(service=Service.HELPLINE, channel=Channel.CHAT)
    assert page.event() == {"event": "changed", "data": "now"}


def test_the_server_stops_quickly_with_pages_open(listen, site, contact, worker):
    page = listen(worker, f"{stream_of(contact)}?after=2")
    begun = time.monotonic()
    site[1].send_signal(signal.SIGTERM)
    assert site[1].wait(10) in (0, -signal.SIGTERM)
    assert time.monotonic() - begun < GRACE  # which pages have, and streams do not take
    assert page.event() is None


def test_several_processes_each_listen_and_stop_together(keys, tmp_path):
    with (
        open(tmp_path / "log", "wb") as log,
        served(log, workers=2, KEYS_DIR=str(keys)) as (_port, process),
    ):
        until(lambda: listeners() == 2, patience=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    until(lambda: not listeners())
    assert (tmp_path / "log").read_text().count("\n") == 1  # nothing went wrong on the way


def test_nothing_about_streams_is_logged(listen, contact, worker, colleague, tmp_path):
    listen(worker, f"{stream_of(contact)}?after=canary", headers=[("User-Agent", "canary")])
    listen(colleague, stream_of(contact))
    with listen(worker, stream_of(contact)) as page:
        page.event()
    log = (tmp_path / "log").read_text()
    assert not re.search(rf"127\.0\.0\.1|canary|{contact.pk}|{contact.handle}", log)


class Reader:
    """A member of staff who may do everything."""

    pk = 1

    def may(self, permission):
        return True


def told(function, *, seconds=5):
    """What one stream says before it ends, run by itself in a loop of its own."""
    said = []

    async def send(message):
        said.append(message.get("body", message.get("status")))

    async def receive():
        await asyncio.sleep(seconds)
        return {"type": "http.disconnect"}

    named = live.requires_stream(Permission.SEE_CONTACTS, bell="contact")(function)
    audience = live.Audience("staff", lambda key: Reader(), lambda who, it: True, None)
    streams = live.Streams([path("live/", named)], audiences={"staff": audience}, bell=live.Bell())
    cookie = (b"cookie", f"{settings.SESSION_COOKIE_NAME}=key".encode())
    scope = {"path": "/live/", "query_string": b"", "headers": [cookie]}
    with ThreadPoolExecutor(1) as thread:  # this one may hold a browser's loop already
        thread.submit(asyncio.run, streams(scope, receive, send)).result()
    assert not streams.open
    return said


async def quiet(stream):
    while True:
        await stream.read(lambda staff: True)
        await stream.bell()


def test_a_quiet_stream_shows_that_it_lives_and_comes_back_through_the_front_door(monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    monkeypatch.setattr(live, "LIFE", 0.5)
    status, retry, *rest, end = told(quiet)
    assert (status, end) == (200, None)
    assert retry.startswith(b"retry: ")
    assert set(rest) == {b":\n\n"}


def test_a_stream_asks_at_every_heartbeat_whether_it_may_go_on(monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    answers = [True, True, None]

    async def watched(stream):
        while True:
            await stream.read(lambda staff: answers.pop(0))
            await stream.bell()

    assert told(watched)[2:] == [b":\n\n", b":\n\n", None]


def test_streams_live_at_most_five_minutes_and_beat_every_fifteen_seconds():
    assert live.LIFE <= 300
    assert stream.HEARTBEAT == 15


def test_words_of_any_shape_stay_inside_their_event():
    async def nasty(stream):
        await stream.read(lambda staff: True)
        await stream.send("a\r\nevent: x\rid: 9\u2028\n\nb", id=1)

    assert (
        told(nasty)[2]
        == (
            "event: message\ndata: a\ndata: event: x\ndata: id: 9\u2028\ndata: \ndata: b\nid: 1\n\n"
        ).encode()
    )

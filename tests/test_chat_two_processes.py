"""Several web processes are one helpline: what is said in one is shown by another."""

import os
import uuid
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import connection

from contacts.models import Speaker
from tests import chats
from tests.serving import free_port, kill_listener, served
from tests.speaking import a_person

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 2000 if os.environ.get("HELPLINE_THOROUGH") else 200  # streams in one process


@pytest.fixture
def ports(keys, tmp_path):
    """Two web processes on one database."""
    with ExitStack() as both:
        log = both.enter_context(open(tmp_path / "log", "wb"))
        yield [
            both.enter_context(served(log, free_port(), KEYS_DIR=str(keys)))[0] for _ in range(2)
        ]


def test_a_line_that_one_process_takes_is_shown_by_the_other(ports, worker):
    person = a_person(worker)
    with person.listen(ports[0]) as here, person.listen(ports[1]) as there:
        for page in (here, there):
            assert page.event()["event"] == "state"
        for number in range(10):
            assert person.say(ports[number % 2], f"line {number}").status == 204
        for page in (here, there):
            assert [page.event()["id"] for _ in range(10)] == [str(n) for n in range(1, 11)]
    assert chats.words(person.contact) == [f"line {number}" for number in range(10)]


def test_the_same_form_sent_to_both_says_it_once(ports, worker):
    """H13."""
    person, nonce = a_person(worker), uuid.uuid4()
    for port in ports * 2:
        assert person.say(port, "once", nonce).status == 204
    assert chats.words(person.contact) == ["once"]


def test_both_sides_of_a_chat_are_shown_in_one_order_everywhere(ports, worker):
    person = a_person(worker)
    with person.listen(ports[0]) as here, person.listen(ports[1]) as there:
        for number in range(10):
            person.say(ports[number % 2], f"{number}")
            person.contact.say(Speaker.WORKER, f"re {number}")
            if number == 5:
                kill_listener()
        shown = [[(e["id"], e["data"]) for e in told(page, 20)] for page in (here, there)]
    assert shown[0] == shown[1]
    assert [number for number, _html in shown[0]] == [str(n) for n in range(1, 21)]


def told(page, count):
    """The next lines that a page is told."""
    lines = []
    while len(lines) < count:
        event = page.event()
        if "id" in event:
            lines.append(event)
    return lines


def test_many_streams_share_the_same_few_connections(keys, tmp_path, worker):
    """A tenth of what one process carries, or all of it when thorough."""
    people, before = [a_person(worker) for _ in range(MANY)], connections()
    with (
        open(tmp_path / "log", "wb") as log,
        served(log, KEYS_DIR=str(keys)) as (port, _process),
        ExitStack() as pages,
    ):
        opened = [pages.enter_context(person.listen(port)) for person in people]
        assert [page.event()["event"] for page in opened] == ["state"] * MANY
        for at in range(0, MANY, MANY // 20):
            assert people[at].say(port, "still here?").status == 204
            assert opened[at].event()["id"] == "1"
        others = 3  # the writer's, the bell's, and for a moment the one that sends the post
        assert connections() - before <= settings.STREAM_READERS + others


def connections():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]

"""While PostgreSQL is away a plain page says where help is; afterwards nothing is half there."""

import os
import uuid
from contextlib import closing, contextmanager

import psycopg2
import pytest
from django.db import connection

from contacts.models import Contact, Line
from tests.racing import until
from tests.serving import Listening, ask, served
from tests.somebody import Somebody

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def database_away():
    """This test's database refuses every connection meanwhile, and has ended those there were."""
    name = connection.settings_dict["NAME"]
    before, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    connection.close()
    with closing(psycopg2.connect(f"{before}/postgres")) as other:
        other.autocommit = True
        with other.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            until(lambda: nobody_is_connected(cursor, name))
            try:
                yield
            finally:
                cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def nobody_is_connected(cursor, name: str) -> bool:
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
    return cursor.fetchone()[0] == 0


@pytest.fixture
def port(keys, tmp_path):
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, _process):
        yield port


def assert_says_where_help_is(reply) -> None:
    assert reply.status == 503
    assert "116 000" in reply.text
    assert "999" in reply.text
    assert "Exit this page" in reply.text


def test_j01_pages_say_where_help_is_and_both_sides_recover(port):
    person = Somebody(port)
    person.begin()
    token, nonce = person.token(), uuid.uuid4()
    with database_away():
        assert_says_where_help_is(person.open())
        assert_says_where_help_is(
            person.send("/chat/say/", token=token, text="are you there?", nonce=nonce)
        )
        assert ask(port, "/live/chat/", headers=person.all()).status == 503
        assert ask(port, "/health").status == 503
        assert ask(port, "/exit/", headers=person.all()).status == 302

    assert Line.objects.count() == 0
    until(lambda: ask(port, "/health").status == 200)
    for _ in range(2):  # the page sends again what was not taken
        assert person.send("/chat/say/", text="are you there?", nonce=nonce).status == 302
    assert Contact.objects.get().last_line == Line.objects.count() == 1
    with Listening(port, "/live/chat/", headers=person.all()) as stream:
        assert "are you there?" in stream.event()["data"]

"""While PostgreSQL is away a plain page says where help is; afterwards nothing is half there."""

import uuid

import pytest

from contacts.models import Contact, Line
from tests.away import database_away
from tests.racing import until
from tests.serving import Listening, ask, served
from tests.somebody import Somebody

pytestmark = pytest.mark.django_db(transaction=True)


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

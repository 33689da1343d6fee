"""Every row, as it is first written: what networks, mail servers and chat suppliers tell of
somebody is gone before that, and not taken out again afterwards (A06–A08)."""

import pytest
from django.db import connection

from contacts.models import Contact
from contacts.written import mail
from contacts.written.arriving import take_in
from helpline.foundation.staff.roles import Scope
from tests.chats import a_line, a_record
from tests.partners import make_key, post, system
from tests.texting import MAILBOX, NUMBER, TWILIO, a_mail, text_in, twilio_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]

WATCH = """
CREATE TABLE written_first (at text, was text);
CREATE FUNCTION note_what_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO written_first VALUES (TG_TABLE_NAME, to_jsonb(NEW)::text);
    RETURN NEW;
END $$;
"""
NETWORK = ["203.0.113.", "Zephyr", "Tobermory", "56.6229", "canary", "Canary", "23415", "CN1"]
CHAT = {
    "visitor": {
        "ip": "203.0.113.41",
        "user_agent": "Zephyrbrowser/41",
        "geolocation": {"city": "Tobermory", "latitude": "56.6229"},
        "visited_pages": [{"url": "https://whence.example/canary", "title": "canary page"}],
    },
    "custom_variables": [{"key": "loyalty", "value": "canary-7"}],
    "referrer": "https://whence.example/",
    "session": {"device": "Halcyonphone"},
}


@pytest.fixture
def written(db):
    """Whatever is inserted or changed meanwhile: the name of each table and the whole row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(WATCH)
        for table in tables:
            cursor.execute(
                f'CREATE TRIGGER first BEFORE INSERT OR UPDATE ON "{table}"'
                " FOR EACH ROW EXECUTE FUNCTION note_what_is_written()"
            )

    def rows() -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT at, was FROM written_first")
            return cursor.fetchall()

    return rows


def assert_never_written(rows: list[tuple[str, str]], traces: list[str], kept_in: str) -> None:
    """Not in letters and not in the hex of a column of bytes; and something was written at all."""
    assert kept_in in {table for table, _row in rows}
    for table, row in rows:
        for trace in traces:
            assert trace not in row, (table, trace)
            assert trace.encode().hex() not in row, (table, trace)


def test_a06_what_a_network_tells_is_never_written(client, written, settings):
    told = {"cell": "23415-canary", "carrier": "Canary Mobile", "place": {"city": "Tobermory"}}
    assert text_in(client, "are you there?", **told).status_code == 204
    settings.TEXTS_BY = "twilio"
    fields = TWILIO | {"From": "+447700900555", "Body": "and you?", "MessageSid": "SMcanary"}
    assert twilio_post(client, fields).status_code == 204
    traces = [*NETWORK, NUMBER[3:], "7700900555", "are you there?", "and you?"]
    assert_never_written(written(), traces, "contacts_address")


def test_a07_what_a_mail_server_tells_is_never_written(written):
    take_in(mail.read(a_mail("please help", X_Mailer="Zephyr", X_Place="Tobermory")))
    traces = [*NETWORK, MAILBOX, "whence.example", "please help"]
    assert_never_written(written(), traces, "contacts_address")


def test_a08_what_a_chat_supplier_tells_of_a_visitor_is_never_written(admin, written):
    """A transcript as such suppliers send it, through the interface: dropped, and counted."""
    key = make_key(admin, Scope.ADD_TRANSCRIPTS)[1]
    lines = [a_line("hello", ip="203.0.113.42", user_agent="Zephyrbrowser/41"), a_line("you?")]
    answer = post(system(key), a_record(lines=lines) | CHAT)
    assert (answer.status_code, answer.json()["dropped"]) == (201, len(CHAT) + 2)
    assert Contact.objects.count() == 1
    traces = [*NETWORK, "whence.example", "Halcyonphone", "loyalty", "visited_pages"]
    assert_never_written(written(), traces, "contacts_line")

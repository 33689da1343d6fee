"""The disk of the database is full: whoever brings a message is told to bring it again, and nothing
that has left is sent a second time (J03)."""

import io
import sys
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from contacts.management.commands import receive_email
from contacts.models import Address, Contact, Dispatch, Received, Speaker
from contacts.written import sending
from helpline.foundation.vault import ring
from tests.providers import supplied
from tests.texting import a_mail, text_in, texted, transcript

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("gateway")]
FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
END $$;
"""


@contextmanager
def full(table: str, when: str):
    """PostgreSQL has no room to write this, and says so as it does on a disk that is full."""
    with connection.cursor() as cursor:
        cursor.execute(FULL)
        cursor.execute(
            f"CREATE TRIGGER no_room BEFORE {when} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION no_room()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room CASCADE")


def nothing_stored() -> bool:
    return not any(table.objects.exists() for table in (Contact, Address, Received, Dispatch))


def piped(letter: bytes, monkeypatch) -> int:
    """How the command ends that a mail server hands this letter to."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letter)))
    try:
        receive_email.Command().handle()
    except SystemExit as ending:
        return ending.code
    return 0


def test_j03_a_text_that_cannot_be_written_comes_again_and_is_stored_once(client, caplog):
    client.raise_request_exception = False
    with full("contacts_line", "INSERT"):
        assert text_in(client, "canary of mine").status_code >= 500
        assert nothing_stored()
    assert "canary" not in caplog.text
    assert text_in(client, "canary of mine").status_code == 204
    assert transcript(Contact.objects.get())[0] == ("person", "canary of mine")


def test_j03_a_mail_server_keeps_an_email_that_cannot_be_written(monkeypatch, capsys):
    letter = a_mail("canary of mine")
    with full("contacts_line", "INSERT"):
        assert piped(letter, monkeypatch) == receive_email.LATER
        assert nothing_stored()
    assert [piped(letter, monkeypatch), piped(letter, monkeypatch)] == [0, 0]
    assert Contact.objects.count() == 1
    assert "canary" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("problem", [ring.RingUnreadable("…"), PermissionError(), KeyError()])
def test_a_mail_server_keeps_an_email_whatever_is_the_matter_with_us(problem, monkeypatch, capsys):
    """J03: any other ending has it sent back to whoever wrote, who then knows that it failed."""

    def newest():
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(ring, "newest", newest)
        assert piped(a_mail("canary of mine"), patch) == receive_email.LATER
        assert nothing_stored()
    assert piped(a_mail("canary of mine"), monkeypatch) == 0
    assert "canary" not in "".join(capsys.readouterr())


def test_j03_what_a_supplier_took_and_could_not_be_noted_is_not_sent_again(worker, settings):
    contact = texted("hello")
    contact.take(by=worker)
    Dispatch.objects.all().delete()
    contact.say(Speaker.WORKER, "one")
    with supplied() as (supplier, url):
        settings.TEXTS_URL = url
        noted = "UPDATE OF status"
        with full("contacts_dispatch", noted), pytest.raises(OperationalError, match="No space"):
            sending.send_all()
        assert supplier.texts() == ["one"]
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            assert sending.send_all() == (1, 0)
    assert supplier.texts() == ["one"]
    assert Dispatch.objects.get().status == "sent"

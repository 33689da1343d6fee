"""What somebody gives so that we can do something for them is looked for wherever it could be."""

import logging

import pytest
from django.db import connection
from django.urls import reverse

from contacts.acts import reminding
from contacts.models import ActionRequest
from helpline.foundation.outbox.models import Message
from tests.asking import DETAILS, ask
from tests.test_canaries import Monitored

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = "Could you tell Marguerite that Quillon is safe?"
TRACES = ["Quillon", "Fairweather", "3 May 2004", "07700 900123", "Marguerite", "home.example"]
TRACES += [DETAILS["words"], "Your room is as it was", ASKED]


def through_every_page(client, supervisor, contact) -> None:
    """From asking to the answer, by the pages."""
    path = reverse("contact_ask", args=[contact.pk])
    said = {"kind": "pass-message", "asked": ASKED, "side": "away", "agrees": "on", "how": "voice"}
    client.post(path, said)
    action = ActionRequest.objects.with_key().get()
    client.post(reverse("action_details", args=[action.pk]), DETAILS)
    action = ActionRequest.objects.with_key().get()
    move = reverse("action_move", args=[action.pk])
    client.post(move, {"do": "agree", "mark": action.mark()})
    client.post(move, {"do": "check", "checked": "published", "mark": action.recipient_mark()})
    supervisor.post(reverse("action_approve", args=[action.pk]), {"mark": action.mark()})
    client.post(reverse("action_show", args=[action.pk]), {"why": "to-pass-on"})
    client.post(move, {"do": "send"})
    reply = {"reference": action.reference, "words": "Your room is as it was."}
    client.post(reverse("action_reply"), reply)
    for name in ("actions", "callbacks"):
        client.get(reverse(name))


def every_row() -> str:
    """The whole database as text, sealed columns as their bytes in hex."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_names_numbers_and_words_are_nowhere_in_clear(
    signed_in, worker, supervisor, contact, settings, caplog
):
    """In no row, in nothing that Redis is told, in no log, and in no address of a page."""
    caplog.set_level(logging.DEBUG)
    with Monitored(settings.REDIS_URL) as monitored:
        through_every_page(signed_in(worker), signed_in(supervisor), contact)
        reminding.remind(ActionRequest.objects.get().due_at)
    assert ActionRequest.objects.get().status == "done"
    assert Message.objects.count() == 1
    rows = every_row()
    assert str(contact.pk) in rows
    for where in (rows, "\n".join(monitored.heard), caplog.text):
        for trace in TRACES:
            assert trace not in where, trace
            assert trace.encode().hex() not in where, trace


def test_what_fails_tells_nothing_of_it(signed_in, worker, contact, caplog, monkeypatch):
    action = ask(contact, worker)
    monkeypatch.setattr(ActionRequest, "note", lambda *args, **said: 1 / 0)
    client = signed_in(worker)
    client.raise_request_exception = False
    answer = client.post(reverse("action_details", args=[action.pk]), DETAILS)
    assert answer.status_code == 500
    for trace in TRACES:
        assert trace not in answer.content.decode()
        assert trace not in caplog.text

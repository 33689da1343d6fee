"""What is shared, why, and with whom is looked for wherever it could be: it is there nowhere."""

import logging
import re

import pytest
from django.urls import reverse

from helpline.foundation.outbox.models import Message
from safeguarding.models import Disclosure, Recipient, Task
from safeguarding.sharing.kinds import Status
from tests.sharing import left, worry
from tests.test_canaries import Monitored
from tests.test_request_canaries import every_row

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {
    "kind": "police",
    "body": "Quillshire Police, night desk",
    "rings_at": "01632 960777",
    "mails_to": "night@quillshire.example",
    "secure": "on",
    "found_at": "quillshire.example/contact",
    "spoke_to": "Sergeant Marguerite",
}
WHY = {
    "ground": "asked",
    "wish": "Please make Fairweather stop",
    "harm": "serious",
    "harm_to": "person",
    "harm_why": "Fairweather beats them every evening",
    "basis": "consent",
    "condition": "explicit",
}
TALK = {
    "talk": "tried",
    "talked_at": "2026-01-05T10:00",
    "told_why": "That Fairweather may kill them",
    "told_whom": "The night desk alone",
    "their_view": "They are glad of it, says Quillon",
}
TO = {"way": "email", "attention": "Inspector Hale", "purpose": "Go to Velvet Lane"}
ITEMS = {
    "fact": "Quillon is beaten in Velvet Lane 9",
    "fact_why": "Velvet Lane is where",
    "tick-line:1": "on",
    "why-line:1": "Names Fairweather",
}
RECEIPT = "Log 88, Constable Hale"
TOLD = "Quillon was told by telephone at nine"
TRACES = ["Quillshire", "quillshire", "960777", "Marguerite", "Fairweather", "Quillon", "Hale"]
TRACES += ["Velvet Lane", "night desk", "my dad shouts"]


def through_every_page(client, lead, escalation, supervisor) -> None:
    """From the list and the ground to the receipt and the task, by the pages."""
    client.post(reverse("recipients"), DESK)
    desk = Recipient.objects.get()
    lead.post(reverse("recipient_approve", args=[desk.pk]))
    client.post(reverse("escalation_share", args=[escalation.pk]))
    sharing = Disclosure.objects.get()
    talk = TALK | {"talked_by": supervisor.pk}
    pages = [("share_why", WHY), ("share_talk", talk), ("share_items", ITEMS)]
    for name, typed in [*pages, ("share_to", TO | {"recipient": desk.pk})]:
        answer = client.post(reverse(name, args=[sharing.pk]), typed)
        assert answer.status_code == 302, name
    move, here = (reverse(name, args=[sharing.pk]) for name in ("share_move", "share"))
    client.post(move, {"do": "hand-on"})
    mark = re.search(r'name="mark" value="(\w+)"', lead.get(here).content.decode())[1]
    lead.post(reverse("share_approve", args=[sharing.pk]), {"mark": mark})
    client.post(move, {"do": "disclose"})
    assert Message.objects.count() == 1
    left(Disclosure.objects.get(), supervisor)
    client.post(move, {"do": "received", "words": RECEIPT})
    task = Task.objects.telling().get()
    client.post(reverse("task_settle", args=[task.pk]), {"outcome": "done", "words": TOLD})
    typed = {"service": "police", "said": "Velvet Lane 9, now", "answered": "Hale 4"}
    client.post(reverse("escalation_emergency", args=[escalation.pk]), typed)


def test_what_is_shared_and_why_is_nowhere_in_clear(
    signed_in, worker, supervisor, lead, contact, settings, caplog
):
    """In no row, in nothing that Redis is told, in no log, and in no address of a page."""
    caplog.set_level(logging.DEBUG)
    escalation = worry(contact, worker, supervisor)
    with Monitored(settings.REDIS_URL) as monitored:
        through_every_page(signed_in(supervisor), signed_in(lead), escalation, supervisor)
    assert Disclosure.objects.get().status == Status.SHARED
    assert not Task.objects.telling().filter(disclosure__isnull=False).exists()
    for where in (every_row(), "\n".join(monitored.heard), caplog.text):
        for trace in TRACES:
            assert trace not in where, trace
            assert trace.encode().hex() not in where, trace


def test_what_fails_tells_nothing_of_it(
    signed_in, worker, supervisor, contact, caplog, monkeypatch
):
    escalation = worry(contact, worker, supervisor)
    client = signed_in(supervisor)
    client.post(reverse("escalation_share", args=[escalation.pk]))
    monkeypatch.setattr(Disclosure, "save", lambda *args, **said: 1 / 0)
    client.raise_request_exception = False
    answer = client.post(reverse("share_why", args=[Disclosure.objects.get().pk]), WHY)
    assert answer.status_code == 500
    for trace in TRACES:
        assert trace not in answer.content.decode()
        assert trace not in caplog.text

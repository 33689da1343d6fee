"""Chats made by the same verbs as real ones, for the tests that are about workers."""

import uuid

from contacts.models import Contact, Guidance, QuickReply, SentAnyway, Visit
from helpline.foundation.staff.roles import Service
from helpline.foundation.visits import new_token


def a_chat(*lines, worker=None, token="", not_safe=False, **begun) -> Visit:
    """A chat that waits, or that a worker has taken."""
    begun = {"service": Service.HELPLINE, "notices": (1, 1)} | begun
    visit = Visit.objects.begin(token or new_token(), **begun)
    for words in lines:
        visit.say(words, nonce=uuid.uuid4())
    if not_safe:
        visit.ask_for_person(not_safe=True)
    if worker:
        visit.contact.take(by=worker)
    return Visit.objects.select_related("contact__key").get(pk=visit.pk)


def fresh(visit: Visit) -> Contact:
    """The chat's contact as it is now."""
    return Contact.objects.with_key().select_related("visit", "worker").get(pk=visit.pk)


def said_in(visit: Visit) -> list[tuple[str, str]]:
    """Who said what, in order."""
    lines = fresh(visit).lines.order_by("number").select_related("contact__key")
    return [(line.speaker, str(line.text)) for line in lines]


def around(contact, worker, supervisor) -> dict:
    """What workers do around a chat, by kind, for the pages about each."""
    line = {"nonce": uuid.uuid4(), "kinds": ["meeting"], "reason": "They asked.", "by": worker}
    SentAnyway.objects.say(contact, "meet me", **line)
    reply = {"title": "Hello", "text": "Hello, {cursor}"}
    return {
        "guidance": {"the worker's": Guidance.objects.ask(contact, "What now?", by=worker)},
        "sent": {"the worker's": SentAnyway.objects.get()},
        "reply": {
            "the worker's": QuickReply.objects.add(by=worker, shared=False, **reply),
            "shared": QuickReply.objects.add(by=supervisor, shared=True, **reply),
        },
    }

"""People who text and write to the helpline of the story, taken in by the same adapters as in
earnest: a text conversation that is under way, and an e-mail that waits."""

import uuid
from dataclasses import replace

from contacts.models import Contact, Dispatch, Speaker
from contacts.written import mail
from contacts.written.adapters.signed import Signed
from contacts.written.arriving import take_in
from contacts.written.message import Message
from helpline.foundation.staff.models import Staff

NUMBER = "07700 900262"  # of those that Ofcom keeps for drama and nobody has
TEXTS = [
    ("p", "is this 116000? cant talk he is in the next room"),
    ("w", "Yes, it is. You can text as little or as much as you like. Are you safe just now?"),
    ("p", "ok for now. he goes out at 8"),
    ("w", "I’m here. Shall we think about what you could do at 8, or would you rather wait?"),
    ("p", "at 8 i could go to my aunts. can i ask u something first"),
]
LETTER = """\
Received: from phone.lan (203.0.113.24) by mx.example with ESMTPS; Thu, 1 Jan 2026 09:12:44 +0000
From: Pat Reader <pat.reader@mail.example>
To: talk@helpline.example
Subject: my brother
Message-ID: <{}@phone.lan>
Date: Thu, 1 Jan 2026 09:12:40 +0000
Content-Type: text/plain; charset=utf-8

Hello,

my brother has been gone for nine days. The police have it. I keep writing to
him and it stays on one tick. Mum will not go to bed in case the door goes.

I do not know what I am asking. Is there anything we can do that we have not
thought of? I can read this at work between one and two, please do not ring.

-- \n\
Pat Reader
07700 900977
"""


def tell(worker: Staff) -> None:
    """Somebody texts with the worker, and somebody has written an e-mail."""
    first, *rest = TEXTS
    contact = arrived(text(first[1]))
    contact.take(by=worker)
    for who, words in rest:
        if who == "p":
            take_in(text(words))
        else:
            contact.say(Speaker.WORKER, words)
    for dispatch in Dispatch.objects.waiting().filter(contact=contact).select_related("contact"):
        dispatch.sent(str(dispatch.pk))
        dispatch.delivered()
    take_in(mail.read(LETTER.format(uuid.uuid4()).encode()))


def text(words: str) -> Message:
    """A text as our gateway brings it; no gateway holds a copy of this one."""
    told = {"type": "message", "from": NUMBER, "text": words, "carrier": "Larkfield"}
    return replace(Signed().message(uuid.uuid4().hex, told), reference="")


def arrived(message: Message) -> Contact:
    """The conversation that begins with this."""
    take_in(message)
    begun = Contact.objects.with_key().filter(correspondence__isnull=False)
    return begun.newest_first().first()

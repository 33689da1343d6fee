"""What the helpline answers by itself: once that a message came, and to the few words it knows.

Each is the answer to a message that just came, three at most until a worker has answered, and none
to a machine, so that two machines never talk to each other (I08).
"""

from contacts.hours_words import is_open, opens_words
from contacts.models import AskedToDelete, Contact, Correspondence, Dispatch, Speaker, Thread
from contacts.written import wordings
from contacts.written.keywords import Keyword, is_code, keyword
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused


def answer(contact: Contact, words: str, *, new: bool) -> None:
    """Answer what a machine may answer; `contact` is locked, and the words are stored."""
    found = keyword(words)
    address = contact.correspondence.address
    if address and found is not Keyword.STOP:
        address.go_on()
    if found is None:
        receipt(contact, new=new)
    else:
        KNOWN[found](contact)


def receipt(contact: Contact, *, new: bool) -> None:
    """That it came, once; and once that nobody is there, and when somebody is."""
    way = contact.correspondence
    if not is_open(contact.service):
        if not way.told_hours and tell(
            contact, wordings.closed(contact.channel, opens_words(contact.service))
        ):
            Correspondence.objects.filter(pk=way.pk).update(told_hours=True)
    elif new:
        tell(contact, wordings.received(contact.channel))


def may_answer_itself(way: Correspondence) -> bool:
    """Whether something may go out by itself; only then one of the three answers is counted."""
    return not way.why_not() and way.address.may_answer_itself()


def tell(contact: Contact, words: str) -> bool:
    """Say and send something of our own; False when nothing more may be sent by itself."""
    if not may_answer_itself(contact.correspondence):
        return False
    try:
        contact.say(Speaker.SYSTEM, words)
    except Refused:
        return False
    return True


def remark(contact: Contact, words: str) -> int:
    """A line for whoever reads the contact, which is sent to nobody; its number."""
    held = contact.locked()
    return held.lines.say_next(held, Speaker.SYSTEM, words, None)


def stop(contact: Contact) -> None:
    """Send nothing more, once that has been confirmed; what waits does not leave."""
    address = contact.correspondence.address
    if address is None or address.stopped:
        return
    mine = address.conversations.values("pk")
    Dispatch.objects.withdraw(mine)
    if not contact.correspondence.why_not():
        contact.say(Speaker.SYSTEM, wordings.STOPPED)
    address.stop()
    AuditEvent.objects.record(Action.WRITING_STOPPED, on=contact, by=None)


def delete(contact: Contact) -> None:
    """Open a request, once, and say what happens next: a phone proves nothing about its holder."""
    if AskedToDelete.objects.ask(contact):
        AuditEvent.objects.record(Action.DELETION_ASKED, on=contact, by=None)
        tell(contact, wordings.DELETE)


def code(contact: Contact) -> None:
    """Send the words that open what was said from anywhere, also once the address is destroyed."""
    if not may_answer_itself(contact.correspondence):
        return
    secret = wordings.code(contact.visit.new_code())
    number = remark(contact, wordings.CODE_SENT)
    contact.dispatches.put(contact, number, wordings.CODE_SENT, secret=secret)


def joins_earlier(contact: Contact, words: str) -> bool:
    """Whether the words are the person’s code: then what it opens is joined to this (S2-68)."""
    if not is_code(words):
        return False
    thread = Thread.objects.of(words)
    if thread is None:
        return False
    contact.thread = thread
    contact.save(update_fields=["thread"])
    AuditEvent.objects.record(Action.CODE_USED, on=contact, by=None)
    return True


KNOWN = {Keyword.STOP: stop, Keyword.DELETE: delete, Keyword.CODE: code}

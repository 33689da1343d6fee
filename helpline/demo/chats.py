"""The demonstration’s chats: each begun, answered and passed on by the same verbs as a real one."""

import secrets
import uuid

from contacts.chat import walking
from contacts.models import BotScript, Contact, QuickReply, Speaker, Thread, Visit
from helpline.demo import words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service

NOTICES = (1, 1)
SPEAKERS = {"p": Speaker.PERSON, "w": Speaker.WORKER, "b": Speaker.BOT}


def tell(worker: Staff, earlier: Contact) -> None:
    """People wait, talk and come back; `earlier` is a chat of yesterday that one of them had."""
    in_conversation(worker)
    back_again(worker, earlier)
    for service, nickname, first in words.WAITING:
        says(begun(service, nickname=nickname), first)
    not_safe()
    with_the_bot()
    quick_replies(worker)


def begun(service: str, *, meets_bot: bool = False, **options) -> Visit:
    """Somebody begins a chat in a browser that nobody has."""
    bot = BotScript.objects.published(service) if meets_bot else None
    token = secrets.token_urlsafe()
    visit = Visit.objects.begin(token, service=service, bot=bot, notices=NOTICES, **options)
    walking.begin(visit)
    return visit


def says(visit: Visit, text: str) -> None:
    """The person says something."""
    visit.say(text, nonce=uuid.uuid4())


def answers(visit: Visit, *given: dict) -> None:
    """The person answers the chatbot, one question after the other."""
    for each in given if visit.bot else ():
        walking.answer(visit, nonce=uuid.uuid4(), **each)


def in_conversation(worker: Staff) -> None:
    """The worker is in the middle of a chat that began with the chatbot."""
    visit = begun(Service.IS_THIS_OK, meets_bot=True, nickname="Robin Hood")
    answers(visit, {"choice": "1"}, {"skip": True}, {"choice": "0"}, {"choice": "0"})
    visit.ask_for_person()
    taken(visit, worker)
    talk(visit, words.CONVERSATIONS[1])


def back_again(worker: Staff, earlier: Contact) -> None:
    """Somebody came back with their code, so that yesterday’s chat and this one are joined."""
    thread = Thread.objects.create()
    Contact.objects.filter(pk=earlier.pk).update(thread=thread)
    thread.new_code()
    visit = begun(Service.HELPLINE, thread=thread)
    says(visit, words.BACK_AGAIN[0][2])
    taken(visit, worker)
    talk(visit, words.BACK_AGAIN[1:])


def taken(visit: Visit, worker: Staff) -> None:
    """The worker answers."""
    Contact.objects.get(pk=visit.contact_id).take(by=worker)


def talk(visit: Visit, said: list) -> None:
    """What each of them says, in order."""
    contact = Contact.objects.with_key().get(pk=visit.contact_id)
    for who, _minutes, text in said:
        contact.say(SPEAKERS[who], text, nonce=uuid.uuid4())


def not_safe() -> None:
    """Somebody told the chatbot that they are not safe, and comes before everybody."""
    visit = begun(Service.IS_THIS_OK, meets_bot=True)
    answers(visit, {"choice": "0"}, {"text": words.NOT_SAFE})
    walking.to_person(visit, not_safe=True)


def with_the_bot() -> None:
    """Somebody is still with the chatbot."""
    visit = begun(Service.HELPLINE, meets_bot=True)
    answers(visit, {"choice": "1"}, {"skip": True})


def quick_replies(worker: Staff) -> None:
    """A few texts that workers send often: everybody’s, and one of the worker’s own."""
    for title, text in words.QUICK_REPLIES:
        QuickReply.objects.create(title=title, text=text)
    QuickReply.objects.create(owner=worker, title="My hello", text=words.OWN_REPLY)

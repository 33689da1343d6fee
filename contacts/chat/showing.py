"""A chat as its person sees it: the same fragments for the page and for its stream."""

from contacts.models import Contact, Line, Rank, Speaker, Visit
from contacts.patterns import all_filled, filled, pattern
from helpline.foundation.calendar import time_words

SAID = ("number", "side", "who", "time", "text")
WHO = {
    Speaker.PERSON: "You",
    Speaker.WORKER: "Helpline worker",
    Speaker.BOT: "Chatbot",
    Speaker.SYSTEM: "",
}
NUMBERS = ["Nobody is", "One person is", "Two people are", "Three people are", "Four people are"]
NUMBERS += ["Five people are", "Six people are", "Seven people are", "Eight people are"]


def said(line: Line) -> str:
    """One opened line as its person sees it; no name of anybody is in it (S1-11)."""
    drawn, values = as_said(line)
    return filled(drawn, **values)


def as_said(line: Line) -> tuple[str, dict]:
    """The pattern of one opened line, and what it says."""
    drawn = pattern("chat/_line.html", SAID, ("cannot_open", line.words is None))
    return drawn, {
        "number": line.number,
        "side": line.speaker,
        "who": WHO[Speaker(line.speaker)],
        "time": time_words(line.said_at),
        "text": line.words,
    }


def lines_of(contact: Contact) -> str:
    """All lines, as the page shows them."""
    return all_filled(map(as_said, Line.objects.opened(contact)))


def ahead_of(contact: Contact) -> int:
    """How many wait before this one in its service."""
    queue = Contact.objects.filter(status=Contact.Status.WAITING, service=contact.service)
    first = queue.filter(rank__lt=contact.rank)
    longer = queue.filter(rank=contact.rank, waiting_since__lt=contact.waiting_since)
    return (first | longer).exclude(pk=contact.pk).count()


def place_words(ahead: int) -> str:
    """A place in the queue as people say it."""
    if not ahead:
        return "You are next."
    many = NUMBERS[ahead] if ahead < len(NUMBERS) else f"{ahead} people are"
    return f"{many} ahead of you."


def state_of(visit: Visit) -> str:
    """One sentence that says where the chat is now."""
    contact = visit.contact
    if contact.status == Contact.Status.ENDED:
        return "This chat has ended."
    if contact.status == Contact.Status.OPEN:
        return "A helpline worker is here."
    if contact.status == Contact.Status.BOT:
        return "You are talking to a chatbot, not a person."
    if contact.rank == Rank.BACK:
        return "We will be back with you."
    return place_words(ahead_of(contact))

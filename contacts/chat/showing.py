"""A chat as its person sees it: the same fragments for the page, its stream and its script."""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from contacts.chat import walking
from contacts.chat.forms import SayForm
from contacts.chat.said import BESIDE
from contacts.chat.survey import SurveyForm
from contacts.hours import Hours
from contacts.hours_words import clock_words, opening_words
from contacts.models import Answer, Consent, Contact, Line, Rank, Speaker, Visit
from contacts.patterns import all_filled, filled, pattern
from contacts.wordings import WORDINGS
from helpline.foundation.calendar import day_words, moment_words, time_words

QUIET = timedelta(minutes=15)  # after which the page hides itself
SAID = ("number", "side", "who", "time", "text", "nonce")
WHO = {
    Speaker.PERSON: "You",
    Speaker.WORKER: "Helpline worker",
    Speaker.BOT: "Chatbot",
    Speaker.SYSTEM: "",
}
NUMBERS = ["Nobody is", "One person is", "Two people are", "Three people are", "Four people are"]
NUMBERS += ["Five people are", "Six people are", "Seven people are", "Eight people are"]
BACK_SOON = "We will be back with you. Please stay, you have not lost your place."


class State(NamedTuple):
    """Where a chat is: `phase` for the page, a word and a sentence for the person."""

    phase: str
    tone: str
    tag: str
    words: str


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
        "nonce": line.nonce or "",
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


def phase_of(visit: Visit) -> str:
    """Which of its five shapes the page has."""
    if visit.contact.status == Contact.Status.ENDED:
        return "ended"
    return "stopped" if visit.has_stopped else visit.contact.status


def where(visit: Visit) -> State:
    """Where the chat is now, and what that means for its person."""
    phase = phase_of(visit)
    if phase == Contact.Status.WAITING:
        return waiting(visit.contact)
    return {
        "ended": State(phase, "", "Ended", "This chat has ended."),
        "stopped": State(phase, "", "Stopped", "You have stopped. We can see that you left."),
        "bot": State(phase, "info", "Chatbot", "You are talking to a chatbot, not a person."),
        "open": talking(visit),
    }[phase]


def talking(visit: Visit) -> State:
    """Somebody answers, or their own connection is lost for a moment (I05)."""
    if visit.worker_here_at and not visit.worker_is_here():
        return State("open", "warn", "One moment", BACK_SOON)
    here = "A helpline worker is here."
    return State("open", "good", "Connected", f"{here} {BESIDE}" if visit.in_company else here)


def waiting(contact: Contact) -> State:
    """The place in the queue, honest about closing time; or that nobody is on (I06)."""
    hours = Hours.of(contact.service)
    if hours.now() is None:
        return State("waiting", "warn", "Message", message_words(opening_words(hours)))
    if contact.rank == Rank.BACK:
        return State("waiting", "warn", "One moment", BACK_SOON)
    place = place_words(ahead_of(contact))
    closes = hours.until()
    return State("waiting", "info", "Waiting", f"{place} {closing_words(closes, hours)}".strip())


def message_words(opens: str) -> str:
    """What becomes of words that are written while nobody is on."""
    then = f"We read it when we open {opens}." if opens else "We read it when we are next open."
    return f"Nobody is here right now. You can leave a message. {then}"


def closing_words(closes, hours: Hours) -> str:
    """What becomes of somebody who waits until we close; nothing when that is a day away."""
    if closes is None or closes - timezone.now() > timedelta(days=1):
        return ""
    opens = opening_words(hours, closes - timedelta(seconds=1))
    later = f"and read it {opens}" if opens else "and read it when we are next open"
    return (
        f"We close at {clock_words(closes)}. If nobody is free by then, we keep what you wrote"
        f" {later}."
    )


def state_of(visit: Visit) -> str:
    """Where the chat is, as the bar of the page shows it.

    `key` names what belongs below the bar: when it changes the page fetches that anew.
    """
    state = where(visit)
    step = visit.bot_step if state.phase == "bot" else ""
    drawn = pattern("chat/_state.html", ("tone", "tag", "words", "phase", "step"))
    return filled(drawn, **state._asdict(), step=step)


def shown(visit: Visit, *, after: int = 0) -> dict:
    """Everything on the page of a chat; `after` leaves out the lines that it has already."""
    contact = visit.contact
    lines = Line.objects.opened(contact)
    phase = phase_of(visit)
    speakers = {line.speaker for line in lines}
    bot = walking.offered(visit) if phase == "bot" else None
    return {
        "lines": all_filled(as_said(line) for line in lines if line.number > after),
        "last_line": contact.last_line,
        "state": state_of(visit),
        "phase": phase,
        "bot": bot,
        "box": box(phase, bot),
        "not_safe": contact.rank == Rank.NOT_SAFE,
        "may_say_not_safe": may_say_not_safe(phase, contact, bot),
        "has_said": Speaker.PERSON in speakers,
        "consent": consent(visit, speakers),
        "code": code(visit, speakers),
        "survey": survey(visit) if phase in ("ended", "stopped") else None,
        "form": SayForm(),
    }


def box(phase: str, bot: walking.Offered | None) -> str:
    """Which form the page's box belongs to, and so every button that must not lose what is in it:
    the chatbot's, the one for lines, or none when there is no box."""
    if bot:
        return "bot" if bot.writes else ""
    return "say" if phase in ("bot", "waiting", "open") else ""


def may_say_not_safe(phase: str, contact: Contact, bot: walking.Offered | None) -> bool:
    """Whether the page has its own button for it: not when the script's question has the same."""
    if phase not in ("bot", "waiting") or contact.rank == Rank.NOT_SAFE:
        return False
    return not (bot and any(each.says_not_safe for each in bot.choices))


def consent(visit: Visit, speakers: set[str]) -> dict | None:
    """The question for consent: never before the first words, and only while it is open (S2-25)."""
    if visit.contact.status == Contact.Status.BOT or Speaker.PERSON not in speakers:
        return None
    answer = Consent.objects.in_force(visit.contact)
    asked = answer is None and not visit.put_aside
    ended = visit.contact.status == Contact.Status.ENDED
    question = WORDINGS["chat"]
    wording = question.template(question.current) if asked and not ended else ""
    return {"wording": wording, "given": answer == Answer.GIVEN}


def code(visit: Visit, speakers: set[str]) -> dict | None:
    """The return code is offered when there is something to come back to (S2-68)."""
    answered = speakers & {Speaker.WORKER, Speaker.BOT} or visit.message
    if Speaker.PERSON not in speakers or not answered:
        return None
    return {"again": visit.contact.thread_id is not None}


def survey(visit: Visit) -> SurveyForm | None:
    """The questions after a chat, until they have been answered."""
    return None if visit.contact.survey.exists() else SurveyForm(auto_id="survey_%s")


class Own(NamedTuple):
    """One of the person's own chats, to be read again."""

    began: str
    keep_until: str
    lines: str


def own(visit: Visit) -> Own:
    """A chat as its person reads it later."""
    contact = visit.contact
    began = moment_words(contact.started_at)
    return Own(began, day_words(contact.purge_on), lines_of(contact))


def is_quiet(visit: Visit) -> bool:
    """Whether the person has done nothing for so long that the page hides itself."""
    return visit.active_at is None or timezone.now() - visit.active_at > QUIET

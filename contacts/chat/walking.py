"""A chat's way through the chatbot's script: what is offered now, and what an answer does."""

import uuid
from typing import NamedTuple

from django.db import transaction

from contacts import bot_walk, bot_words
from contacts.bot import Fixed, Kind, Script
from contacts.bot_walk import Around, Reply, Turn
from contacts.hours import Hours
from contacts.hours_words import opening_words
from contacts.models import Contact, Rank, Signpost, Speaker, Visit
from helpline.foundation import live

GOODBYE, LEAVE_MESSAGE = "goodbye", "message"  # kinds of what is offered, beside the questions'
SILENT = (Contact.Status.BOT, Contact.Status.WAITING)  # no person has answered yet
SPEAKERS = {bot_walk.PERSON: Speaker.PERSON, bot_walk.BOT: Speaker.BOT}


class Button(NamedTuple):
    """One answer to press."""

    value: str
    label: str
    not_safe: bool

    @property
    def says_not_safe(self) -> bool:
        """Whether it brings a person at once, and its own words say so."""
        return self.not_safe and bot_words.says_not_safe(self.label)


class Offered(NamedTuple):
    """What the page offers at this point of the script.

    `kind` is choose, ask, message (nobody is on) or goodbye.
    """

    kind: str
    step: str
    question: str
    choices: tuple[Button, ...] = ()
    writes: bool = False
    skip: str = ""  # what is written on the button that answers nothing
    person: str = ""  # what is written on the button that asks for a person

    @property
    def nonce(self) -> uuid.UUID:
        """A new one for every form that is drawn."""
        return uuid.uuid4()


def begin(visit: Visit) -> None:
    """The bot speaks first, once; without a script in force the person waits for a person."""
    if visit.bot is None:
        return
    with transaction.atomic():
        visit.contact = visit.contact.locked()
        if visit.contact.last_line == 0:
            take(visit, bot_walk.begin(visit.bot.script, around(visit.contact.service)))


def offered(visit: Visit) -> Offered | None:
    """What to show below the transcript, or None when the person is not with the bot."""
    if visit.contact.status != Contact.Status.BOT or visit.bot is None:
        return None
    return offer(visit.bot.script, visit.bot_step)


def offer(script: Script, at: str) -> Offered:
    """What is offered at one point of a script."""
    step = script.step(at)
    if step is None:
        leave = Offered(LEAVE_MESSAGE, at, bot_words.MESSAGE, writes=True, skip=bot_words.NOT_NOW)
        return leave
    if step.kind == Kind.GOODBYE:
        return Offered(GOODBYE, at, step.text, person=bot_words.PERSON)
    buttons = tuple(
        Button(str(number), each.label, each.not_safe) for number, each in enumerate(step.choices)
    )
    writes = step.kind == Kind.ASK
    return Offered(step.kind, at, step.text, buttons, writes=writes, skip=bot_words.SKIP)


@transaction.atomic
def answer(
    visit: Visit,
    *,
    choice: str | None = None,
    text: str | None = None,
    skip: bool = False,
    person: bool = False,
    step: str | None = None,
    nonce: uuid.UUID,
) -> bool:
    """Store what the person answered and what the bot says then, and move on.

    `step` is where the answered form was: an answer to a step that is past moves nothing, but what
    was written in it is kept, and "I'm not safe" counts from any step and at any time. The same
    words or button with the same `nonce` do nothing (H13). False when nothing can be kept any more:
    the chat has ended.
    """
    contact = visit.contact = visit.contact.locked()
    visit.refresh_from_db(fields=["bot_step"])
    again = contact.lines.said_with(nonce, contact)
    if again and text in (None, again.words):
        return True
    if contact.status == Contact.Status.ENDED:
        return False
    script = visit.bot.script if visit.bot else Script([])
    given = Reply(choice, text, skip, person)
    at = visit.bot_step if step is None else step
    is_now = contact.status == Contact.Status.BOT and at == visit.bot_step
    if is_now or bot_walk.is_not_safe(script.step(at), given):
        take(visit, bot_walk.reply(script, at, given, around(contact.service)), nonce)
    elif text:
        visit.say(text, nonce=nonce)
    return True


@transaction.atomic
def say(visit: Visit, words: str, *, nonce: uuid.UUID) -> None:
    """What the person writes in the box; who says there that they are not safe is told who helps,
    and comes before everybody, as by the button (S2-20)."""
    visit.say(words, nonce=nonce)
    if bot_words.says_not_safe(words):
        to_person(visit, not_safe=True)


@transaction.atomic
def to_person(visit: Visit, *, not_safe: bool = False) -> None:
    """The person asks for a person, or says that they are not safe, outside the script.

    When nobody is on, emergency help comes first (I06). Not safe means at once, at any hour.
    """
    contact = visit.contact = visit.contact.locked()
    visit.refresh_from_db(fields=["bot_step"])
    here = around(contact.service)
    if not_safe and contact.status in SILENT and contact.rank != Rank.NOT_SAFE:
        take(visit, bot_walk.not_safe(here))
    elif contact.status != Contact.Status.BOT:
        visit.ask_for_person(not_safe=not_safe)
    elif here.is_open or visit.bot_step != bot_walk.MESSAGE:
        take(visit, bot_walk.to_person(here))


def take(visit: Visit, turn: Turn, nonce: uuid.UUID | None = None) -> None:
    """Store one turn: its lines, of which the person's own carries the nonce, and the new place."""
    nobody_is_here = visit.contact.status in SILENT
    for who, words in turn.lines:
        is_mine = who == bot_walk.PERSON
        if is_mine or nobody_is_here:  # once a person is there, the bot says no more
            visit.contact.say(SPEAKERS[who], words, nonce=nonce if is_mine else None)
    visit.bot_step = turn.at
    visit.message = visit.message or (turn.message and nobody_is_here)
    visit.save(update_fields=["bot_step", "message"])
    if turn.at == bot_walk.WITH_PERSON:
        visit.ask_for_person(not_safe=turn.not_safe)
    live.ring("contact", visit.contact_id)


def around(service: str) -> Around:
    """The world as a script needs to know it, now."""
    hours = Hours.of(service)
    return Around(hours.now() is not None, opening_words(hours), place)


def place(place_id: str) -> str:
    """What a signpost says; one that is off the list says who else is always there."""
    if place_id == Fixed.EMERGENCY:
        return bot_words.emergency()
    found = None if place_id in Fixed.values else listed(place_id)
    return f"{found.name}: {found.offers}\n{found.reached_by}" if found else bot_words.elsewhere()


def listed(place_id: str) -> Signpost | None:
    """The entry of the list that staff keep, while it is on it."""
    return next((each for each in Signpost.objects.current() if str(each.pk) == place_id), None)

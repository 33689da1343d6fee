"""A text or an e-mail arrives: it becomes a line of a contact, under the same rules as a chat.

It is stored whole with everything that follows from it, or not at all; the same message delivered
again is told so and changes nothing. Nothing is refused because we are closed, nor because its
supplier may not be used: a supplier that is turned away may never bring it again.
"""

import logging
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from contacts.bot_words import says_not_safe
from contacts.chat import lines
from contacts.models import (
    Address,
    Contact,
    Correspondence,
    Dispatch,
    Piece,
    Received,
    Speaker,
    VendorCopy,
)
from contacts.models.address import BY_ITSELF
from contacts.suppliers import connected, using
from contacts.written import answering, wordings
from contacts.written.message import Message, Report
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import WrongState
from helpline.foundation.vault import blind
from helpline.foundation.vault.sealed import CannotOpen

logger = logging.getLogger(__name__)

SERVICE = Service.HELPLINE  # its number and its mailbox are the ones that are published
WHOLE = "parts of one text"  # the purpose of the hashes that join them
WAIT_FOR_PARTS = timedelta(minutes=2)


class Outcome(StrEnum):
    """What became of a message."""

    STORED = "stored"
    REPEATED = "repeated"
    DROPPED = "dropped"


def take_in(message: Message) -> Outcome:
    """Store one message; the same one in two processes at once is stored by one of them."""
    try:
        with transaction.atomic():
            return stored(message)
    except IntegrityError:
        if not Received.objects.filter(mark=message.mark).exists():
            raise
        return Outcome.REPEATED


@transaction.atomic
def take_report(report: Report) -> Outcome:
    """Note what became of a message of ours; one that we do not know changes nothing.

    A report may be faster than the answer to the call that it is about: it waits for that here.
    """
    told = Dispatch.objects.told_of(report.key, report.reference)
    rows = told.select_related("contact").select_for_update(of=("self",))
    dispatch = rows.first()
    if dispatch is None:
        return Outcome.DROPPED
    if report.state == "delivered":
        dispatch.delivered()
    else:
        dispatch.failed(Dispatch.Why.BOUNCED)
    return Outcome.STORED


def stored(message: Message) -> Outcome:
    """Into the conversation with its sender, or a new one; and what we answer by ourselves."""
    if Received.objects.filter(mark=message.mark).exists():
        return Outcome.REPEATED
    if message.reference:
        VendorCopy.objects.remember(message.provider, message.reference)
    address = None
    if message.sender:
        automatic = message.automatic
        address = Address.objects.heard(message.channel, message.sender, automatic=automatic)
    contact = conversation(message, address)
    if contact is None:
        return Outcome.DROPPED
    Received.objects.create(mark=message.mark, contact=contact)
    words = whole(contact, message, address)
    if words is not None:
        said(contact, words, message)
    return Outcome.STORED


def conversation(message: Message, address: Address | None) -> Contact | None:
    """The contact this message belongs to, which may be new; None for what no person wrote.

    What a machine sends begins nothing, and after three such messages it is not kept any more
    until a worker answers. What begins while its supplier may not be used is not answered (S2-60).
    """
    ongoing = address and Correspondence.objects.ongoing(address)
    if ongoing:
        try:
            contact = ongoing.locked()
        except WrongState:
            contact = None
        if contact and contact.status != Contact.Status.ENDED:
            full = message.automatic and contact.correspondence.hears_machines() > BY_ITSELF
            return None if full else contact
    if message.automatic:
        return None
    if why := using.stopped(connected.used_by(message.channel)):
        logger.error("A message is kept and cannot be answered. %s", why[0])
    begun = {"service": SERVICE, "channel": message.channel, "shut": bool(why)}
    return Correspondence.objects.begin(address, **begun)


def whole(contact: Contact, message: Message, address: Address | None) -> str | None:
    """The whole text once all its parts have come; None while one is still on its way.

    A conversation may have ended between two parts: they are joined in the next one.
    """
    if message.parts <= 1:
        return message.words
    joins = blind.index(WHOLE, message.whole)
    part = {"whole": joins, "part": message.part, "parts": message.parts}
    own = Q(contact=contact)
    theirs = own | Q(contact__correspondence__address=address) if address else own
    pieces = Piece.objects.filter(theirs, whole=joins)
    if not pieces.filter(part=message.part).exists():
        contact.pieces.create(contact=contact, text=message.words, **part)
    return joined(pieces) if pieces.count() >= message.parts else None


def joined(pieces: QuerySet[Piece]) -> str:
    """The parts of one text in their order, and a mark where one is missing; they are taken out.

    Raises `WrongState` when somebody else has taken them out meanwhile.
    """
    rows = pieces.select_related("contact__key").select_for_update(of=("self",))
    came = {piece.part: piece for piece in rows}
    if not came:
        raise WrongState("These parts have been joined already.")
    parts = max(piece.parts for piece in came.values())
    text = [str(came[n].text) if n in came else wordings.MISSING for n in range(1, parts + 1)]
    Piece.objects.filter(pk__in=[piece.pk for piece in came.values()]).delete()
    return "".join(text)


def said(contact: Contact, words: str, message: Message) -> None:
    """The words as lines of the contact, and what we answer by ourselves."""
    new, alone = contact.last_line == 0, message.below or words
    lines_of(contact, words, message)
    if not message.automatic:
        answering.answer(contact, alone, new=new)


def lines_of(contact: Contact, words: str, message: Message) -> None:
    """The words as lines; who is not safe comes before everybody (S2-20)."""
    remarks = [wordings.not_kept(message.left_out)] if message.left_out else []
    for alone in filter(None, [words, message.below, message.subject]):
        if answering.joins_earlier(contact, alone):
            words, remarks = words.replace(alone, "").strip(), [*remarks, wordings.CODE_USED]
            break
    number = contact.last_line
    for chunk in chunks(words):
        number = contact.say(Speaker.PERSON, chunk)
    for each in remarks:
        number = answering.remark(contact, each)
    contact.correspondence.heard(number, automatic=message.automatic)
    if says_not_safe(words):
        contact.visit.ask_for_person(not_safe=True)


def chunks(words: str) -> list[str]:
    """Words as lines that may be stored: none for nothing, several for what is very long."""
    found = []
    while words.strip():
        cut = len(words) if len(words) <= lines.LONGEST else words.rfind("\n", 0, lines.LONGEST)
        cut = cut if cut > 0 else lines.LONGEST
        try:
            found.append(lines.clean(words[:cut].strip()))
        except lines.Unsayable:
            pass  # nothing in it could be seen
        words = words[cut:]
    return found


def join_what_came(now: datetime) -> int:
    """Say the long texts of which a part has not come in time; how many. Safe to run twice."""
    late = Piece.objects.filter(came_at__lt=now - WAIT_FOR_PARTS)
    found = set(late.values_list("contact", "whole"))
    return sum(join_one(contact, each) for contact, each in found)


def join_one(pk, whole: str) -> bool:
    """Say one of them as far as it came, unless the rest came meanwhile.

    What cannot be opened goes with its contact, and what others wrote goes on.
    """
    try:
        with transaction.atomic():
            say_what_came(Contact.objects.get(pk=pk), whole)
    except (WrongState, CannotOpen):
        return False
    return True


def say_what_came(contact: Contact, whole: str) -> None:
    """In its conversation or, where that has ended, in the next one: they wrote to somebody."""
    address = Address.objects.held_behind(contact.pk)
    late = Message(contact.channel, "", "", "")
    over = contact.status == Contact.Status.ENDED
    here = conversation(late, address) if over else contact.locked()
    words = joined(Piece.objects.filter(contact=contact, whole=whole))
    said(here, words, late)

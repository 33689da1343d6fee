"""What somebody can do with their seven words and nothing else (S2-40, S2-67, S2-68)."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contacts.models import Contact, Correction, Line, Speaker, Thread, Visit
from contacts.showing import opened_or
from helpline.foundation.calendar import day_words, london_date, london_today, moment_words
from helpline.foundation.states import Refused, WrongState
from privacy import ledger
from privacy.bundle import telling, writing
from privacy.bundle.contents import Bundle, Chapter, Said
from privacy.erasure import erasing
from privacy.erasure.kinds import Choice
from privacy.erasure.planning import stops
from privacy.models import Concern, Erasure, RightsRequest
from privacy.rights import by_words
from privacy.rights.kinds import Found, Kind, Route

CHANGE_OF_MIND = timedelta(hours=24)


def own(visit: Visit) -> list[Contact]:
    """The chats that the person of this visit may read, the newest first, with their keys."""
    return [each.contact for each in Visit.objects.joined_to(visit)]


def has_words(visit: Visit, typed: str) -> bool:
    """Whether these are the seven words of this visit’s thread: one look-up, whatever was typed."""
    found = Thread.objects.of(typed)
    return found is not None and found.pk == visit.contact.thread_id


class Deleted(NamedTuple):
    """What came of asking for deletion: whether something goes, whether it has gone already, and
    whether something has to be answered."""

    goes: bool
    gone: bool
    asked: bool


def delete(visit: Visit, *, later: bool) -> Deleted:
    """Delete what these words open: at once, or in 24 hours; what is stopped becomes a request.

    No ground is asked for. What stops something is not told here: the first answer is the same
    for all, and the reasons are owed within the month (Art 12(4)).
    """
    with transaction.atomic():
        chats = own(visit)
        for plan in Erasure.objects.waiting_for(chats):
            with suppress(WrongState):  # a part has gone already, and the rest goes by either
                plan.call_off()
        stopped = [chat for chat in chats if stops(chat)]
        free = [chat for chat in chats if chat not in stopped]
        when = timezone.now() + (CHANGE_OF_MIND if later else timedelta(0))
        plan = None
        if free:
            plan = Erasure.objects.ask(free, when=when)
        asked = by_words.ask(Kind.ERASE, stopped) is not None
    if plan is None:
        return Deleted(goes=False, gone=False, asked=asked)
    gone = not later and at_once(plan)
    stayed = plan.items.filter(choice=Choice.STAYS).exists()  # stopped while this was done
    return Deleted(goes=True, gone=gone, asked=asked or stayed)


def at_once(plan: Erasure) -> bool:
    """Whether it has gone by the end of this; otherwise the next run of beat carries it out."""
    with suppress(ledger.LedgerBehind, ledger.DatabaseBehind, OSError):
        erasing.run_due(timezone.now(), only=plan)
    plan.refresh_from_db(fields=["status"])
    return plan.status == Erasure.Status.DONE


def requests_of(visit: Visit) -> list[RightsRequest]:
    """What was asked about these chats with their words, the newest first."""
    mine = Concern.objects.filter(contact__in=own(visit), found=Found.CODE).values("request")
    rows = RightsRequest.objects.filter(pk__in=mine, route=Route.CODE).with_key()
    return list(rows.order_by("-received_on", "pk"))


def correct(visit: Visit, which: Contact, words: str) -> None:
    """Add a correction to one of these chats; raises `Refused` for any other."""
    if which not in own(visit):
        raise Refused("This is not one of your chats.")
    Correction.objects.add(which, words)


def file_of(visit: Visit) -> bytes:
    """Everything that was said in these chats, as a file to take along."""
    chats = own(visit)
    bundle = Bundle(
        heading="What was said",
        made_on=day_words(london_today()),
        organisation=settings.ORGANISATION,
        passages=telling.passages(chats),
        chapters=lambda: map(chapter, chats),
        how_many=len(chats),
    )
    return writing.as_bytes(bundle)


def chapter(chat: Contact) -> Chapter:
    """One chat, line by line, and what its person has added."""
    began = day_words(london_date(chat.started_at))
    facts = (("We keep it until", day_words(chat.purge_on)),)
    return Chapter(f"Chat of {began}", facts, said_in(chat))


SPOKE = {Speaker.PERSON: "You", Speaker.WORKER: "Helpline worker", Speaker.BOT: "Chat helper"}
LOST = "These words cannot be opened any more."


def said_in(chat: Contact) -> Iterable[Said]:
    """The lines of a chat, then its corrections."""
    for line in Line.objects.opened(chat):
        who = SPOKE.get(Speaker(line.speaker), "Note")
        words = line.words if line.words is not None else LOST
        yield Said(moment_words(line.said_at), who, words, line.speaker == Speaker.PERSON)
    for added in Correction.objects.filter(contact=chat):
        added.contact = chat
        words = opened_or(added, "words", LOST, as_typed=True)
        yield Said(moment_words(added.at), "You, later", words, own=True)

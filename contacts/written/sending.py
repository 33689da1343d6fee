"""Sending what waits: each message once, in order, whatever the provider answers or does not."""

import logging

from django.db import transaction

from contacts.models import Correspondence, Dispatch, Line, Speaker, VendorCopy
from contacts.models.address import SAID_NO
from contacts.written import adapters, wordings
from contacts.written.adapters.ways import Never, NotNow, Unknown, Way
from helpline.foundation.vault.sealed import CannotOpen

logger = logging.getLogger(__name__)

# So many that come to nothing end a run: the next is seconds away, and a provider who does not
# answer would keep the queue from everything else that it has to do.
ENOUGH = 3


def send_all() -> tuple[int, int]:
    """Send the messages that are due; how many left, and how many wait on."""
    left = waits = 0
    while waits < ENOUGH and (gone := send_next()) is not None:
        left, waits = left + gone, waits + (not gone)
    return left, waits


def send_next() -> bool | None:
    """Send the next one: True left, False waits or cannot be sent, None when nothing is due.

    Its mark is committed before the provider is called, and its row stays locked meanwhile: of two
    senders one has it, and one that is killed leaves the mark behind for whoever comes next.
    """
    marked = Dispatch.objects.next_to_send()
    if marked is None:
        return None
    with transaction.atomic():
        waits = Dispatch.objects.waiting().filter(pk=marked.pk).select_related("contact__key")
        dispatch = waits.select_for_update(skip_locked=True, of=("self",)).first()
        if dispatch is None:
            return False
        dispatch.was_in_hand = marked.was_in_hand
        return handed_over(dispatch)


def handed_over(dispatch: Dispatch) -> bool:
    """Give one message to its provider and note what came of it."""
    try:
        way = adapters.way_for(dispatch.contact.channel)
        to, words = address_of(dispatch), dispatch.said()
        reference = found_or_sent(way, dispatch, to, words)
    except (Never, NoAddress, CannotOpen) as problem:
        gone = isinstance(problem, NoAddress)
        dispatch.failed(Dispatch.Why.NO_ADDRESS if gone else Dispatch.Why.REFUSED)
    except NotSafe:
        dispatch.withdraw()
    except NotNow as problem:
        dispatch.wait(in_hand=False, at_least=problem.wait)
    except Unknown:
        dispatch.wait(in_hand=True)
    else:
        dispatch.sent(reference, way.name if way.keeps_copies else "")
        return True
    return False


def found_or_sent(way: Way, dispatch: Dispatch, to: str, words: str) -> str:
    """The provider’s reference: of what it has already, or of what it takes now."""
    key = str(dispatch.pk)
    if dispatch.was_in_hand:
        try:
            known = way.find(key, to, words, since=dispatch.put_at)
        except NotNow:
            raise Unknown from None  # whether it was taken stays open
        if known:
            return known
    must_still_be_safe(dispatch, words)
    line = Line.objects.filter(contact=dispatch.contact_id, number=dispatch.number)
    by_itself = line.filter(speaker=Speaker.SYSTEM).exists()
    return way.send(key, to, words, by_itself=by_itself)


class NoAddress(Exception):
    """It was destroyed while the message waited."""


class NotSafe(Exception):
    """They asked us meanwhile to send nothing, or not to write to them first."""


def must_still_be_safe(dispatch: Dispatch, words: str) -> None:
    """Raise `NotSafe` after STOP, but for its confirmation; for what answers nothing, once they no
    longer say that we may write first; and for an answer that comes too late to be one, where they
    have said that we may not."""
    way = dispatch.contact.correspondence
    stopped = way.address is not None and way.address.stopped
    if stopped and words != wordings.STOPPED:
        raise NotSafe
    if way.is_answer() and not dispatch.first:
        return
    why_not = way.why_not_first()
    if why_not and (dispatch.first or why_not == SAID_NO):
        raise NotSafe


def address_of(dispatch: Dispatch) -> str:
    """To whom a message goes."""
    rows = Correspondence.objects.select_related("address__key")
    address = rows.get(pk=dispatch.contact_id).address
    if address is None:
        raise NoAddress
    return str(address.address)


def delete_copies() -> tuple[int, int]:
    """Have providers delete what they hold of our messages; how many are gone, and how many not."""
    gone = waits = 0
    while waits < ENOUGH and (result := delete_next()) is not None:
        gone, waits = gone + result, waits + (not result)
    return gone, waits


@transaction.atomic
def delete_next() -> bool | None:
    """Ask for one copy to be deleted and look whether it is: 404 is gone, anything else is not."""
    copy = VendorCopy.objects.next_to_ask()
    if copy is None:
        return None
    try:
        way = adapters.way_of_texts(copy.provider)
        reference = str(copy.reference)
        way.delete(reference)
        still_there = way.has(reference)
    except (NotNow, Never, Unknown, CannotOpen):
        still_there = True
    if still_there:
        copy.wait()
        return False
    copy.gone()
    return True

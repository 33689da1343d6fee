"""Holds as ready strings."""

from collections.abc import Iterable
from typing import NamedTuple

from contacts.models import Contact
from contacts.showing import opened_or
from helpline.foundation.calendar import day_words, moment_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.models import Escalation, HeldContact, Hold

LOST = "The reason cannot be opened."
NAMED = 3  # contacts of one hold that a row names


class Covered(NamedTuple):
    """One contact of a hold."""

    pk: object
    url: str
    handle_words: str


def placer(hold: Hold) -> str:
    """Who placed it; a request about data can have set it by itself."""
    return hold.placed_by.alias if hold.placed_by else "the request itself"


class Held(NamedTuple):
    """One hold, for the contact's page, the list of holds and the retention board."""

    pk: object
    contacts: list[Covered]
    more: int
    handle_words: str
    kind_label: str
    ground: str
    reason: str
    placed: str
    placed_by: str
    believed_by: str
    approval: str
    approval_label: str
    approval_tone: str
    review_on: str
    released: str
    released_by: str
    late: bool
    waits: bool
    for_request: bool


def shown(hold: Hold, *, held: HeldContact | None = None) -> Held:
    """One hold, fetched with its contacts; the reason only where the contact's key is at hand."""
    approved = hold.approved_at is not None
    contacts = [covered(each.contact) for each in hold.covers.all()]
    return Held(
        pk=hold.pk,
        contacts=contacts[:NAMED],
        more=max(len(contacts) - NAMED, 0),
        handle_words=", ".join(each.handle_words for each in contacts[:NAMED]),
        kind_label=hold.get_kind_display(),
        ground=hold.get_ground_display(),
        reason=opened_or(held, "reason", LOST) if held else "",
        placed=moment_words(hold.placed_at),
        placed_by=placer(hold),
        believed_by=hold.believed_by.alias
        if hold.believed_by and hold.believed_by_id != hold.placed_by_id
        else "",
        approval=f"Approved by {hold.approved_by.alias}."
        if approved
        else "Nobody has approved it yet.",
        approval_label="Approved" if approved else "Waiting",
        approval_tone="good" if approved else ("bad" if hold.approval_is_late() else "waiting"),
        review_on=day_words(hold.review_on),
        released=moment_words(hold.released_at) if hold.released_at else "",
        released_by=hold.released_by.alias if hold.released_by_id else "",
        late=hold.is_late(),
        waits=not approved,
        for_request=hold.for_request,
    )


def covered(contact: Contact) -> Covered:
    """One contact that a hold covers."""
    return Covered(contact.pk, contact.get_absolute_url(), contact.handle_words)


class Ended(NamedTuple):
    """A hold that somebody released: what it was for, and why it was no longer needed."""

    kind_label: str
    ground: str
    reason: str
    placed: str
    placed_by: str
    released: str
    released_by: str
    release_reason: str


def ended(hold: Hold, held: HeldContact) -> Ended:
    """One released hold, opened with the contact's key."""
    return Ended(
        kind_label=hold.get_kind_display(),
        ground=hold.get_ground_display(),
        reason=opened_or(held, "reason", LOST),
        placed=moment_words(hold.placed_at),
        placed_by=placer(hold),
        released=moment_words(hold.released_at),
        released_by=hold.released_by.alias,
        release_reason=opened_or(held, "release_reason", LOST),
    )


def holds_of(contact: Contact, staff: Staff) -> dict[str, list]:
    """The holds on one contact, in force and earlier, and what worries about it propose, for those
    whom holds concern.

    The contact's key has been fetched.
    """
    if not staff.may(Permission.PLACE_HOLDS):
        return {"holds": [], "earlier_holds": [], "proposals": []}
    rows = []
    if contact.held_by.exists():  # most have none, and what follows costs more than this
        people = Hold.objects.visible_to(staff).filter(contacts=contact).order_by("placed_at")
        rows = [(hold, held_of(hold, contact)) for hold in people.with_contacts()]
    force = [shown(hold, held=held) for hold, held in rows if hold.status in Hold.IN_FORCE]
    return {
        "holds": force,
        "earlier_holds": [ended(hold, held) for hold, held in rows if hold.released_at],
        "proposals": proposals_of(contact, staff),
    }


def held_of(hold: Hold, contact: Contact) -> HeldContact:
    """What a hold says of one of its contacts, which is at hand with its key."""
    (held,) = [each for each in hold.covers.all() if each.contact_id == contact.pk]
    held.contact = contact
    return held


class Proposed(NamedTuple):
    """A hold that a worry proposes."""

    pk: object
    name_words: str
    about: str
    raised: str
    raised_by: str
    contact: Covered


def proposals(worries: Iterable[Escalation]) -> list[Proposed]:
    """These worries, fetched with contact and who raised them, as what they propose."""
    return [
        Proposed(
            pk=each.pk,
            name_words=each.name_words,
            about=each.get_kind_display(),
            raised=moment_words(each.raised_at),
            raised_by=each.raised_by.alias,
            contact=covered(each.contact),
        )
        for each in worries
        if each.contact
    ]


def proposals_of(contact: Contact, staff: Staff) -> list[Proposed]:
    """What worries about one contact propose."""
    worries = Escalation.objects.proposing().filter(contact=contact)
    if not worries.exists():  # nearly always
        return []
    rows = list(worries.visible_to(staff).select_related("raised_by").order_by("raised_at", "id"))
    for worry in rows:
        worry.contact = contact
    return proposals(rows)

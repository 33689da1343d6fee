"""Holds as ready strings."""

from typing import NamedTuple

from contacts.models import Contact
from contacts.showing import opened_or
from helpline.foundation.calendar import day_words, moment_words
from helpline.foundation.staff.models import Staff
from safeguarding.models import Hold

LOST = "The reason cannot be opened."


class Held(NamedTuple):
    """One hold, for the contact's page, the list of holds and the retention board."""

    pk: object
    contact_pk: object
    url: str
    handle_words: str
    kind_label: str
    ground: str
    reason: str
    placed: str
    placed_by: str
    approval: str
    approval_label: str
    approval_tone: str
    review_on: str
    released: str
    released_by: str
    late: bool
    waits: bool


def shown(hold: Hold, *, contact: Contact | None = None) -> Held:
    """One hold; its reason only with the contact at hand, whose key opens it."""
    if contact is not None:
        hold.contact = contact
    approved = hold.approved_at is not None
    return Held(
        pk=hold.pk,
        contact_pk=hold.contact_id,
        url=hold.contact.get_absolute_url(),
        handle_words=hold.contact.handle_words,
        kind_label=hold.get_kind_display(),
        ground=hold.get_ground_display(),
        reason=opened_or(hold, "reason", LOST) if contact else "",
        placed=moment_words(hold.placed_at),
        placed_by=hold.placed_by.alias,
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
    )


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


def ended(hold: Hold, contact: Contact) -> Ended:
    """One released hold, opened with the contact's key."""
    hold.contact = contact
    return Ended(
        kind_label=hold.get_kind_display(),
        ground=hold.get_ground_display(),
        reason=opened_or(hold, "reason", LOST),
        placed=moment_words(hold.placed_at),
        placed_by=hold.placed_by.alias,
        released=moment_words(hold.released_at),
        released_by=hold.released_by.alias,
        release_reason=opened_or(hold, "release_reason", LOST),
    )


def holds_of(contact: Contact, staff: Staff) -> dict[str, list]:
    """The holds on one contact, in force and earlier, for those whom holds concern.

    The contact's key has been fetched.
    """
    people = Hold.objects.visible_to(staff).filter(contact=contact).order_by("placed_at")
    rows = list(people.select_related("placed_by", "approved_by", "released_by"))
    return {
        "holds": [shown(hold, contact=contact) for hold in rows if hold.status in Hold.IN_FORCE],
        "earlier_holds": [ended(hold, contact) for hold in rows if hold.released_at],
    }

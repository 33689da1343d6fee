"""A conversation by text or e-mail as its worker sees it: what became of answers, never the
address."""

from contacts.channels import WRITTEN
from contacts.models import Contact, Dispatch, Reveal
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

TONES = {"waiting": "waiting", "sent": "info", "delivered": "good", "failed": "bad"}
SHOWN = 3  # failures
LEAVES_LATER = (
    "Your last answer has not left yet. It leaves after the end too; should it come back then, your"
    " list of chats says so for a day, and your supervisors’ for three."
)


def is_written(contact: Contact) -> bool:
    """Whether its person texts or mails, and answers leave by an outbox."""
    return contact.channel in WRITTEN and hasattr(contact, "correspondence")


def state_of(contact: Contact) -> dict | None:
    """What became of the newest answer, of those that failed, and why nothing may be sent."""
    if not is_written(contact):
        return None
    rows = Dispatch.objects.filter(contact=contact)
    newest = rows.order_by("-number", "-part").first()
    failed = rows.filter(status=Dispatch.Status.FAILED).order_by("-number")[:SHOWN]
    return {
        "label": f"Last answer: {lower(newest)}" if newest else "Nothing sent yet",
        "tone": TONES.get(newest.status, "quiet") if newest else "quiet",
        "failed": [f"{moment_words(each.moved_at)}: {each.get_why_display()}" for each in failed],
        "why_not": contact.correspondence.why_not(),
    }


def before_the_end(contact: Contact) -> str:
    """What whoever ends it should know of answers that have not arrived; empty if there is none."""
    if not is_written(contact):
        return ""
    rows = Dispatch.objects.filter(contact=contact)
    if rows.unreached().exists():
        return "Your last answer could not be delivered. They do not have it."
    if rows.waiting().exists():
        return LEAVES_LATER
    return ""


def lower(dispatch: Dispatch) -> str:
    """What became of a message, within a sentence."""
    return dispatch.get_status_display().lower()


def card_of(contact: Contact, staff: Staff) -> dict | None:
    """What may be done about the address, which stays where it is."""
    if not is_written(contact):
        return None
    way = contact.correspondence
    is_open = contact.status == Contact.Status.OPEN
    return {
        "pk": contact.pk,
        "by_text": contact.channel == "text",
        "has_address": way.address is not None,
        "keep": bool(way.address and way.address.keep),
        "safe": way.safe_to_write,
        "mine": is_open and contact.worker_id == staff.pk,
        "may_reveal": staff.may(Permission.REVEAL_ADDRESSES),
        "asked_to_delete": hasattr(contact, "asked_to_delete"),
    }


def asked(reveal: Reveal) -> dict:
    """One wish to see an address, for whoever decides."""
    return {
        "pk": reveal.pk,
        "handle_words": reveal.contact.handle_words,
        "by": reveal.asked_by.alias,
        "at": moment_words(reveal.asked_at),
        "reason": str(reveal.reason),
    }

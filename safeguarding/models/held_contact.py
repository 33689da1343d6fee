"""What a hold covers: one row a contact, which refers to the contact's key while it holds."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db import models

from contacts.models import Contact
from helpline.foundation import live
from helpline.foundation.calendar import london_today
from helpline.foundation.states import WrongState
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

SPARED_FOR = timedelta(days=7)
PLACE = ("pk", "hold", "contact")


class HeldContactQuerySet(models.QuerySet["HeldContact"]):
    def in_force(self) -> "HeldContactQuerySet":
        """Those whose hold has not been released: PostgreSQL keeps their keys."""
        return self.filter(key__isnull=False)


class HeldContact(models.Model):
    """One contact that a hold covers, and why its words must stay, sealed with these words.

    While the hold is in force it refers to the contact's data key, which PostgreSQL then refuses to
    delete. It goes with the contact; the hold itself goes with the last contact that it covered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hold = models.ForeignKey("safeguarding.Hold", models.CASCADE, related_name="covers")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="held_by")
    key = models.ForeignKey(DataKey, models.PROTECT, null=True, related_name="+")
    reason = SealedText(key="contact__key", bound=PLACE)
    release_reason = SealedText(null=True, key="contact__key", bound=PLACE)

    objects = HeldContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "contact"], name="held_once_by_a_hold")
        ]

    def __str__(self) -> str:
        return f"Held contact {self.id}"


def lock_for_hold(contacts: Iterable[Contact]) -> list[Contact]:
    """These contacts with their rows locked and their keys at hand, in one order for everybody,
    even past their date while they still exist.

    Raises `WrongState` when the purge of one of them came first: all of them are held or none.
    """
    wanted = {contact.pk for contact in contacts}
    rows = Contact.objects.select_for_update(no_key=True, of=("self",)).with_key()
    found = list(rows.filter(pk__in=wanted, purged_on=None).order_by("pk"))
    if len(found) < len(wanted):
        raise WrongState("This contact has already been deleted. It cannot be held any more.")
    return found


def recompute(contact: Contact) -> None:
    """Set the contact's `held` index from the holds in force, its row being locked; what is past
    its date when the last of them ends is spared for 7 days."""
    held = HeldContact.objects.in_force().filter(contact=contact).exists()
    if contact.held and not held and not contact.purge_on > london_today() + SPARED_FOR:
        contact.spared_until = london_today() + SPARED_FOR
    contact.held = held
    contact.save(update_fields=["held", "spared_until"])
    live.ring("contact", contact.pk)

"""Which contacts one hold can cover: those of the same person, and any that somebody may read."""

import re

from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.models import Contact, Link
from helpline.foundation.staff.models import Staff
from safeguarding.escalations.kinds import Kind
from safeguarding.models import SPARED_FOR, Escalation, HeldContact, Hold

GROUNDS = {
    Kind.SUICIDE: Hold.Ground.LIFE_IN_DANGER,
    Kind.IN_DANGER_NOW: Hold.Ground.LIFE_IN_DANGER,
    Kind.MISSING_NOW: Hold.Ground.LIFE_IN_DANGER,
    Kind.HARM_TO_OTHERS: Hold.Ground.HARMING_ANOTHER,
    Kind.POSITION_OF_TRUST: Hold.Ground.HARMING_ANOTHER,
    Kind.TERRORISM: Hold.Ground.HARMING_ANOTHER,
    Kind.OTHER: Hold.Ground.CARRYING_ON,
}


def holdable_by(staff: Staff) -> QuerySet[Contact]:
    """What this person may read, what a worry that they may see proposes to hold, and what is
    still there of holds released in the last week."""
    lately = Hold.objects.visible_to(staff).filter(
        status=Hold.Status.RELEASED, released_at__gt=timezone.now() - SPARED_FOR
    )
    released = HeldContact.objects.filter(hold__in=lately).values("contact")
    visible = Contact.objects.visible_to(staff).values("pk")
    proposed = Escalation.objects.visible_to(staff).proposing().values("contact")
    ways = Q(pk__in=visible) | Q(pk__in=released) | Q(pk__in=proposed)
    return Contact.objects.filter(ways, purged_on=None)


def of_the_same_person(contact: Contact, staff: Staff) -> QuerySet[Contact]:
    """Other contacts that the person joined to this one, by code or in their record, and those
    that a hold of the last week covered with it; of what this person may hold."""
    same = Q(holds__in=contact.holds.values("pk"))
    if contact.thread_id:
        same |= Q(thread=contact.thread_id)
    if link := Link.objects.of(contact).first():
        same |= Q(link__service_user=link.service_user_id)
        same |= Q(thread__link__service_user=link.service_user_id)
    ids = Contact.objects.filter(same, service=contact.service).exclude(pk=contact.pk).values("pk")
    return holdable_by(staff).filter(pk__in=ids).newest_first()


def handles(typed: str) -> list[str]:
    """The handles in what somebody typed, set apart by commas or lines."""
    return [said.strip() for said in re.split(r"[,;\n]", typed) if said.strip()]


def called(said: str, staff: Staff) -> Contact | None:
    """The contact of a handle, if this person may hold it."""
    return holdable_by(staff).called(said).first()


def ground_proposed(contact: Contact, staff: Staff) -> str:
    """The ground that a worry about this contact proposes for a hold, if one does."""
    worries = Escalation.objects.visible_to(staff).proposing().filter(contact=contact)
    worry = worries.order_by("raised_at", "pk").first()
    return GROUNDS.get(Kind(worry.kind), Hold.Ground.HARMED_NOW) if worry else ""

"""Who has looked at what somebody said, and on which day: by role, never by name (Art 15(1)(c))."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from contacts.models import Contact
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import day_words, london_date
from helpline.foundation.staff.models import RoleGrant
from helpline.foundation.staff.roles import Role

MOST = 1000  # readings of one contact
LABEL = Contact._meta.label_lower
FORMER = "One of us"  # whoever held no role that is still on record


class Looked(NamedTuple):
    """That somebody in this role looked, on a day in words."""

    role: str
    day: str


def of(contact: Contact) -> list[Looked]:
    """Who has read a contact, newest first; one row for a person and a day.

    The role is the one they held when they read it, the furthest-reaching first.
    """
    return of_all([contact.pk])[contact.pk]


def of_all(contacts: Iterable[UUID]) -> dict[UUID, list[Looked]]:
    """The same of each of these contacts, named by their ids, by two queries."""
    read: dict[str, list[tuple]] = {str(pk): [] for pk in contacts}
    events = AuditEvent.objects.readings().filter(subject=LABEL, subject_id__in=read)
    for subject, actor, at in events.order_by("-at").values_list("subject_id", "actor", "at"):
        if actor != "system" and len(read[subject]) < MOST:
            read[subject].append((actor, at))
    held = _grants({actor for some in read.values() for actor, _ in some})
    return {UUID(pk): _looked(some, held) for pk, some in read.items()}


def _looked(read: list[tuple], held: dict[str, list[tuple]]) -> list[Looked]:
    seen, rows = set(), []
    for actor, at in read:
        day = london_date(at)
        if (actor, day) not in seen:
            seen.add((actor, day))
            rows.append(Looked(_role(held.get(actor, []), at), day_words(day)))
    return rows


def _grants(actors: set[str]) -> dict[str, list[tuple]]:
    if not actors:
        return {}
    ever = Q(status=RoleGrant.Status.IN_FORCE) | Q(status=RoleGrant.Status.ENDED)
    rows = RoleGrant.objects.filter(ever, staff__in=actors)
    held: dict[str, list[tuple]] = {}
    for staff, role, since, until in rows.values_list("staff", "role", "decided_at", "ended_at"):
        held.setdefault(str(staff), []).append((Role(role), since, until))
    return held


def _role(grants: list[tuple], at) -> str:
    then = {
        role
        for role, since, until in grants
        if (since is None or since <= at) and (until is None or until > at)
    }
    furthest = [Role.LEAD, Role.DPO, Role.SUPERVISOR, Role.WORKER, Role.ADMINISTRATOR]
    return next((str(role.label) for role in furthest if role in then), FORMER)

"""Who has looked at what somebody said, and on which day: by role, never by name (Art 15(1)(c))."""

from typing import NamedTuple

from django.db.models import Q

from contacts.models import Contact
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import day_words, london_date
from helpline.foundation.staff.models import RoleGrant
from helpline.foundation.staff.roles import Role

MOST = 1000
FORMER = "One of us"  # whoever held no role that is still on record


class Looked(NamedTuple):
    """That somebody in this role looked, on a day in words."""

    role: str
    day: str


def of(contact: Contact) -> list[Looked]:
    """Who has read a contact, newest first; one row for a person and a day.

    The role is the one they held when they read it, the furthest-reaching first.
    """
    events = AuditEvent.objects.about(contact).readings().order_by("-at")[:MOST]
    found = [(actor, at) for actor, at in events.values_list("actor", "at") if actor != "system"]
    held = _grants({actor for actor, _ in found})
    seen, rows = set(), []
    for actor, at in found:
        day = london_date(at)
        if (actor, day) not in seen:
            seen.add((actor, day))
            rows.append(Looked(_role(held.get(actor, []), at), day_words(day)))
    return rows


def _grants(actors: set[str]) -> dict[str, list[tuple]]:
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

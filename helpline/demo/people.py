"""The demonstration's cast: one account for each role, made by the same verbs as real people."""

import secrets

from django.db import transaction

from helpline.foundation.staff.models import Invitation, RoleGrant, Staff, Team
from helpline.foundation.staff.roles import Role, Service
from helpline.foundation.staff.sign_in import enrol_app

SERVICES = list(Service)
NAMES = {
    Role.WORKER: ("Priya Shah", "Robin"),
    Role.SUPERVISOR: ("Tom Okafor", "Wren"),
    Role.LEAD: ("Helen Marsh", "Heron"),
    Role.DPO: ("Daniel Cole", "Finch"),
    Role.ADMINISTRATOR: ("Grace Lin", "Swift"),
}
SECOND_ADMINISTRATOR = ("Omar Reid", "Kite")  # agrees to what the first asks for
TEAM = "Evening team"


def address(alias: str) -> str:
    """A demonstration address; the domain belongs to nobody."""
    return f"{alias.lower()}@example.org"


def member(role: Role) -> Staff | None:
    """The account that the one-click sign-in opens for `role`."""
    return Staff.objects.active().filter(email=address(NAMES[role][1])).first()


@transaction.atomic
def arrive() -> dict[Role, Staff]:
    """Everyone joins, in the order in which a real charity would start; again: the same people."""
    if member(Role.ADMINISTRATOR):
        return {role: member(role) for role in NAMES}
    first = _joins(*NAMES[Role.ADMINISTRATOR], Role.ADMINISTRATOR, by=None)
    second = _joins(*SECOND_ADMINISTRATOR, Role.ADMINISTRATOR, by=first)
    team = Team.objects.create(name=TEAM)
    cast = {Role.ADMINISTRATOR: first}
    for role in (Role.WORKER, Role.SUPERVISOR, Role.LEAD, Role.DPO):
        place = {"services": SERVICES, "teams": [team] if role != Role.DPO else []}
        cast[role] = _joins(*NAMES[role], role, by=first, agreed_by=second, **place)
    return cast


def another_worker(name: str, alias: str) -> Staff:
    """One more helpline worker, for a story that needs a fuller room."""
    first, second = (
        Staff.objects.get(email=address(who))
        for who in (NAMES[Role.ADMINISTRATOR][1], SECOND_ADMINISTRATOR[1])
    )
    place = {"services": SERVICES, "teams": [Team.objects.get(name=TEAM)]}
    return _joins(name, alias, Role.WORKER, by=first, agreed_by=second, **place)


def _joins(name, alias, role, *, by, agreed_by=None, **place) -> Staff:
    """Invited, joined, enrolled and, where two people must agree, approved."""
    link = Invitation.objects.invite(address(alias), role, by=by, **place)
    token = link.rstrip("/").rpartition("/")[2]
    invitation = Invitation.objects.by_token(token).get()
    password = secrets.token_urlsafe(24)  # nobody knows it: the demonstration signs in by one click
    staff = invitation.accept(name=name, alias=alias, password=password)
    enrol_app(staff)
    if agreed_by:
        RoleGrant.objects.waiting().get(staff=staff).approve(by=agreed_by)
    return Staff.objects.get(pk=staff.pk)

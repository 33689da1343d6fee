"""What every page shows around its own content: who we are, and where this person may go."""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from contacts.models import Contact
from helpline.foundation.staff import sign_in
from helpline.foundation.staff.models import RoleGrant, Staff
from helpline.foundation.staff.roles import Permission
from privacy.models import Brake
from safeguarding.models import Hold

AT_MOST = 50  # a count above it reads "50+": nobody waits for a million rows to be counted


class Place(NamedTuple):
    """One entry of the side navigation, for whoever has one of `permissions`."""

    label: str
    icon: str
    page: tuple  # name and arguments of its URL
    permissions: tuple[Permission, ...]
    rows: Callable[[Staff], QuerySet] | None = None
    counted: str = ""  # what the number counts, for those who hear it
    urgent: bool = False


class Entry(NamedTuple):
    """A place as one person sees it."""

    label: str
    icon: str
    url: str
    count: str
    counted: str
    urgent: bool
    current: bool


def waiting(staff: Staff) -> QuerySet:
    """Everyone who waits for an answer from this person's services."""
    return Contact.objects.waiting().unexpired().in_services_of(staff)


def own(staff: Staff) -> QuerySet:
    """The contacts this person is in the middle of."""
    return Contact.objects.unexpired().filter(worker=staff, status=Contact.Status.OPEN)


def unapproved(staff: Staff) -> QuerySet:
    """Holds that wait for a second person."""
    return Hold.objects.visible_to(staff).filter(status=Hold.Status.PLACED)


def stopped(staff: Staff) -> QuerySet:
    """The purge that stopped itself and waits for two people."""
    return Brake.objects.filter(status__in=[Brake.Status.PULLED, Brake.Status.ASKED])


def asked_roles(staff: Staff) -> QuerySet:
    """Roles that wait for a second person."""
    return RoleGrant.objects.waiting()


TAKES, SEES = Permission.TAKE_CONTACTS, Permission.SEE_CONTACTS

PLACES = [
    Place("Waiting", "clock", ("contact_list", "waiting"), (TAKES,), waiting, "waiting"),
    Place("Mine", "chat-bubble-left-right", ("contact_list", "mine"), (TAKES,), own, "open"),
    Place("Team’s", "user-group", ("contact_list", "team"), (Permission.SEE_READERS,)),
    Place("Ended", "archive-box", ("contact_list", "ended"), (SEES,)),
    Place(
        "Holds",
        "shield-check",
        ("holds",),
        (Permission.PLACE_HOLDS,),
        unapproved,
        "to approve",
        urgent=True,
    ),
    Place("Retention", "calendar-days", ("retention",), (Permission.SEE_RETENTION,)),
    Place(
        "Stopped purge",
        "hand-raised",
        ("brake",),
        (Permission.LIFT_BRAKE,),
        stopped,
        "stopped",
        urgent=True,
    ),
    Place("People", "users", ("staff_people",), (Permission.MANAGE_STAFF,)),
    Place(
        "Approvals",
        "check-badge",
        ("staff_approvals",),
        (Permission.APPROVE_ROLES,),
        asked_roles,
        "to approve",
        urgent=True,
    ),
    Place("Your sign-in", "key", ("mfa_index",), ()),
]


def facts() -> dict[str, str]:
    """Who we are; needs neither a request nor a database, so that error pages have it too."""
    return {
        "organisation": settings.ORGANISATION,
        "registration": settings.REGISTRATION,
        "helpline_name": settings.HELPLINE_NAME,
        "helpline_number": settings.HELPLINE_NUMBER,
        "helpline_email": settings.HELPLINE_EMAIL,
    }


def everywhere(request) -> dict[str, object]:
    """The facts on every page; on staff pages also the navigation of the person signed in."""
    if not request.path.startswith("/staff/") or not sign_in.is_complete(request):
        return facts()
    return facts() | {
        "skeleton": "staff.html",
        "navigation": SimpleLazyObject(lambda: navigation(request.user, request.path)),
        "signed_in": signed_in(request.user),
        "home_url": reverse("staff_home"),
        "extend_url": reverse("staff_still_here"),
        "idle_warning": int(settings.IDLE_WARNING.total_seconds()),
        "idle_limit": int(settings.IDLE_LIMIT.total_seconds()),
    }


def signed_in(staff: Staff) -> dict[str, str]:
    """Who the page says is signed in: the alias that the public may know, and the roles."""
    return {
        "alias": staff.alias,
        "roles": ", ".join(sorted(role.label for role in staff.roles)),
        "sign_out_url": reverse("account_logout"),
    }


def navigation(staff: Staff, path: str) -> list[Entry]:
    """Where this person may go; an entry for a page they may not open does not exist."""
    return [
        entry(place, staff, path)
        for place in PLACES
        if not place.permissions or any(staff.may(each) for each in place.permissions)
    ]


def entry(place: Place, staff: Staff, path: str) -> Entry:
    """One place with its count and whether this page is part of it."""
    name, *arguments = place.page
    url = reverse(name, args=arguments)
    count = up_to_many(place.rows(staff)) if place.rows else ""
    here = path.startswith(url)
    return Entry(place.label, place.icon, url, count, place.counted, place.urgent, here)


def up_to_many(rows: QuerySet) -> str:
    """How many rows in words for a page: nothing for none, and "50+" beyond fifty."""
    count = rows.values("pk")[: AT_MOST + 1].count()
    return f"{AT_MOST}+" if count > AT_MOST else str(count or "")

"""What every page shows around its own content: who we are, and where this person may go."""

import functools
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from redis.exceptions import RedisError

from contacts.console.rail import not_safe, waiting_chats
from contacts.lists import LISTS, contacts_of
from contacts.models import (
    ActionRequest,
    Contact,
    Guidance,
    HandOver,
    LostBasis,
    NoteReview,
    Pause,
    Rank,
    SentAnyway,
    ServiceUser,
)
from contacts.notes import to_review
from contacts.patterns import filled
from helpline.foundation.drawing import token_of
from helpline.foundation.staff import sign_in
from helpline.foundation.staff.models import RoleGrant, Staff
from helpline.foundation.staff.roles import Permission
from helpline.notices import NOTICES
from privacy.models import Brake
from safeguarding.models import Hold

COUNTS_SERVE = 5  # seconds
PAUSE = "pause"
AT_MOST = 50  # a count above it reads "50+": nobody waits for a million rows to be counted


class Place(NamedTuple):
    """One entry of the side navigation, for whoever has `permission`; None: for everyone."""

    label: str
    icon: str
    page: tuple  # name and arguments of its URL
    permission: Permission | None
    rows: Callable[[Staff], QuerySet] | None = None
    counted: str = ""  # what the number counts, for those who hear it
    urgent: bool = False
    only_with_rows: bool = False
    shouts: bool = False  # red as a whole, and before everything else


class Entry(NamedTuple):
    """A place as one person sees it."""

    label: str
    icon: str
    url: str
    count: str
    counted: str
    urgent: bool
    current: bool = False
    shouts: bool = False


def waiting(staff: Staff) -> QuerySet:
    """Everyone who waits for an answer from this person's services."""
    return contacts_of("waiting", staff).exclude(rank=Rank.SILENT)


def own(staff: Staff) -> QuerySet:
    """The contacts this person is in the middle of."""
    return contacts_of("mine", staff).filter(status=Contact.Status.OPEN)


def unapproved(staff: Staff) -> QuerySet:
    """Holds that wait for a second person."""
    return Hold.objects.visible_to(staff).filter(status=Hold.Status.PLACED)


def stops(staff: Staff) -> QuerySet:
    """A purge that stopped itself and waits for two people."""
    return Brake.objects.filter(status__in=[Brake.Status.PULLED, Brake.Status.ASKED])


def sent_back(staff: Staff) -> QuerySet:
    """This person’s notes that came back with a question."""
    return NoteReview.objects.sent_back_to(staff)


def late_requests(staff: Staff) -> QuerySet:
    """What people asked for, this person may do, and was due."""
    return ActionRequest.objects.visible_to(staff).late()


def taken_back(staff: Staff) -> QuerySet:
    """What has to be removed because somebody took an agreement back."""
    return LostBasis.objects.visible_to(staff).waiting()


def handed_over(staff: Staff) -> QuerySet:
    """Chats handed over into casework that nobody has taken yet."""
    return HandOver.objects.visible_to(staff).filter(status=HandOver.Status.WAITING)


def ending_records(staff: Staff) -> QuerySet:
    """Records that end soon and that nobody has looked at."""
    return ServiceUser.objects.to_look_at(staff)


def asked_roles(staff: Staff) -> QuerySet:
    """Roles that wait for a second person."""
    return RoleGrant.objects.waiting()


ICONS = {
    "waiting": "chat-bubble-left-right",
    "mine": "user",
    "team": "user-group",
    "ended": "folder",
}
COUNTS = {"waiting": (waiting, "waiting"), "mine": (own, "open")}


def of_contacts(which: str) -> Place:
    """The place of one list of contacts."""
    each = LISTS[which]
    page = ("contact_list", which)
    return Place(each.heading, ICONS[which], page, each.permission, *COUNTS.get(which, ()))


def to_approve(label, icon, page, permission, rows) -> Place:
    """A place where a red number waits for a second person."""
    return Place(label, icon, (page,), permission, rows, "to approve", urgent=True)


def questions(staff: Staff) -> QuerySet:
    """Workers’ questions that a supervisor has not answered."""
    return Guidance.objects.to_answer(staff)


def stopped(staff: Staff) -> QuerySet:
    """Lines that were sent although they were stopped, and that no supervisor has seen."""
    return SentAnyway.objects.to_see(staff)


def for_supervisors(label, icon, page, rows, counted) -> Place:
    """A place of supervisors, there with a red number as long as something waits for them."""
    return Place(
        label, icon, (page,), Permission.SUPERVISE_CHATS, rows, counted, True, only_with_rows=True
    )


LIVE_CHAT = Place(
    "Live chat",
    "chat-bubble-oval-left-ellipsis",
    ("chats",),
    Permission.TAKE_CONTACTS,
    waiting_chats,
    "waiting",
)

PLACES = [
    LIVE_CHAT._replace(
        label="Not safe, waiting",
        icon="exclamation-triangle",
        rows=not_safe,
        urgent=True,
        only_with_rows=True,
        shouts=True,
    ),
    LIVE_CHAT,
    for_supervisors("Guidance asked", "question-mark-circle", "guidance", questions, "to answer"),
    for_supervisors("Sent anyway", "eye", "sent_anyway", stopped, "to see"),
    *(of_contacts(which) for which in LISTS),
    Place(
        "Asked of us",
        "clipboard-document-check",
        ("actions",),
        Permission.ACT_FOR_PEOPLE,
        late_requests,
        "late",
        urgent=True,
    ),
    Place("Call-backs", "phone-arrow-up-right", ("callbacks",), Permission.ACT_FOR_PEOPLE),
    Place(
        "Sent back",
        "arrow-uturn-left",
        ("notes_back",),
        Permission.TAKE_CONTACTS,
        sent_back,
        "to answer",
        urgent=True,
        only_with_rows=True,
    ),
    Place(
        "Notes to review",
        "pencil-square",
        ("notes_review",),
        Permission.REVIEW_NOTES,
        to_review,
        "to review",
    ),
    to_approve("Holds", "shield-check", "holds", Permission.PLACE_HOLDS, unapproved),
    Place("Chatbot", "cpu-chip", ("chatbot",), Permission.KEEP_CHAT),
    Place("Opening hours", "clock", ("hours",), Permission.KEEP_CHAT),
    Place(
        "Handed over",
        "arrow-right-on-rectangle",
        ("handed_over_list",),
        Permission.TAKE_CONTACTS,
        handed_over,
        "to take",
        only_with_rows=True,
    ),
    Place("Find a record", "identification", ("known_find",), Permission.LOOK_UP_PEOPLE),
    Place(
        "Records that end",
        "calendar-days",
        ("known_ending",),
        Permission.LOOK_UP_PEOPLE,
        ending_records,
        "to look at",
        only_with_rows=True,
    ),
    Place("Places to turn to", "map-pin", ("signposts",), Permission.KEEP_SIGNPOSTS),
    Place("Both sides", "arrows-right-left", ("both_sides",), Permission.SEE_BOTH_SIDES),
    Place("Retention", "archive-box-x-mark", ("retention",), Permission.SEE_RETENTION),
    to_approve("Stopped purge", "hand-raised", "brake", Permission.LIFT_BRAKE, stops)._replace(
        only_with_rows=True
    ),
    Place(
        "Taken back",
        "arrow-uturn-down",
        ("lost_bases",),
        Permission.SETTLE_CONSENTS,
        taken_back,
        "to remove",
    ),
    Place("Wordings", "document-text", ("wordings",), Permission.READ_WORDINGS),
    Place("Figures", "chart-bar", ("figures",), Permission.SEE_FIGURES),
    Place("People", "users", ("staff_people",), Permission.MANAGE_STAFF),
    Place("Partner systems", "server-stack", ("staff_partners",), Permission.MANAGE_STAFF),
    to_approve(
        "Approvals", "check-badge", "staff_approvals", Permission.APPROVE_ROLES, asked_roles
    ),
    Place("Your sign-in", "key", ("mfa_index",), None),
]


def facts() -> dict[str, object]:
    """Who we are; needs neither a request nor a database, so that error pages have it too."""
    return {
        "organisation": settings.ORGANISATION,
        "registration": settings.REGISTRATION,
        "helpline_name": settings.HELPLINE_NAME,
        "helpline_number": settings.HELPLINE_NUMBER,
        "helpline_email": settings.HELPLINE_EMAIL,
        "help_elsewhere": settings.HELP_ELSEWHERE,
        "dpo_name": settings.DPO_NAME,
        "dpo_email": settings.DPO_EMAIL,
        "dpo_address": settings.DPO_ADDRESS,
        "ico_number": settings.ICO_NUMBER,
        "ico_url": settings.ICO_URL,
        "ico_register_url": settings.ICO_REGISTER_URL,
        "privacy_statement_url": settings.PRIVACY_STATEMENT_URL,
        "data_kept_in": settings.DATA_KEPT_IN,
        "notices": list(NOTICES.values()),
    }


def everywhere(request) -> dict[str, object]:
    """The facts on every page; on staff pages also the navigation of the person signed in."""
    if not request.path.startswith("/staff/") or not sign_in.is_complete(request):
        return facts()
    return facts() | {
        "skeleton": "staff.html",
        "csrf_token": SimpleLazyObject(lambda: token_of(request)),
        "side": SimpleLazyObject(lambda: side_drawn(request)),
        "home_url": url_of("staff_home"),
        "extend_url": url_of("staff_still_here"),
        "idle_warning": int(settings.IDLE_WARNING.total_seconds()),
        "idle_limit": int(settings.IDLE_LIMIT.total_seconds()),
    }


@functools.cache
def url_of(name: str, *arguments) -> str:
    """The address of a page that every page leads to."""
    return reverse(name, args=arguments)


def places_of(staff: Staff) -> list[Place]:
    """The places this person's roles open, whether or not they are shown now."""
    return [each for each in PLACES if each.permission is None or staff.may(each.permission)]


def navigation(staff: Staff, counts: dict, path: str) -> list[Entry]:
    """Where this person may go; an entry for a page they may not open does not exist."""
    entries = [(place, entry(place, counts)) for place in places_of(staff)]
    shown = [seen for place, seen in entries if shows(place, seen)]
    here = max((e.url for e in shown if path.startswith(e.url)), key=len, default=None)
    return [e._replace(current=e.url == here and not e.shouts) for e in shown]


def side_drawn(request) -> dict[str, str]:
    """Navigation, who is signed in and their break: at the side, and behind a phone’s “Menu”."""
    staff = request.user
    counts = counts_for(staff)
    entries = tuple(navigation(staff, counts, request.path))
    takes, pause = staff.may(Permission.TAKE_CONTACTS), counts[PAUSE] or {}
    said = {
        "alias": staff.alias,
        "roles": ", ".join(sorted(role.label for role in staff.roles)),
        "since": pause.get("since", ""),
        "csrf": token_of(request),
    }
    sides = {
        where.lower(): filled(side_pattern(entries, where, takes, pause.get("kind", "")), **said)
        for where in ("Side", "Menu")
    }
    return sides | {"not_safe": shouted(entries)}


def shouted(entries: Iterable[Entry]) -> str:
    """The count that a phone shows beside its closed “Menu”."""
    return next((entry.count for entry in entries if entry.shouts), "")


def entry(place: Place, counts: dict[str, str]) -> Entry:
    """One place with its count."""
    name, *arguments = place.page
    count = counts.get(place.label, "")
    url = url_of(name, *arguments)
    shown = (place.label, place.icon, url, count, place.counted, place.urgent)
    return Entry(*shown, shouts=place.shouts)


def shows(place: Place, seen: Entry) -> bool:
    """Whether a place is there now; most always are."""
    return bool(seen.count) or not place.only_with_rows


def counts_for(staff: Staff, *, anew: bool = False) -> dict:
    """The count of each place, and the person's own break.

    For a few seconds the last counts serve, unless this person has done something meanwhile or
    they are wanted `anew`. Only numbers are kept, under the person's own id; without Redis they
    are counted each time.
    """
    with suppress(RedisError):
        if not anew and (kept := cache.get(counts_key(staff))):
            return kept
    counts = {
        place.label: up_to_many(place.rows(staff)) for place in places_of(staff) if place.rows
    }
    pause = Pause.objects.filter(staff=staff).first()
    counts[PAUSE] = pause and {"kind": pause.get_kind_display(), "since": pause.since.isoformat()}
    with suppress(RedisError):
        cache.set(counts_key(staff), counts, COUNTS_SERVE)
    return counts


def counts_key(staff: Staff) -> str:
    """Where the counts of one person are kept."""
    return f"counts:{staff.pk}"


class FreshCountsMiddleware:
    """Whoever has done something sees at once what it changed in their own navigation."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "POST" and request.path.startswith("/staff/"):
            with suppress(RedisError):
                cache.delete(counts_key(request.user))
        return response


def up_to_many(rows: QuerySet) -> str:
    """How many rows in words for a page: nothing for none, and "50+" beyond fifty."""
    count = rows.values("pk")[: AT_MOST + 1].count()
    return f"{AT_MOST}+" if count > AT_MOST else str(count or "")


@functools.lru_cache(maxsize=512)
def side_pattern(entries: tuple[Entry, ...], where: str, takes: bool, pause: str) -> str:
    """The side of the page in one state, the same for everyone who is in it."""
    me = {name: f"{{{name}}}" for name in ("alias", "roles")}
    me |= {"takes": takes, "pause": pause and {"kind": pause, "since": "{since}"}}
    context = {"entries": entries, "where": where, "me": me, "csrf_token": "{csrf}"}
    return str(render_to_string("components/side.html", context))

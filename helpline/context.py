"""What every page shows around its own content: who we are, and where this person may go."""

import functools
from collections.abc import Iterable
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from redis.exceptions import RedisError

from contacts.models import Pause
from contacts.patterns import filled
from helpline.foundation.drawing import token_of
from helpline.foundation.staff import sign_in
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.notices import NOTICES
from helpline.places import PLACES, Entry, Place
from safeguarding.escalations.clock import database_now
from safeguarding.models import Alerted
from safeguarding.on_call.showing import warnings

COUNTS_SERVE = 5  # seconds
PAUSE = "pause"
ALERTS = "alerts"
AT_MOST = 50  # a count above it reads "50+": nobody waits for a million rows to be counted


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
    counts = SimpleLazyObject(lambda: counts_for(request.user))
    return facts() | {
        "skeleton": "staff.html",
        "csrf_token": SimpleLazyObject(lambda: token_of(request)),
        "side": SimpleLazyObject(lambda: side_drawn(request, counts)),
        "alerts": SimpleLazyObject(lambda: counts[ALERTS]),
        "rota_warnings": SimpleLazyObject(lambda: warnings(request.user)),
        "may_be_alerted": SimpleLazyObject(lambda: may_be_alerted(request.user)),
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


def may_be_alerted(staff: Staff) -> bool:
    """Whether an escalation can wait for this person."""
    return staff.may(Permission.LOOK_INTO_ESCALATIONS)


def side_drawn(request, counts: dict) -> dict:
    """Navigation, who is signed in and their break: at the side, and behind a phone’s “Menu”."""
    staff = request.user
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
    return sides | {"shouts": shouted(entries)}


def shouted(entries: Iterable[Entry]) -> list[str]:
    """What a phone shows beside its closed “Menu”: “2 not safe”, “1 immediate”."""
    return [f"{entry.count} {entry.counted}" for entry in entries if entry.shouts]


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
    waiting = may_be_alerted(staff) and Alerted.objects.waiting_for(staff, database_now())
    counts[ALERTS] = len(waiting or [])
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


def up_to_many(rows: QuerySet | list) -> str:
    """How many rows in words for a page: nothing for none, and "50+" beyond fifty."""
    is_list = isinstance(rows, list)
    count = len(rows) if is_list else rows.values("pk")[: AT_MOST + 1].count()
    return f"{AT_MOST}+" if count > AT_MOST else str(count or "")


@functools.lru_cache(maxsize=512)
def side_pattern(entries: tuple[Entry, ...], where: str, takes: bool, pause: str) -> str:
    """The side of the page in one state, the same for everyone who is in it."""
    me = {name: f"{{{name}}}" for name in ("alias", "roles")}
    me |= {"takes": takes, "pause": pause and {"kind": pause, "since": "{since}"}}
    context = {"entries": entries, "where": where, "me": me, "csrf_token": "{csrf}"}
    return str(render_to_string("components/side.html", context))

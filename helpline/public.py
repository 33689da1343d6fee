"""Pages that belong to no app and open to everyone: the notices, the way out, health, faults."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_safe
from redis.exceptions import RedisError

from contacts.chat.chatting import Chatting, chatting
from contacts.models import Visit
from helpline import interface as description
from helpline import notices
from helpline.context import facts
from helpline.foundation import visits
from helpline.foundation.problems import PROBLEM, problem
from helpline.foundation.staff.sessions import NoSession
from helpline.foundation.vault import ring
from privacy import retention
from privacy.law import LAWS
from safeguarding import sweeping
from safeguarding.circumstances import Circumstance

VISIT = settings.VISIT_COOKIE_NAME
GONE = '"cache", "cookies", "storage"'


@require_safe
@login_not_required
def notice(request, slug, number=None):
    """A notice as it is now, or as it was in one of its versions (S2-63)."""
    told = notices.NOTICES[slug]
    version = told.current if number is None else told.numbered(number)
    if version is None:
        raise Http404
    context = {
        "notice": told,
        "version": version,
        "circumstances": list(Circumstance),
        "kept": list(notices.kept()),
        "laws": LAWS,
        "cookies": notices.cookies(version.number),
        "chatting": services_that_chat,
    }
    return render(request, told.template(version), context)


def services_that_chat() -> list[Chatting]:
    """The services with their hours; none when no database answers, and the page is shown still."""
    try:
        return chatting()
    except DatabaseError:
        return []


@require_safe
@login_not_required
def leave(request):
    """The way out, for every browser: forget what this site left, then show something harmless.

    It ends the session of whoever is signed in here and shuts the chat to this browser, and leads
    out even when no database answers.
    """
    try:
        request.session.flush()
        if visit := Visit.objects.of(visits.token_of(request.COOKIES.get(VISIT, ""))):
            visit.leave()
    except DatabaseError:
        request.session = NoSession()
    response = HttpResponseRedirect(settings.EXIT_TO)
    response["Clear-Site-Data"] = GONE
    if VISIT in request.COOKIES:
        visits.store(response, {})
    return response


@require_GET
@login_not_required
def health(request):
    """For machines: 503 when this process can serve nobody, 200 with `attention` for the rest.

    A late purge, a lost Redis or alerts that nobody sweeps for need a person, but turning people
    away would not mend it. `?plain` answers in lines instead of JSON. Says what fails, never why.
    """
    serving = {"database": database_answers(), "keys": ring_opens()}
    beside = {
        "redis": redis_answers(),
        "purge": serving["database"] and not retention.is_late(),
        "alerts": serving["database"] and not sweeping.is_late(),
    }
    checks = serving | beside
    words = {name: "ok" if well else "failing" for name, well in checks.items()}
    words["state"] = "ok" if all(checks.values()) else "attention"
    status = 200 if all(serving.values()) else 503
    if "plain" in request.GET:
        lines = "".join(f"{name} {word}\n" for name, word in words.items())
        return HttpResponse(lines, status=status, content_type="text/plain; charset=utf-8")
    return JsonResponse(words, status=status)


def database_answers() -> bool:
    """Whether the database takes a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers() -> bool:
    """Whether the short-lived counters can be read."""
    try:
        cache.get("health")
    except RedisError:
        return False
    return True


def ring_opens() -> bool:
    """Whether the root key opens the key ring, without which no word can be read or written."""
    try:
        return bool(ring.epochs())
    except ring.RingUnreadable:
        return False


@require_safe
@login_not_required
def interface(request):
    """What other systems can do here, for those who write them."""
    return render(request, "public/interface.html", {"operations": description.operations()})


@require_safe
@login_not_required
def interface_json(request):
    """The same for machines: OpenAPI."""
    return HttpResponse(description.as_json(), content_type="application/vnd.oai.openapi+json")


@require_safe
@login_not_required
def interface_yaml(request):
    """The same again, in YAML."""
    return HttpResponse(description.as_yaml(), content_type="application/vnd.oai.openapi")


@login_not_required
def not_understood(request, exception):
    """400, drawn without the request, which may be what is wrong."""
    return HttpResponse(render_to_string("400.html", facts()), status=400)


@login_not_required
def went_wrong(request):
    """500, drawn without the database; 503 and where help is when that is what is away (J01)."""
    away = isinstance(sys.exception(), OperationalError | InterfaceError)
    status, template = (503, "away.html") if away else (500, "500.html")
    if request.path.startswith("/api/"):
        return JsonResponse(problem(status), status=status, content_type=PROBLEM)
    return HttpResponse(render_to_string(template, facts()), status=status)

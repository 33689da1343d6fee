"""Pages on which a supervisor keeps the chatbot's versions: read, begin, publish, throw away."""

from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts import bot
from contacts.keeping import comparing, flow
from contacts.models import BotScript
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission, Service

TONES = {BotScript.Status.PUBLISHED: "good", BotScript.Status.DRAFT: "warn"}


class Version(NamedTuple):
    """One version as the list shows it."""

    script: BotScript
    tone: str
    when: str
    by: str


class Versions(NamedTuple):
    """All versions of one service."""

    service: str
    label: str
    has_draft: bool
    rows: list[Version]


def version(script: BotScript) -> Version:
    """One version: when it came into force, or was last edited, and by whom."""
    is_draft = script.status == BotScript.Status.DRAFT
    who = script.edited_by if is_draft else script.published_by
    when = moment_words(script.edited_at if is_draft else script.published_at)
    return Version(script, TONES.get(script.status, "quiet"), when, who.alias if who else "")


def mine(request, pk, **also) -> BotScript:
    """A script of one's services, or the page that does not exist."""
    found = BotScript.objects.visible_to(request.user).select_related("edited_by", "published_by")
    return found.filter(pk=pk, **also).first() or refuse(request)


def my_draft(request, pk) -> BotScript:
    """The same, while it is a draft."""
    return mine(request, pk, status=BotScript.Status.DRAFT)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_CHAT)
def chatbot(request):
    """Every version by service; a press begins a draft like the one in use."""
    scripts = BotScript.objects.visible_to(request.user)
    if request.method == "POST" and request.POST.get("service") in request.user.services:
        service = request.POST["service"]
        like = scripts.published(service)
        return redirect("chatbot_script", scripts.draft(service, by=request.user, like=like).pk)
    rows = [version(each) for each in scripts.select_related("edited_by", "published_by")]
    services = [
        versions(service, [row for row in rows if row.script.service == service])
        for service in request.user.services
    ]
    return render(request, "keeping/chatbot.html", {"services": services})


def versions(service: str, rows: list[Version]) -> Versions:
    """One service's versions, newest first."""
    has_draft = any(row.script.status == BotScript.Status.DRAFT for row in rows)
    return Versions(service, str(Service(service).label), has_draft, rows)


@require_GET
@requires(Permission.KEEP_CHAT)
def script(request, pk):
    """One version, as a picture and as a list beside it; a draft can be edited there."""
    stored = mine(request, pk)
    is_draft = stored.status == BotScript.Status.DRAFT
    problems = stored.problems() if is_draft else []
    context = {
        "script": stored,
        "version": version(stored),
        "is_draft": is_draft,
        "steps": flow.listed(stored),
        "picture": flow.picture(stored.script),
        "left": LEFT_EDGE,
        "box": BOX,
        "kinds": bot.Kind.choices,
        "problems": len(problems),
        "wrong_as_a_whole": [each.words for each in problems if not each.step],
    }
    return render(request, "keeping/script.html", context)


LEFT_EDGE = flow.LEFT
BOX = {"width": flow.WIDTH, "height": flow.HEIGHT}


@require_POST
@requires(Permission.KEEP_CHAT)
def draft(request, pk):
    """Begin a draft like this version."""
    like = mine(request, pk)
    begun = BotScript.objects.draft(like.service, by=request.user, like=like)
    messages.success(request, "This is a draft now. Nobody meets it until you publish it.")
    return redirect("chatbot_script", begun.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_CHAT)
def publish(request, pk):
    """What publishing changes, and the button that does it."""
    stored = my_draft(request, pk)
    if request.method == "POST":
        stored.publish(by=request.user, seen=request.POST.get("seen", ""))
        messages.success(request, f"Version {stored.number} is in use for new chats.")
        return redirect("chatbot")
    in_use = BotScript.objects.published(stored.service)
    context = {
        "script": stored,
        "problems": stored.problems(),
        "changes": comparing.changes(in_use.script if in_use else bot.Script([]), stored.script),
    }
    return render(request, "keeping/publish.html", context)


@require_POST
@requires(Permission.KEEP_CHAT)
def discard(request, pk):
    """Throw a draft away."""
    stored = my_draft(request, pk)
    stored.discard(by=request.user)
    messages.success(request, "The draft is thrown away. What is in use stays as it is.")
    return redirect("chatbot")

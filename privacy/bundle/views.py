"""The bundle of a request: asked for, made while one waits, and given its link and passphrase."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from helpline.foundation.calendar import day_words, moment_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from privacy.models import Bundle
from privacy.review.views import asked
from privacy.rights.kinds import RELEASES


@require_GET
@requires(Permission.ANSWER_RIGHTS)
def bundle(request, pk):
    """How far it is, and what can be done with it next."""
    found = asked(request, pk)
    return render(request, "privacy/bundle/bundle.html", shown(found))


def shown(found) -> dict:
    """What the page and its progress say."""
    made = found.bundles.order_by("-begun_at", "-pk").first()
    done, steps = made.progress() if made else (0, 0)
    return {
        "request_": found,
        "bundle": made,
        "percent": 100 * done // max(steps, 1),
        "steps": steps,
        "may_begin": found.status in RELEASES,
        "waits": made is not None and not made.is_ready() and made.key_id is not None,
        "size": f"{max(1, made.size // 1024)} KB" if made else "",
        "made": moment_words(made.made_at) if made and made.made_at else "",
        "gone_on": day_words(made.gone_on) if made else "",
        "link_until": day_words(made.link_until) if made and made.link_until else "",
        "fetched": moment_words(made.fetched_at) if made and made.fetched_at else "",
    }


@require_GET
@requires(Permission.ANSWER_RIGHTS)
def progress(request, pk):
    """The part of the page that changes while one waits."""
    return render(request, "privacy/bundle/_progress.html", shown(asked(request, pk)))


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def begin(request, pk):
    """Have it made; the worker begins within seconds."""
    found = asked(request, pk)
    Bundle.objects.begin(found, by=request.user)
    return redirect("rights_bundle", found.pk)


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def link(request, pk):
    """A new link and new words; shown here once and never again."""
    found = asked(request, pk)
    made = found.bundles.with_key().order_by("-begun_at", "-pk").first() or refuse(request)
    before = made.link
    token, phrase = made.new_link(by=request.user)
    if before:
        messages.success(request, "The link and the words before open nothing any more.")
    address = settings.SITE_URL + reverse("bundle_fetch", args=[token])
    context = shown(found) | {"address": address, "phrase": phrase}
    return render(request, "privacy/bundle/link.html", context)

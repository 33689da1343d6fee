"""The person's side of a web chat: one address for the whole of it, and nothing asked."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts.chat import showing, walking
from contacts.chat.forms import BeginForm, SayForm
from contacts.models import BotScript, Visit
from helpline.foundation import live
from helpline.foundation.staff.roles import Service


@require_http_methods(["GET", "POST"])
@login_not_required
def chat(request):
    """Before a chat: what to know, and the button that begins one. In it: the chat."""
    visit = Visit.objects.of(request.session.token)
    if visit is not None:
        visit.here(active=True)
        return page(request, visit)
    form = BeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        service = Service.HELPLINE
        visit = Visit.objects.begin(
            request.session.renew(),
            service=service,
            nickname=form.cleaned_data["nickname"],
            bot=BotScript.objects.published(service),
            notices=(1, 1),
        )
        walking.begin(visit)
        return redirect("chat")
    return render(request, "chat/before.html", {"form": form})


def page(request, visit, form=None, bot_form=None):
    """The chat as it is now."""
    context = {
        "bot": walking.offered(visit),
        "bot_form": bot_form,
        "lines": showing.lines_of(visit.contact),
        "last_line": visit.contact.last_line,
        "state": showing.state_of(visit),
        "form": form or SayForm(),
    }
    return render(request, "chat/chat.html", context)


@require_POST
@login_not_required
def say(request):
    """Say one line; what cannot be sent comes back in its box."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return redirect("chat")
    form = SayForm(request.POST)
    if not form.is_valid():
        return page(request, visit, form)
    visit.say(form.cleaned_data["text"], nonce=form.cleaned_data["nonce"])
    visit.here(active=True)
    return redirect("chat")


@require_POST
@login_not_required
def here(request):
    """A sign of the page, every 20 seconds; `active` when its person has done something."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return HttpResponse(status=404)
    visit.here(active="active" in request.POST)
    return HttpResponse(status=204)


@require_POST
@login_not_required
def writing(request):
    """The person is writing; what they write stays in their browser until they send it."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return HttpResponse(status=404)
    live.ring(live.WRITING, f"person:{visit.pk}")
    return HttpResponse(status=204)


@require_POST
@login_not_required
def person(request):
    """To a person at once: ahead of everybody when they say that they are not safe."""
    visit = Visit.objects.of(request.session.token)
    if visit is not None:
        walking.to_person(visit, not_safe="not_safe" in request.POST)
    return redirect("chat")

"""The person answers the chatbot; the same way with and without JavaScript."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from contacts.chat import public, walking
from contacts.chat.bot.forms import AnswerForm
from contacts.models import Visit

SCRIPT = "X-Script"


@require_POST
@login_not_required
def answer(request):
    """Take one answer; what cannot be stored comes back in its box."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return HttpResponse(status=404) if SCRIPT in request.headers else redirect("chat")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return wrong(request, visit, form)
    walking.answer(visit, **form.given)
    visit.here(active=True)
    return HttpResponse(status=204) if SCRIPT in request.headers else redirect("chat")


def wrong(request, visit, form):
    """The same question again, with what was typed and why it cannot be stored."""
    if SCRIPT not in request.headers:
        return public.page(request, visit, bot_form=form)
    return render(request, "chat/_bot_alert.html", {"form": form}, status=422)

"""The person answers the chatbot; the same way with and without JavaScript."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from contacts.chat import public, walking
from contacts.chat.bot.forms import AnswerForm
from contacts.models import Contact, Rank, Visit
from helpline.foundation.states import WrongState

SCRIPT = "X-Script"


@require_POST
@login_not_required
def answer(request):
    """Take one answer; what cannot be stored comes back in its box."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return public.closed(request)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return wrong(request, visit, form)
    if may_be_slowed(visit, form) and public.slowed(visit, form):
        return wrong(request, visit, form, status=429)
    try:
        walking.answer(visit, **form.given)
    except WrongState:
        return public.too_late(request, visit, form)
    visit.here(active=True)
    return HttpResponse(status=204) if SCRIPT in request.headers else redirect("chat")


def may_be_slowed(visit, form) -> bool:
    """Words may, and whatever is pressed that cannot bring a person any sooner (I03): that somebody
    is not safe never waits."""
    presses = form.given["text"] is None and visit.contact.status in walking.SILENT
    return not presses or visit.contact.rank == Rank.NOT_SAFE


def wrong(request, visit, form, status=422):
    """The same question again, with what was typed and why it cannot be stored; the box of the
    chat, when the chatbot has nothing to ask any more."""
    if SCRIPT not in request.headers:
        asks = visit.contact.status == Contact.Status.BOT
        boxes = {"bot_form" if asks else "form": form}
        return public.page(request, visit, status=status, **boxes)
    return render(request, "chat/_bot_alert.html", {"form": form}, status=status)

"""Coming back with a return code, from any browser, without saying who one is (S2-68)."""

from contextlib import suppress
from threading import BoundedSemaphore

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contacts.chat import showing, told
from contacts.chat.forms import BackForm
from contacts.models import Contact, Visit
from helpline.foundation import visits

AT_ONCE = 2  # checks in one process; whoever comes meanwhile tries again, and nobody is locked out
checks = BoundedSemaphore(AT_ONCE)

NOTHING = "These words open nothing. Check them and try again."
BUSY = "Many people are coming back right now. Your words were not checked. Try again in a minute."


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def back(request):
    """One box for the words. Then the open chat; or, of one that has ended, what to do next."""
    if request.method == "POST":
        return checked(request, request.POST.get("words", ""))
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return render(request, "chat/back.html", {"form": BackForm()})
    if visit.contact.status != Contact.Status.ENDED:
        return redirect("chat")
    joined = visit.contact.thread_id is not None
    request.session.prepare_next()
    return render(request, "chat/again.html", {"joined": joined})


def checked(request, typed):
    """Open what the words open. Wrong, replaced and expired ones are told the same (K08)."""
    if not checks.acquire(blocking=False):
        return asked_again(request, BUSY, 503)
    try:
        chats = Visit.objects.behind(typed)
    finally:
        checks.release()
    if not chats:
        return asked_again(request, NOTHING, 422)
    going_on = [visit for visit in chats if visit.contact.status != Contact.Status.ENDED]
    shut(request)
    (going_on or chats)[0].reopen(request.session.renew())
    return redirect("chat" if going_on else "back")


def shut(request) -> None:
    """This browser has one chat at a time: one that it has open now is left."""
    if before := Visit.objects.of(request.session.token):
        before.leave()


def asked_again(request, why, status):
    """The box again. What was typed is not sent back: it may be somebody's code."""
    form = BackForm({"words": ""})
    form.add_error("words", why)
    response = render(request, "chat/back.html", {"form": form}, status=status)
    if status == 503:
        response["Retry-After"] = "60"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def carry_on(request):
    """A new chat, joined to the ones before, so that nobody has to say it all again.

    Or, with `fresh`, the first page again, and nothing that leads back from there.
    """
    following = request.session.next_token or visits.new_token()
    begun = Visit.objects.of(following)  # the button was pressed before, with the same cookie
    visit = begun or Visit.objects.of(request.session.token)
    if request.method != "POST" or visit is None:
        return redirect("back")
    if "fresh" in request.POST:
        visit.leave()
        request.session.forget()
        return redirect("chat")
    if not begun:
        if visit.contact.status != Contact.Status.ENDED or visit.contact.thread_id is None:
            return redirect("chat")
        with suppress(IntegrityError):  # the other press has begun it in this very moment
            carry_on_once(visit, following)
    request.session.carry_on(following)
    return redirect("chat")


@transaction.atomic
def carry_on_once(visit: Visit, token: str) -> None:
    """Leave a chat that has ended for a new one; `IntegrityError` when this token has begun it."""
    visit.leave()
    Visit.objects.begin(
        token,
        service=visit.contact.service,
        nickname=visit.contact.nickname and str(visit.contact.nickname),
        notices=told.notices(),
        thread=visit.contact.thread,
    )


@require_safe
@login_not_required
def read(request):
    """What was said: in this chat, and in those that the person's code joins to it."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return redirect("back")
    chats = Visit.objects.joined_to(visit)
    which = min(number(request), len(chats))
    context = {"chat": showing.own(chats[which - 1]), "which": which, "chats": chats}
    return render(request, "chat/read.html", context | {"visit": visit})


def number(request) -> int:
    """Which of them, the newest being 1."""
    asked = request.GET.get("chat", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1

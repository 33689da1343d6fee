"""The person's side of a web chat: one address for the whole of it, and nothing asked.

Every button of the page is a plain form: what is typed in the box comes along and comes back. A
script sends the same forms, marked `X-Script`, and is told in a few bytes.
"""

import functools
from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contacts import wordings
from contacts.chat import capacity, showing, told, walking
from contacts.chat.bot.forms import AnswerForm
from contacts.chat.chatting import chatting
from contacts.chat.forms import BeginForm, SayForm
from contacts.chat.survey import SurveyForm
from contacts.models import Answer, BotScript, Consent, Contact, Visit
from helpline.foundation import live
from helpline.foundation.states import WrongState


def is_script(request) -> bool:
    """Whether the page's own script asks."""
    return "X-Script" in request.headers


def in_chat(view):
    """A button of the chat's page: pressed, in the one chat that this browser may open."""

    @login_not_required
    @functools.wraps(view)
    def button(request):
        if request.method != "POST":
            return redirect("chat")
        visit = Visit.objects.of(request.session.token)
        return closed(request) if visit is None else view(request, visit)

    return button


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def chat(request):
    """Before a chat: what to know, and the button that begins one. In it: the chat."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return begin(request) if request.method == "POST" else before(request, BeginForm())
    looks = "look" in request.GET  # a page that looks for news by itself, and nobody's doing
    if looks and showing.is_quiet(visit):
        return render(request, "chat/blank.html")
    if not visit.has_stopped:
        visit.here(active=not looks)
    return page(request, visit, write="write" in request.GET, later="later" in request.GET)


def before(request, form, **more):
    """What to know before a chat, and the form that begins one."""
    services = chatting()
    request.session.prepare()
    return render(request, "chat/before.html", {"form": form, "services": services} | more)


def closed(request):
    """There is no chat that this browser may open (any more); what was typed is shown again."""
    if is_script(request):
        return HttpResponse(status=404)
    if unsent := typed_in(request):
        return before(request, BeginForm(), unsent=unsent)
    return redirect("chat")


def typed_in(request) -> str:
    """The words that came along with a button, from the box or the last question's."""
    typed = request.POST.get("text", "") or request.POST.get("better", "")
    return typed if typed.strip() else ""


def begin(request):
    """Begin a chat. A full queue says so, and turns nobody away who is not safe (I01)."""
    form = BeginForm(request.POST)
    typed = {"unsent": typed_in(request)}
    if not form.is_valid():
        return before(request, form, **typed)
    service, not_safe = form.cleaned_data["service"], "not_safe" in request.POST
    if capacity.full(service) and not not_safe:
        return before(request, form, full=True, **typed)
    token = request.session.begun()
    with suppress(IntegrityError):  # the button was pressed twice, and the other press has begun it
        begin_once(token, service, form.cleaned_data["nickname"], not_safe)
    visit = Visit.objects.of(token)
    return answered(request, visit) if visit else redirect("chat")


@transaction.atomic
def begin_once(token: str, service: str, nickname: str | None, not_safe: bool) -> None:
    """A chat with the chatbot's first lines, or at once in the queue; `IntegrityError` when this
    token has begun one already."""
    visit = Visit.objects.begin(
        token,
        service=service,
        nickname=nickname,
        bot=None if not_safe else BotScript.objects.published(service),
        notices=told.notices(),
    )
    if not_safe:
        walking.to_person(visit, not_safe=True)
    else:
        walking.begin(visit)


def page(request, visit, *, typed="", status=200, **given):
    """The chat as it is now. Without scripts it looks for news by itself while nobody does
    anything on it: with nothing `given`, neither a form nor that somebody writes.

    `typed` are words that were not sent: they go into the page's box, or stand above it.
    """
    noticed_closed(visit)
    context = showing.shown(visit)
    context |= (kept(context["box"], typed) if typed else {}) | given
    context["watch"] = not (typed or any(given.values())) and watches(context)
    return render(request, "chat/chat.html", context, status=status)


def kept(box: str, typed: str) -> dict:
    """Words that came along with a button, in the box that the page has now, or said to be unsent
    when it has none."""
    if box == "bot":
        return {"bot_form": AnswerForm(initial={"text": typed})}
    return {"form": SayForm(initial={"text": typed})} if box else {"unsent": typed}


def watches(context) -> bool:
    """Whether there is something to wait for: the person has spoken, and a person will answer."""
    return context["phase"] in (Contact.Status.WAITING, Contact.Status.OPEN) and context["has_said"]


def noticed_closed(visit) -> None:
    """Whoever waits while nobody is on has left a message, and is told so."""
    waits = visit.contact.status == Contact.Status.WAITING
    if waits and not visit.message and showing.where(visit).tag == "Message":
        visit.leave_message()


def answered(request, visit):
    """After a button: a script gets 204; a page comes again, with what was typed in its box."""
    if is_script(request):
        return HttpResponse(status=204)
    if typed := typed_in(request):
        return page(request, visit, typed=typed)
    return redirect("chat")


def refused(request, visit, form, status=422):
    """What cannot be sent, with the reason; the words stay in their box."""
    if is_script(request):
        return render(request, "chat/_alert.html", {"errors": form.errors["text"]}, status=status)
    return page(request, visit, typed=typed_in(request), status=status, form=form)


@in_chat
def say(request, visit):
    """Say one line; what cannot be sent comes back in its box."""
    form = SayForm(request.POST)
    if form.is_valid() and slowed(visit, form):
        return refused(request, visit, form, status=429)
    if form.errors:
        return refused(request, visit, form)
    try:
        walking.say(visit, form.cleaned_data["text"], nonce=form.cleaned_data["nonce"])
    except WrongState:
        return too_late(request, visit, form)
    visit.here(active=True)
    return went_on(request)


def went_on(request):
    """What was typed is sent: the page comes again."""
    return HttpResponse(status=204) if is_script(request) else redirect("chat")


def slowed(visit, form) -> bool:
    """Whether this chat says too much at once (I03); the form then says when to send it again."""
    if wait := capacity.too_fast(visit):
        form.add_error("text", f"That was very fast. Please send it again in {wait:.0f} seconds.")
    return bool(wait)


def too_late(request, visit, form):
    """The chat ended while the person wrote; their words are shown, so that they can keep them."""
    if is_script(request):
        form.add_error("text", "This chat has ended. Your last message was not sent.")
        return refused(request, visit, form, status=409)
    visit.contact.refresh_from_db(fields=["status"])
    return page(request, visit, typed=form.cleaned_data["text"], status=409)


@in_chat
def here(request, visit):
    """A sign of the page, every 20 seconds; `active` when its person has done something.

    With `again` somebody goes on who had stopped.
    """
    if not visit.has_stopped or "again" in request.POST:
        visit.here(active="active" in request.POST or "again" in request.POST)
        visit.refresh_from_db(fields=["here_at"])
    return answered(request, visit)


@in_chat
def writing(request, visit):
    """The person is writing; what they write stays in their browser until they send it."""
    live.ring(live.WRITING, f"person:{visit.pk}")
    return HttpResponse(status=204)


@in_chat
def person(request, visit):
    """To a person at once: ahead of everybody when they say that they are not safe."""
    with suppress(WrongState):  # it has ended meanwhile, which the page says in its own words
        walking.to_person(visit, not_safe="not_safe" in request.POST)
    return answered(request, visit)


@in_chat
def look(request, visit):
    """Look for news without scripts: the page again, with what was typed still in its box."""
    visit.here(active=True)
    return answered(request, visit)


@in_chat
def consent(request, visit):
    """Agree, refuse, take it back, or leave the question: the chat goes on the same (L03)."""
    answer = request.POST.get("consent", "")
    if answer in Answer.values:
        Consent.objects.answered(visit.contact, answer, wording=wordings.current("chat"))
    elif answer == "later":
        visit.put_consent_aside()
    return answered(request, visit)


@in_chat
def stop(request, visit):
    """The person stops: the worker sees that they have left, and ends the chat or waits."""
    visit.stop()
    return answered(request, visit)


@in_chat
def code(request, visit):
    """The words to come back with: made when asked for, shown once, and kept by nobody here."""
    again = visit.contact.thread_id is not None and visit.contact.thread.code is not None
    words = visit.new_code().split()
    context = {"words": words, "again": again, "typed": typed_in(request)}
    name = "chat/_words.html" if is_script(request) else "chat/words.html"
    return render(request, name, context)


@in_chat
def survey(request, visit):
    """What the person thought of it, if they like to say; sent twice it is kept once (S2-21)."""
    form = SurveyForm(request.POST, auto_id="survey_%s")
    if not form.is_valid():
        return page_with_survey(request, visit, form)
    visit.answer_survey(form.answers())
    return redirect("chat_thanks")


def page_with_survey(request, visit, form):
    """The page after a chat, with what is wrong with an answer."""
    context = showing.shown(visit) | {"survey": form}
    return render(request, "chat/chat.html", context, status=422)


@require_safe
@login_not_required
def thanks(request):
    """The end of it: there is nothing more to do here."""
    return render(request, "chat/thanks.html")


@require_safe
@login_not_required
def screen(request):
    """What belongs on the page now, for its script: after a change, without a stream, or when it
    shows again what it had hidden."""
    visit = Visit.objects.of(request.session.token)
    if visit is None:
        return HttpResponse(status=404)
    noticed_closed(visit)
    return render(request, "chat/_screen.html", showing.shown(visit, after=after(request)))


def after(request) -> int:
    """The last line that the page has; what is no number counts as none."""
    number = request.GET.get("after", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0

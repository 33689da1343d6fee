"""Anybody asks about their data, without an address: seven words of their own bring the answer."""

from threading import BoundedSemaphore

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from contacts.chat.forms import BackForm
from helpline.foundation.calendar import day_words
from privacy.models import RightsRequest
from privacy.rights.forms import PublicForm
from privacy.rights.kinds import Kind, Route, Status
from privacy.rights.meaning import MEANS

AT_ONCE = 2  # look-ups in one process; whoever comes meanwhile tries again, nobody is locked out
checks = BoundedSemaphore(AT_ONCE)

NOTHING = "These words open nothing. Check them and try again."
BUSY = "Many people are here right now. Your words were not checked. Try again in a minute."
IN_WORDS = {
    Status.ID_REQUESTED: "We have asked you to show who you are. Our letter is below.",
    Status.CLOCK_STOPPED: "We wait for your answer to what we asked. The days until then do not"
    " count. Our letter is below.",
    Status.WITHDRAWN: "You have taken it back.",
    Status.CLOSED: "We have answered. Our letter is below.",
    Status.DUPLICATE_OF: "You asked the same before. We answer both together.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def ask(request):
    """The form, and after it the seven words, once. Nothing is looked up, so the answer tells
    nobody whether we hold anything (Art 11, D01)."""
    form = PublicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return render(request, "rights/asked.html", {"words": taken_in(form.cleaned_data)})
    return render(request, "rights/ask.html", {"form": form, "means": meanings(form)})


def meanings(form: PublicForm) -> list[tuple[str, str]]:
    """What can be asked, in the words of the form, and what each of it means."""
    return [(label, MEANS[Kind(kind)]) for kind, label in form.fields["kind"].choices]


@transaction.atomic
def taken_in(said: dict) -> str:
    """The request, and the words with which whoever asked comes back."""
    kind, words = said.pop("kind"), said.pop("words") or "Nothing more was said."
    made = RightsRequest.objects.take_in(kind, by=None, route=Route.FORM, words=words, **said)
    return made.new_follow_up()


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def follow(request):
    """Where a request stands, and our letters, for whoever has its words. Wrong and expired ones
    are told the same."""
    if request.method != "POST":
        return render(request, "rights/follow.html", {"form": BackForm()})
    if not checks.acquire(blocking=False):
        return again(request, BUSY, 503)
    try:
        found = RightsRequest.objects.followed_up(request.POST.get("words", "")).with_key().first()
    finally:
        checks.release()
    if found is None:
        return again(request, NOTHING, 422)
    return render(request, "rights/stands.html", stands(found))


def stands(found: RightsRequest) -> dict:
    """What whoever asked may read of their request."""
    sent = found.letters.select_related("request__key").exclude(sent_on=None).order_by("sent_on")
    day = None if found.is_answered() else found.answer_by()
    due = day_words(day) if day else ""
    return {
        "asked_for": Kind(found.kind).told,
        "means": MEANS[Kind(found.kind)],
        "received": day_words(found.received_on),
        "due": due,
        "state": IN_WORDS.get(Status(found.status), "" if due else "We write to you here."),
        "letters": [(day_words(each.sent_on), str(each.text)) for each in sent],
    }


def again(request, why: str, status: int):
    """The box again. What was typed is not sent back: it may be somebody's words."""
    form = BackForm({"words": ""})
    form.add_error("words", why)
    response = render(request, "rights/follow.html", {"form": form}, status=status)
    if status == 503:
        response["Retry-After"] = "60"
    return response

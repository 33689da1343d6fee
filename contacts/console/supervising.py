"""What supervisors see of chats: questions to them, and what was sent although it was stopped."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from contacts import private_channels
from contacts.console.forms import GuidanceAnswerForm
from contacts.models import Guidance, Line, SentAnyway
from contacts.showing import marked, opened_or
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission

AT_ONCE = 50
LOST = "It cannot be opened."


@require_GET
@requires(Permission.SUPERVISE_CHATS)
def guidance(request):
    """Questions of workers, oldest first; live (S1-14)."""
    rows = Guidance.objects.to_answer(request.user).select_related("contact__key", "asked_by")
    page = [asked(row, request.user) for row in rows[:AT_ONCE]]
    return board(request, "guidance", page)


def board(request, name: str, page: list[dict], *, mistake: bool = False):
    """A page of cards that renews itself; the cards alone when it does, and not with a mistake on
    it, which the next news would take away."""
    template = "_cards" if "HX-Request" in request.headers else "page"
    return render(request, f"console/{name}/{template}.html", {"page": page, "mistake": mistake})


def asked(row: Guidance, staff) -> dict:
    """One question; showing it is a reading of its chat."""
    record_reading(row.contact, by=staff, shared=True)
    return {
        "pk": row.pk,
        "handle_words": row.contact.handle_words,
        "url": reverse("chats_one", args=[row.contact.pk]),
        "by": row.asked_by.alias,
        "at": moment_words(row.asked_at),
        "question": opened_or(row, "question", LOST),
    }


@require_POST
@requires(Permission.SUPERVISE_CHATS)
def guidance_answer(request, pk):
    """Answer a worker’s question; it appears in their console at once."""
    rows = Guidance.objects.to_answer(request.user).select_related("contact__key", "asked_by")
    row, form = rows.filter(pk=pk).first() or refuse(request), GuidanceAnswerForm(request.POST)
    if not form.is_valid():
        shown = asked(row, request.user) | {"error": form.errors["answer"][0]}
        shown["typed"] = request.POST.get("answer", "")
        return board(request, "guidance", [shown], mistake=True)
    row.give(form.cleaned_data["answer"], by=request.user)
    messages.success(request, "Your answer is in their console.")
    return redirect("guidance")


@require_GET
@requires(Permission.SUPERVISE_CHATS)
def sent_anyway(request):
    """Lines that were stopped and that their worker sent with a reason; live (S1-12)."""
    rows = SentAnyway.objects.to_see(request.user).select_related("contact__key", "sent_by")
    page = [sent(row, request.user) for row in rows[:AT_ONCE]]
    return board(request, "sent", page)


def sent(row: SentAnyway, staff) -> dict:
    """One such line with its reason; showing it is a reading of its chat."""
    record_reading(row.contact, by=staff, shared=True)
    line = Line.objects.filter(number=row.number).opened(row.contact)
    return {
        "pk": row.pk,
        "handle_words": row.contact.handle_words,
        "url": reverse("chats_one", args=[row.contact.pk]),
        "by": row.sent_by.alias,
        "at": moment_words(row.sent_at),
        "holds": private_channels.reason(row.kinds),
        "reason": opened_or(row, "reason", LOST),
        "words": marked(line[0].words) if line and line[0].words else LOST,
    }


@require_POST
@requires(Permission.SUPERVISE_CHATS)
def sent_anyway_seen(request, pk):
    """A supervisor has seen it."""
    rows = SentAnyway.objects.to_see(request.user).select_related("contact")
    (rows.filter(pk=pk).first() or refuse(request)).see(by=request.user)
    return redirect("sent_anyway")

"""Asking a colleague with the least that the question needs, and answering one (S1-14)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contacts.colleagues.forms import AnswerForm, AskForm
from contacts.desk import own
from contacts.models import ColleagueQuestion, Line
from contacts.patterns import all_filled
from contacts.showing import as_said, opened_or
from helpline.foundation.audit.models import AuditEvent, record_reading
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState

AT_ONCE = 50
LOST = "It cannot be opened."


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def contact_colleague(request, pk):
    """Write the question and tick the lines; what is refused keeps both."""
    contact = own(request, pk)
    record_reading(contact, by=request.user, shared=True)
    said = Line.objects.opened(contact)
    form = AskForm(request.POST or None, contact=contact, said=said, by=request.user)
    if form.is_valid():
        given = form.cleaned_data
        try:
            ColleagueQuestion.objects.ask(
                contact, given["question"], by=request.user, of=given["of"], lines=given["lines"]
            )
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "It is asked. The answer comes under “Colleagues”.")
            return redirect(contact)
    context = {"form": form, "contact": contact}
    return render(request, "colleagues/ask.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.TAKE_CONTACTS)
def colleagues(request):
    """What waits for this person’s answer, and what became of their own questions."""
    rows = ColleagueQuestion.objects.with_key()
    asked = rows.visible_to(request.user).filter(asked_by=request.user)
    context = {
        "waits": [card(each) for each in rows.to_answer(request.user)[:AT_ONCE]],
        "mine": [card(each) for each in asked.order_by("-asked_at", "pk")[:AT_ONCE]],
    }
    return render(request, "colleagues/list.html", context)


def card(row: ColleagueQuestion) -> dict:
    """One question without its words, which are opened on its own page."""
    return {
        "url": row.get_absolute_url(),
        "by": row.asked_by.alias,
        "of": row.asked_of.alias if row.asked_of else "any supervisor",
        "at": moment_words(row.asked_at),
        "answered": row.answered_by.alias if row.answered_by else "",
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def colleague_question(request, pk):
    """The question with its lines, who has seen it, and the answer; seeing it is written down."""
    rows = ColleagueQuestion.objects.with_key().visible_to(request.user)
    row = rows.filter(pk=pk).first() or refuse(request)
    record_reading(row, by=request.user, shared=True)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row.reply(form.cleaned_data["answer"], by=request.user)
        except (Refused, WrongState) as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "It is answered.")
            return redirect("colleagues")
    may = row.answered_at is None and row.asked_by.person != request.user.person
    context = shown(row) | {"form": form if may else None}
    return render(request, "colleagues/question.html", context, status=409 if form.errors else 200)


def shown(row: ColleagueQuestion) -> dict:
    """One question as a page shows it: the chosen lines and no other."""
    lines = Line.objects.filter(number__in=row.lines).opened(row.contact)
    return {
        "card": card(row),
        "question": opened_or(row, "question", LOST),
        "answer": opened_or(row, "answer", LOST) if row.answered_at else "",
        "lines": all_filled(map(as_said, lines)),
        "seen": seen(row),
    }


def seen(row: ColleagueQuestion) -> list[tuple[str, str]]:
    """Who has seen it, and when."""
    events = AuditEvent.objects.about(row).readings().order_by("at")
    found = list(events.values_list("actor", "at")[:AT_ONCE])
    people = {
        str(each.pk): each.alias for each in Staff.objects.filter(pk__in={a for a, _ in found})
    }
    return [(people.get(actor, "Somebody who has left"), moment_words(at)) for actor, at in found]

"""Requests about data: whoever hears one writes it down, the DPO answers, another approves."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.desk import own
from contacts.models import Contact, Line
from contacts.models.contact_reading import free_for
from contacts.patterns import all_filled
from contacts.showing import as_said
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from privacy import letters
from privacy.models import Restriction, RightsRequest
from privacy.rights import board, forms, moves, showing

REFUSED = "refused"


def tried(form, act) -> bool:
    """Whether an act went through; else the form says why not and keeps what was typed."""
    try:
        act()
    except (Refused, WrongState) as reason:
        form.add_error(None, ValidationError(str(reason), code=REFUSED))
        return False
    return True


def status_of(form) -> int:
    """The status of a page on which a form stands."""
    return 409 if form is not None and form.has_error(NON_FIELD_ERRORS, REFUSED) else 200


# Written down by anyone ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_RIGHTS)
def rights_new(request):
    """Somebody asks one of us about their data, by whatever way (S2-62)."""
    return log(request, None)


@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_RIGHTS)
def contact_rights(request, pk):
    """The person of a contact asks about their data while they talk with us."""
    return log(request, own(request, pk))


def log(request, contact: Contact | None):
    """The one page on which a request is written down."""
    initial = {"route": contact.channel} if contact else {}
    form = forms.LogForm(request.POST or None, initial=initial)
    if form.is_valid() and tried(form, lambda: taken_in(form.cleaned_data, request.user, contact)):
        messages.success(
            request,
            "It is written down, and the data protection officer has it. Tell them that they hear"
            " from us, and nothing about what we hold.",
        )
        return redirect(contact or "rights_new")
    context = {"form": form, "contact": contact}
    return render(request, "rights/new.html", context, status=status_of(form))


def taken_in(said: dict, by, contact: Contact | None) -> RightsRequest:
    """What a worker was told, as a request."""
    return RightsRequest.objects.take_in(said.pop("kind"), by=by, said_in=contact, **said)


# Answered by the DPO ------------------------------------------------------------------------------


@require_GET
@requires(Permission.APPROVE_RIGHTS)
def rights(request):
    """The desk, by the days that are left; for a safeguarding lead what waits for approval."""
    answers = request.user.may(Permission.ANSWER_RIGHTS)
    today = london_today()
    running = board.running(request.GET.get("after", ""))
    rows = list(board.rows_of(running, board.PAGE + 1)) if answers else []
    page, more = rows[: board.PAGE], len(rows) > board.PAGE
    beside = [("To approve", board.to_approve())]
    if answers and "after" not in request.GET:
        beside += [
            ("Waiting for the person", board.waiting()),
            ("To tell and to close", board.to_tell()),
        ]
    home = reverse("rights")
    context = {
        "columns": board.columns(page, today, home),
        "beside": [board.beside(title, found, today, home) for title, found in beside],
        "more": f"?after={page[-1].due_on.isoformat()}_{page[-1].pk}" if more else "",
        "past": Restriction.objects.past_their_time(today).count() if answers else 0,
        "may": {"answer": answers},
    }
    return render(request, "rights/desk.html", context)


def visible(request, pk) -> RightsRequest:
    """A request this person may open, with its key; otherwise the usual 404."""
    mine = RightsRequest.objects.visible_to(request.user).with_key()
    found = mine.select_related("key", "preparer", "decided_by", "logged_by").filter(pk=pk).first()
    return found or refuse(request)


@require_GET
@requires(Permission.APPROVE_RIGHTS)
def rights_request(request, pk):
    """One request: its time line, what comes next, what it is about, and what was written."""
    return request_page(request, visible(request, pk))


def request_page(request, found: RightsRequest, *, do="", wrong=None):
    """The page of a request; a form with errors stands in its place."""
    record_reading(found, by=request.user)
    context = showing.shown(found, request.user)
    for part in ("next", "besides"):
        context[part] = [
            (name, label, wrong if name == do else form) for name, label, form in context[part]
        ]
    there = any(name == do for name, *_ in [*context["next"], *context["besides"]])
    context |= {"wrong": wrong if wrong is not None and not there else None, "do": do}
    return render(request, "rights/request.html", context, status=status_of(wrong))


@require_POST
@requires(Permission.APPROVE_RIGHTS)
def rights_move(request, pk):
    """The next step of a request, by the name of its verb."""
    found, do = visible(request, pk), request.POST.get("do", "")
    move = (moves.MOVES | moves.APPROVE).get(do)
    if move is None:
        raise Refused("Say what is done next.")
    if move.form is None:
        move.act(found, request.user, {})
    else:
        form = move.form(request.POST, auto_id=f"{do}-%s")
        if not form.is_valid() or not tried(
            form, lambda: move.act(found, request.user, form.cleaned_data)
        ):
            return request_page(request, visible(request, pk), do=do, wrong=form)
    messages.success(request, move.said)
    return back_to(request, found)


def back_to(request, found: RightsRequest):
    """The page of a request, or the desk for whoever may not open it any more."""
    still = RightsRequest.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found) if still else redirect("rights")


@require_POST
@requires(Permission.APPROVE_RIGHTS)
def rights_scope(request, pk):
    """A decision about one contact in the scope: accepted, taken out, or kept past its time; or
    that the record is taken out."""
    found, do = visible(request, pk), request.POST.get("do", "")
    if do == "take-out-record":
        found.take_out_record(by=request.user, why=request.POST.get("why", ""))
    else:
        about_one(found, do, request)
    messages.success(request, "It is written down.")
    return back_to(request, found)


def about_one(found: RightsRequest, do: str, request) -> None:
    """What is decided about one of its contacts; raises `Refused` for none."""
    part = request.POST.get("part", "")
    concern = found.concerns.select_related("contact").filter(pk=part or None).first()
    if concern is None or do not in {"accept", "take-out", "keep"}:
        raise Refused("Say which contact, and what is decided about it.")
    if do == "accept":
        found.accept_recalled(concern.pk, by=request.user)
    elif do == "keep":
        found.keep_past(concern.contact, by=request.user)
    else:
        found.take_out(concern.pk, by=request.user, why=request.POST.get("why", ""))


@require_GET
@requires(Permission.ANSWER_RIGHTS)
def rights_read(request, pk):
    """A transcript, which a DPO reads only inside a request, and never unseen (rules 2.14); what is
    restricted, only for a use that they wrote down."""
    found, which = visible(request, pk), request.GET.get("contact", "")
    if not which:
        return redirect(found)
    free = Contact.objects.unexpired().filter(free_for(request.user))
    near = free.in_services_of(request.user).with_key()
    try:
        contact = near.filter(pk=which).first()
    except ValidationError:
        contact = None
    if contact is None or found.is_answered():
        refuse(request)
    record_reading(contact, by=request.user)
    lines = Line.objects.opened(contact)
    context = {
        "rights": found,
        "handle": contact.handle_words,
        "lines": all_filled(map(as_said, lines)),
        "contact_pk": contact.pk,
        "form": forms.RecallForm(initial={"contact": contact.pk}),
        "is_part": found.concerns.filter(contact=contact).exists(),
    }
    return render(request, "rights/read.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ANSWER_RIGHTS)
def rights_letter(request, pk):
    """A letter, complete or not sent (D20)."""
    found = visible(request, pk)
    kind = request.POST.get("kind") or request.GET.get("kind", "acknowledged")
    if not found.may_write(kind):
        raise WrongState("This letter does not fit where the request stands.")
    record_reading(found, by=request.user)
    form = forms.LetterForm(request.POST or None, initial={"text": letters.draft(kind, found)})
    if form.is_valid() and tried(
        form, lambda: found.send_letter(kind, form.cleaned_data["text"], by=request.user)
    ):
        messages.success(request, "It is written down as sent. Send it by their safe way now.")
        return redirect(found)
    letter = letters.LETTERS[letters.form_of(kind, found)]
    context = {"rights": found, "form": form, "kind": kind, "letter": letter}
    context |= {
        "needs": letters.needs(kind, found),
        "reach": showing.opened_or(found, "reach", showing.SHUT),
    }
    return render(request, "rights/letter.html", context, status=status_of(form))

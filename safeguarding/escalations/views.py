"""Escalations: raised in two presses, looked into on one page, and all of them on one board."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.acts.views import refusal, too_late, unsaved
from contacts.desk import own
from contacts.models import Contact
from helpline.foundation.audit.models import record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from safeguarding.alerts.showing import told_of
from safeguarding.escalations import board, forms, moves, shifts, showing
from safeguarding.escalations.kinds import usual_urgency
from safeguarding.models import Debrief, Escalation

GONE = "It is raised, and supervisors see it now. The contact is gone, so it is about none."


@require_http_methods(["GET", "POST"])
@requires(Permission.RAISE_ESCALATIONS)
def contact_escalate(request, pk):
    """Somebody is worried about the person of this contact, whatever state anything is in (E13);
    also when it went to somebody else while they wrote, or is gone: then it is raised about none.
    """
    if request.method == "GET":
        return raising(request, own(request, pk))
    found = Contact.objects.visible_to(request.user).with_key().filter(pk=pk).first()
    return raising(request, found or had(request, pk), went=GONE)


def had(request, pk) -> Contact | None:
    """The contact that somebody had when they began to write, wherever it is; None if it is gone,
    and the usual 404 if they never had it."""
    try:
        return Escalation.objects.contact_they_had(pk, by=request.user)
    except Refused:
        refuse(request)


@require_http_methods(["GET", "POST"])
@requires(Permission.RAISE_ESCALATIONS)
def escalation_new(request):
    """Somebody is worried, and there is no contact that it belongs to."""
    return raising(request, None)


def raising(request, contact, *, went=""):
    """The form, or what was raised; beside a chat both are fragments, so that the chat goes on.

    `went` is said when it was raised about no contact.
    """
    form = forms.RaiseForm(request.POST or None, by=request.user, about=contact)
    alone = "HX-Request" in request.headers
    if form.is_valid():
        made = raised(form, contact, by=request.user)
        said = "" if made.contact_id else went
        if alone:
            return beside(request, made, forms.WordsForm(auto_id="add-%s"), said)
        messages.success(request, said or "It is raised. Supervisors see it now.")
        return redirect(made)
    context = {
        "contact": contact,
        "form": form,
        "kinds": showing.kinds(),
        "open": showing.open_about(contact, request.user) if contact else [],
        "unfindable": showing.is_unfindable(contact),
    }
    whole, part = (
        "safeguarding/escalations/raise.html",
        "safeguarding/escalations/_beside_raise.html",
    )
    return render(request, part if alone else whole, context)


def beside(request, made: Escalation, add, said=""):
    """What stands beside a chat after something was raised in it: room for the words."""
    context = {"escalation": showing.row(made), "add": add, "said": said}
    context["unfindable"] = showing.is_unfindable(made.contact)
    return render(request, "safeguarding/escalations/_beside.html", context)


def raised(form, contact, *, by) -> Escalation:
    """The worry as it was filled in; how soon, unless it was said, as is usual for its kind."""
    said = form.cleaned_data
    urgency = said["urgency"] or usual_urgency(said["kind"])
    about = {"kind": said["kind"], "urgency": urgency, "service": said.get("service")}
    return Escalation.objects.escalate_though_gone(contact, by=by, **about, **form.known())


def visible(request, pk) -> Escalation:
    """An escalation this person may open, with its keys; otherwise the usual 404."""
    mine = Escalation.objects.visible_to(request.user).with_keys().select_related("raised_by")
    return mine.filter(pk=pk).first() or refuse(request)


@require_GET
@requires(Permission.SEE_ESCALATIONS)
def escalation(request, pk):
    """One escalation: where it stands, what comes next, what was judged and done."""
    found = visible(request, pk)
    record_reading(found, by=request.user)
    return page(request, found)


def page(request, found: Escalation, *, do="", wrong=None):
    """The page of an escalation; a form with errors stands in its place.

    Of one that came too late the place may be gone: its words stand above everything, to be taken.
    """
    context = showing.shown(found, request.user, wrong={do: wrong})
    context["alerted"] = told_of(found)
    context |= unsaved(wrong)
    status = refusal(wrong) if wrong else 200
    return render(request, "safeguarding/escalations/escalation.html", context, status=status)


@require_POST
@requires(Permission.SEE_ESCALATIONS)
def escalation_move(request, pk):
    """The next step of an escalation, by the name of its verb."""
    found, do = visible(request, pk), request.POST.get("do", "")
    move = moves.MOVES.get(do)
    if move is None:
        raise Refused("Say what is done next.")
    form = moves.form_of(do, found, request.user, request.POST)
    if form is None:
        move.act(found, request.user, None)
    elif not form.is_valid() or too_late(form, lambda: move.act(found, request.user, form)):
        if "HX-Request" in request.headers:
            return beside(request, found, form, "Nothing was added. It is still below.")
        again = visible(request, pk)
        record_reading(again, by=request.user)
        return page(request, again, do=do, wrong=form)
    if "HX-Request" in request.headers:
        return beside(request, found, forms.WordsForm(auto_id="add-%s"), move.said)
    messages.success(request, move.said)
    return redirect(found)


@require_POST
@requires(Permission.SEE_ESCALATIONS)
def escalation_debrief(request, pk):
    """Whether the talk that was offered took place; nothing of what was said."""
    found = visible(request, pk)
    offered = Debrief.objects.select_related("worker").filter(escalation=found).first()
    verb = offered and {"take": offered.take, "decline": offered.decline}.get(
        request.POST.get("answer", "")
    )
    if not verb:
        raise Refused("Say whether it took place.")
    verb(by=request.user)
    messages.success(request, "It is written down.")
    return redirect(found)


@require_GET
@requires(Permission.SEE_ESCALATIONS)
def escalations(request):
    """The board: what waits and how long against its limit, who owns it, and what comes next."""
    which = request.GET.get("show", "open")
    if which not in board.LISTS:
        refuse(request)
    try:
        shown = board.page_of(which, request.user, request.GET.get("after", ""))
    except ValueError:
        refuse(request)
    context = {"rows": shown.rows, "empty": board.EMPTY[which]}
    if "HX-Request" in request.headers:
        return render(request, "safeguarding/escalations/_rows.html", context)
    said = {"show": which} if which != "open" else {}
    more = f"?{urlencode(said | {'after': shown.more})}" if shown.more else ""
    context |= {"which": which, "lists": list(board.LISTS.items()), "more_url": more}
    context |= {"shown": f"{shown.count} shown", "debriefs": shifts.debriefs_for(request.user)}
    return render(request, "safeguarding/escalations/board.html", context)

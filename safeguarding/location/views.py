"""Asking where somebody is: what we hold first, then two people, then the person is told."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.acts.views import unsaved
from contacts.showing import opened_or
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first, record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations.kinds import Urgency
from safeguarding.location import moves, showing
from safeguarding.location.forms import AskForm
from safeguarding.location.held import NEVER_A_BASIS, NO_CONTACT
from safeguarding.models import Escalation, LocationFound, LocationRequest
from safeguarding.paging import page_of

TOO_LATE = "too-late"
MOST_SHOWN = 20


@require_GET
@requires(Permission.ASK_FOR_LOCATION)
def locations(request):
    """What was asked for and is not over, and the escalations from which it can be asked."""
    mine = LocationRequest.objects.visible_to(request.user).open()
    rows = mine.select_related("escalation", "requested_by")
    try:
        found, following = page_of(rows, "requested_at", request.GET.get("after", ""))
    except ValueError:
        raise Http404 from None
    worries = Escalation.objects.visible_to(request.user).open()
    worries = worries.filter(urgency=Urgency.IMMEDIATE).order_by("decide_by", "id")
    context = {
        "rows": [showing.row(each) for each in found],
        "more_url": f"{reverse('locations')}?after={following}" if following else "",
        "worries": [showing.worry(each) for each in worries[:MOST_SHOWN]],
    }
    return render(request, "location/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ASK_FOR_LOCATION)
def location_ask(request, pk):
    """What we hold of the person of an escalation, and then the request."""
    mine = Escalation.objects.visible_to(request.user).select_related("contact")
    escalation = mine.filter(pk=pk).first() or refuse(request)
    form = AskForm(request.POST or None, escalation=escalation)
    if form.is_valid():
        try:
            made = LocationRequest.objects.ask(escalation, by=request.user, **form.said())
        except (Refused, WrongState) as reason:
            form.add_error(None, ValidationError(str(reason), code=TOO_LATE))
        else:
            messages.success(request, "The safeguarding lead approves it next. Call them.")
            return redirect(made)
    held = showing.held(escalation)
    context = {
        "escalation": showing.worry(escalation),
        "immediate": escalation.urgency == Urgency.IMMEDIATE and escalation.is_open(),
        "held": held,
        "no_contact": NO_CONTACT,
        "power": NEVER_A_BASIS,
        "form": form,
    }
    return render(request, "location/ask.html", context, status=status_of(form))


def status_of(form) -> int:
    """The status of a page on which a form stands."""
    return 409 if form.has_error(NON_FIELD_ERRORS, TOO_LATE) else 200


def visible(request, pk) -> LocationRequest:
    """A request this person may open, with its key; otherwise the usual 404. That they read it is
    written down before anything is opened."""
    mine = LocationRequest.objects.visible_to(request.user)
    people = ("asked_by", "requested_by", "approved_by")
    found = mine.select_related("key", "escalation__contact", *people).filter(pk=pk).first()
    found = found or refuse(request)
    record_reading(found, by=request.user)
    return found


@require_GET
@requires(Permission.ASK_FOR_LOCATION)
def location(request, pk):
    """One request: who asked, who approved, what comes next."""
    return page(request, visible(request, pk))


def page(request, found: LocationRequest, *, do="", wrong=None, where=None):
    """The page of a request; a form with errors is shown in its place, with what was typed."""
    context = showing.shown(found, request.user)
    context |= {"where": where, "power": NEVER_A_BASIS, "no_contact": NO_CONTACT}
    if wrong is not None:
        context["forms"][do.replace("-", "_")] = wrong
        context |= {"wrong": wrong} | unsaved(wrong)
    status = status_of(wrong) if wrong else 200
    return render(request, "location/request.html", context, status=status)


@require_POST
@requires(Permission.ASK_FOR_LOCATION)
def location_move(request, pk):
    """The next step of a request, by the name of its verb."""
    found, do = visible(request, pk), request.POST.get("do", "")
    move = moves.MOVES.get(do)
    if move is None:
        raise Refused("Say what is done next.")
    form = moves.form_of(do, request.POST)
    if form is not None and not form.is_valid():
        return page(request, found, do=do, wrong=form)
    try:
        move.act(found, request.user, form.cleaned_data if form is not None else {})
    except (Refused, WrongState) as reason:
        if form is None:
            raise
        form.add_error(None, ValidationError(str(reason), code=TOO_LATE))
        return page(request, visible(request, pk), do=do, wrong=form)
    messages.success(request, move.said)
    return redirect(found)


@require_POST
@requires(Permission.ASK_FOR_LOCATION)
def location_show(request, pk):
    """Show what the provider answered, to its handlers and the lead; that they saw it is written
    down first."""
    found = visible(request, pk)
    answers = LocationFound.objects.visible_to(request.user).select_related("key")
    answer = answers.filter(request=found).first() or refuse(request)
    record_first(Action.LOCATION_SHOWN, on=found, by=request.user)
    return page(request, found, where=opened_or(answer, "where", showing.SHUT))

"""The worksheet of a request: where the data protection officer looks for what it is about (S2-46).

By their seven words, by the record of somebody who chose to be known, by what they recall. What is
found or not found changes no word of what whoever asks is told.
"""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contacts import finding
from contacts.known.forms import FindForm
from contacts.known.showing import possibility
from contacts.models import Contact, ServiceUser
from contacts.vocabulary import WhyKnown
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from privacy.models import RightsRequest
from privacy.rights import board, forms, showing
from privacy.rights.views import status_of, tried, visible


@require_http_methods(["GET", "POST"])
@requires(Permission.ANSWER_RIGHTS)
def rights_find(request, pk):
    """The one page with the three ways; a form that was refused stands in its place."""
    found, do = visible(request, pk), request.POST.get("do", "")
    record_reading(found, by=request.user)
    posted = {name: request.POST if do == name else None for name in ("code", "record", "recall")}
    sheet = forms.WorksheetForm(request.GET or None)
    context = {
        "rights": found,
        "code": forms.CodeForm(posted["code"]),
        "known": FindForm(posted["record"]),
        "recall": forms.RecallForm(posted["recall"]),
        "sheet": sheet,
        "rows": None,
        "asked": board.card(found, london_today(), found.get_absolute_url()),
    }
    ways = {"code": by_code, "record": look_for, "this-record": by_record, "recall": by_recall}
    if do in ways and (said := ways[do](request, found, context)):
        messages.success(request, said)
        return redirect(found)
    if sheet.is_bound and sheet.is_valid():
        context["rows"] = showing.candidates(sheet.cleaned_data, found, request.user)
    status = max(status_of(context[name]) for name in ("code", "known", "recall"))
    return render(request, "rights/find.html", context, status=status)


def by_code(request, found: RightsRequest, context: dict) -> str:
    """Add what seven words open; words that open nothing are told the same, whichever they are."""

    def act():
        if not found.find_by_code(form.cleaned_data["words"], by=request.user):
            raise Refused("These words open nothing.")

    form = context["code"]
    done = form.is_valid() and tried(form, act)
    return "What these words open is part of the request now." if done else ""


def look_for(request, found: RightsRequest, context: dict) -> str:
    """Records of whom two facts agree, by the blind indexes; that somebody looked is written
    down first."""
    form = context["known"]
    if form.is_valid():
        told = form.told()
        records = finding.find(told, by=request.user, why=WhyKnown.CORRECT)
        context["possible"] = [possibility(record) for record in records]
    return ""


def by_record(request, found: RightsRequest, context: dict) -> str:
    """It is about this record, and about every contact that belongs to it."""
    form = forms.RecordForm(request.POST)
    if not form.is_valid():
        refuse(request)
    kept = ServiceUser.objects.kept().filter(service__in=request.user.services, restricted=False)
    record = kept.filter(pk=form.cleaned_data["record"]).first() or refuse(request)
    found.find_by_record(record, by=request.user)
    return "The record and its contacts are part of the request now."


def by_recall(request, found: RightsRequest, context: dict) -> str:
    """What they recall fits a contact; a second person has to accept it."""
    form = context["recall"]
    if not form.is_valid():
        return ""
    near = Contact.objects.unexpired().in_services_of(request.user)
    chosen = near.filter(pk=form.cleaned_data["contact"]).first() or refuse(request)
    because = form.cleaned_data["because"]
    done = tried(form, lambda: found.recall(chosen, by=request.user, because=because))
    return "It waits for a second person, and is kept meanwhile." if done else ""

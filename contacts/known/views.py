"""One record of somebody who chose to be known: what helps them, and, when asked for, who it is."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts import finding
from contacts.acts.taking_back import take_back
from contacts.known import showing
from contacts.known.forms import ChangeForm, EntryForm, FindWithReasonForm, PlanForm, WhyForm
from contacts.models import Contact, Entry, ServiceUser, SupportPlan
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission

HELD = (
    "The record is closed. A hold on a contact of theirs keeps it from being destroyed until it is"
    " released."
)


def record_of(request, pk) -> ServiceUser:
    """A record this person may open now, with its key; otherwise the 404."""
    visible = ServiceUser.objects.visible_to(request.user).with_key()
    return visible.filter(pk=pk).first() or refuse(request)


@require_http_methods(["GET", "POST"])
@requires(Permission.LOOK_UP_PEOPLE)
def known_find(request):
    """A supervisor or safeguarding lead looks for a record, by two facts and with a reason."""
    form = FindWithReasonForm(request.POST or None)
    found = None
    if form.is_valid():
        why = form.cleaned_data["why"]
        found = finding.find(form.told(), by=request.user, why=why)
        found = [showing.possibility(record) for record in found]
    return render(request, "known/find.html", {"form": form, "found": found})


@require_GET
@requires(Permission.LOOK_UP_PEOPLE)
def known_ending(request):
    """What ends within 90 days, so that somebody looks at it before it goes."""
    ours = ServiceUser.objects.ending().filter(service__in=request.user.services)
    rows = ours.select_related("looked_at_by")[: showing.MOST_SHOWN]
    page = [showing.ending(record) for record in rows]
    return render(request, "known/ending.html", {"page": page})


@require_POST
@requires(Permission.LOOK_UP_PEOPLE)
def known_looked_at(request, pk):
    """Nothing is owed to them any more: the record can go on its day."""
    record_of(request, pk).look_at_before_its_end(by=request.user)
    messages.success(request, "Written down. The record goes on its day.")
    return redirect("known_ending")


@require_GET
@requires(Permission.SEE_WHO)
def known(request, pk):
    """How they were helped last time, what was promised, what is safe; not who they are."""
    record = record_of(request, pk)
    record_first(Action.RECORD_SEEN, on=record, by=request.user)
    return page(request, record)


def page(request, record: ServiceUser, **forms):
    """The record's page, with the forms that were not filled in rightly."""
    context = showing.shown(record, request.user) | {
        "why_form": forms.get("why_form") or WhyForm(staff=request.user),
        "entry_form": forms.get("entry_form") or EntryForm(),
        "plan_form": forms.get("plan_form") or PlanForm(service=record.service),
    }
    return render(request, "known/record.html", context)


@require_POST
@requires(Permission.SEE_WHO)
def known_identity(request, pk):
    """Who somebody is, once, for a reason that stands in the trail before anything is opened."""
    record = record_of(request, pk)
    form = WhyForm(request.POST, staff=request.user)
    if not form.is_valid():
        record_first(Action.RECORD_SEEN, on=record, by=request.user)
        return page(request, record, why_form=form)
    record_first(Action.IDENTITY_SEEN, on=record, by=request.user, why=form.cleaned_data["why"])
    context = {
        "record": record,
        "known_as": showing.known_as(record),
        "identity": showing.identity(record),
        "safe": record.safe_contact(),
    }
    return render(request, "known/identity.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_RECORDS)
def known_change(request, pk):
    """What the person tells now, or takes back; what is already there is not shown."""
    record = record_of(request, pk)
    form = ChangeForm(request.POST or None)
    if form.is_valid():
        record.change(form.details(), by=request.user)
        messages.success(request, "It is written down.")
        return redirect(record)
    context = {"form": form, "record": record, "known_as": showing.known_as(record)}
    return render(request, "known/change.html", context)


@require_POST
@requires(Permission.KEEP_RECORDS)
def known_entry(request, pk):
    """How they were helped, or what we promised them."""
    record, form = record_of(request, pk), EntryForm(request.POST)
    if not form.is_valid():
        record_first(Action.RECORD_SEEN, on=record, by=request.user)
        return page(request, record, entry_form=form)
    said = form.cleaned_data
    contact = record.contacts().filter(worker=request.user, status=Contact.Status.OPEN).first()
    Entry.objects.write(
        record, said["words"], by=request.user, contact=contact, due_on=said["due_on"]
    )
    messages.success(request, "It is on the time line.")
    return redirect(record)


@require_POST
@requires(Permission.KEEP_RECORDS)
def known_promise(request, pk):
    """A promise was kept, or they were told that it could not be."""
    entry = Entry.objects.select_related("service_user").filter(pk=pk).first() or refuse(request)
    record = record_of(request, entry.service_user_id)
    entry.settle(by=request.user, kept="kept" in request.POST)
    return redirect(record)


@require_POST
@requires(Permission.KEEP_RECORDS)
def known_plan(request, pk):
    """Who is there for them, when, and what helps."""
    record = record_of(request, pk)
    form = PlanForm(request.POST, service=record.service)
    if not form.is_valid():
        record_first(Action.RECORD_SEEN, on=record, by=request.user)
        return page(request, record, plan_form=form)
    SupportPlan.objects.agree(record, by=request.user, **form.cleaned_data)
    messages.success(request, "The plan is written down.")
    return redirect(record)


@require_POST
@requires(Permission.KEEP_RECORDS)
def known_consent_back(request, pk):
    """They take their consent back: what was kept on it alone goes."""
    record = record_of(request, pk)
    if take_back(record, by=request.user):
        held = ServiceUser.objects.held_back().filter(pk=record.pk).exists()
        goes = HELD if held else "The record is closed and will be destroyed."
        messages.success(request, f"{goes} Their contacts are anonymous again.")
        return redirect("staff_home")
    messages.success(request, "Written down. Another basis keeps the record: tell them which.")
    return redirect(record)

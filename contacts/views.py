"""Contacts as staff see them: the lists, one contact, and what can be done with it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts import lists
from contacts.forms import FilterForm, NoteForm, StartForm
from contacts.models import Contact, Draft
from contacts.showing import shown
from helpline.foundation.audit.models import record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission


@require_GET
@requires(Permission.SEE_CONTACTS)
def contact_list(request, which):
    """One list, narrowed by the filters and paged by the last contact seen."""
    entry = lists.LISTS.get(which)
    if entry is None or not request.user.may(entry.permission):
        refuse(request)
    filters = FilterForm(request.GET or None, staff=request.user)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    contacts = lists.narrowed(lists.contacts_of(which, request.user), wanted)
    if position := request.GET.get("after"):
        try:
            contacts = lists.after(contacts, which, position)
        except ValueError:
            refuse(request)
    page, last = lists.page_of(contacts, which)
    context = {
        "which": which,
        "heading": entry.heading,
        "page": page,
        "filters": filters,
        "shown": f"{len(page)} shown",
        "more_url": _more(request.GET, last),
        "nothing": {"title": entry.empty_title, "text": entry.empty_text},
        "may": {"start": request.user.may(Permission.TAKE_CONTACTS)},
    }
    template = "_rows" if "HX-Request" in request.headers else "list"
    return render(request, f"contacts/{template}.html", context)


def _more(query: QueryDict, last: str) -> str:
    asked = {name: value for name, value in query.items() if value and name != "after"}
    return f"?{urlencode(asked | {'after': last})}" if last else ""


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def contact_start(request):
    """Begin a contact by hand, as when the phone rings."""
    form = StartForm(request.POST or None, staff=request.user)
    if not form.is_valid():
        return render(request, "contacts/start.html", {"start_form": form})
    contact = Contact.objects.start(by=request.user, **form.cleaned_data)
    return redirect(contact)


def opened(request, pk) -> Contact:
    """The contact if this person may read it, the reading written down first; otherwise the 404."""
    visible = Contact.objects.visible_to(request.user).with_key().select_related("worker")
    contact = visible.filter(pk=pk).first()
    if contact is None:
        refuse(request)
    record_reading(contact, by=request.user)
    return contact


def _own(request, pk) -> Contact:
    """A contact this person may act upon, for the doors that open no words."""
    contact = Contact.objects.visible_to(request.user).with_key().filter(pk=pk).first()
    return contact or refuse(request)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_take(request, pk):
    """Answer a contact that waits in one of this person's services."""
    waiting = Contact.objects.unexpired().in_services_of(request.user).filter(pk=pk).first()
    if waiting is None:
        refuse(request)
    waiting.take(by=request.user)
    return redirect(waiting)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_note(request, pk):
    """Add a note; one that cannot be saved is kept as a draft, so that nothing typed is lost."""
    found = _own(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        found.add_note(form.cleaned_data["text"], by=request.user)
        form = None
    else:
        Draft.objects.keep(found, request.POST.get("text", ""), by=request.user)
    if "HX-Request" in request.headers:
        context = shown(found, request.user, note_form=form)
        return render(request, "contacts/_notes.html", context)
    if form:
        messages.error(request, f"The note is not saved. {' '.join(form.errors['text'])}")
    return redirect(found)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_draft(request, pk):
    """Keep what has been typed so far, sealed, for its author alone."""
    found = _own(request, pk)
    Draft.objects.keep(found, request.POST.get("text", ""), by=request.user)
    return HttpResponse("Draft kept.", content_type="text/plain")


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_end(request, pk):
    """End a contact, which counts it into the figures."""
    found = _own(request, pk)
    found.end(by=request.user)
    messages.success(request, "The contact has ended. You can read it for 24 hours.")
    return redirect(found)

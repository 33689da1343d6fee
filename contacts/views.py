"""Contacts as staff see them: the lists, one contact, and what can be done with it."""

from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts import lists
from contacts.forms import FilterForm, FindForm, StartForm, choices_for
from contacts.models import Contact, Visit
from helpline.foundation.audit.models import record_reading
from helpline.foundation.drawing import token_of
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission

JUST_NOW = timedelta(minutes=10)  # who was too late is told so, and not that it never existed


@require_GET
@requires(Permission.SEE_CONTACTS)
def contact_list(request, which):
    """One list, narrowed by the filters and paged by the last contact seen."""
    entry = lists.LISTS.get(which)
    if entry is None or not request.user.may(entry.permission):
        refuse(request)
    filters = FilterForm.of(request.GET, choices_for(request.user))
    position = request.GET.get("after", "")
    try:
        page, last = lists.page_of(which, request.user, filters.wanted(), position)
    except ValueError:
        refuse(request)
    context = {
        "which": which,
        "heading": entry.heading,
        "page": page,
        "rows": lists.drawn(page, token_of(request)),
        "filters": filters.drawn(),
        "shown": f"{len(page)} shown",
        "more_url": _more(request.GET, last),
        "nothing": {"title": entry.empty_title, "text": entry.empty_text},
        "may": {"start": request.user.may(Permission.TAKE_CONTACTS)},
    }
    rows_alone = "HX-Request" in request.headers
    template = "contacts/_rows.html" if rows_alone else "contacts/list.html"
    return render(request, template, context)


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
    rows = Contact.objects.filter(pk=pk).with_key().select_related("worker")
    contact = rows.visible_to(request.user).first()
    if contact is None:
        contact = rows.earlier_for(request.user).first() or refuse(request)
        contact.is_earlier = True
    record_reading(contact, by=request.user)
    return contact


@require_POST
@requires(Permission.SEE_CONTACTS)
def contact_find(request):
    """Open a contact by its handle, which is posted so that it stands in no address or history."""
    form = FindForm(request.POST)
    visible = Contact.objects.visible_to(request.user)
    found = form.is_valid() and visible.called(form.cleaned_data["handle"]).first()
    return redirect(found or refuse(request))


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_take(request, pk):
    """Answer a contact that waits in one of this person's services."""
    lately = timezone.now() - JUST_NOW
    queue = Q(status=Contact.Status.WAITING) | Q(answered_at__gt=lately)
    ours = Contact.objects.unexpired().in_services_of(request.user).filter(queue, pk=pk)
    waiting = ours.first() or refuse(request)
    waiting.take(by=request.user)
    if Visit.objects.filter(pk=waiting.pk).exists():
        return redirect("chats_one", waiting.pk)
    return redirect(waiting)

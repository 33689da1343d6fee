"""From Is This OK? into casework: the person is told first, the copy says where it came from."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.known.contact_views import in_touch
from contacts.known.forms import HandOverForm
from contacts.models import HandOver, Speaker
from contacts.showing import opened_or
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import day_words, moment_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission, Service

MOST_SHOWN = 200


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def hand_over(request, pk):
    """Hand a chat over into casework, after telling the person in the chat."""
    contact = in_touch(request, pk)
    if contact.service != Service.IS_THIS_OK:
        refuse(request)
    form = HandOverForm(request.POST or None, contact=contact)
    if form.is_valid():
        HandOver.objects.hand_over(contact, by=request.user, told_in=form.cleaned_data["told_in"])
        messages.success(request, "It is handed over. The chat goes on, and goes after 18 months.")
        return redirect(contact)
    context = {"form": form, "contact": contact, "can": bool(form.fields["told_in"].choices)}
    return render(request, "known/hand_over.html", context)


@require_GET
@requires(Permission.TAKE_CONTACTS)
def handed_over_list(request):
    """What was handed over to this person's services, what nobody has taken first."""
    rows = HandOver.objects.visible_to(request.user).select_related("taken_by")
    page = [facts(row) for row in rows.order_by("-status", "-handed_at")[:MOST_SHOWN]]
    return render(request, "known/handed_over_list.html", {"page": page})


@require_GET
@requires(Permission.TAKE_CONTACTS)
def handed_over(request, pk):
    """The copy with its provenance and its own time."""
    copy = _copy(request, pk)
    record_reading(copy, by=request.user)
    lines = []
    for line in copy.lines.order_by("number"):
        line.hand_over = copy
        lines.append((Speaker(line.speaker), opened_or(line, "text", "It cannot be opened.")))
    context = {"copy": facts(copy), "lines": lines}
    return render(request, "known/handed_over.html", context)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def handed_over_take(request, pk):
    """Go on with it in casework."""
    copy = _copy(request, pk)
    copy.take(by=request.user)
    return redirect(copy)


def _copy(request, pk) -> HandOver:
    """A copy this person may open, with its key."""
    rows = HandOver.objects.visible_to(request.user).with_key().select_related("taken_by")
    return rows.filter(pk=pk).first() or refuse(request)


def facts(copy: HandOver) -> dict:
    """Where a copy came from, and until when it stays, in words."""
    return {
        "pk": copy.pk,
        "url": copy.get_absolute_url(),
        "came_from": copy.get_came_from_display(),
        "channel": copy.get_channel_display(),
        "began": day_words(copy.began_on),
        "handed": moment_words(copy.handed_at),
        "told_in": copy.told_in,
        "waits": copy.status == HandOver.Status.WAITING,
        "taken_by": copy.taken_by.alias if copy.taken_by_id else "",
        "chat_is_there": copy.contact_id is not None,
        "keep_until": day_words(copy.purge_on),
    }

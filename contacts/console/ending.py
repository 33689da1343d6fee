"""The end of a chat, in one step."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contacts.console import showing
from contacts.console.forms import Ending
from contacts.console.views import visible_chat
from contacts.models import Contact, ContactTopic, LegalBasis, Pause, Step
from contacts.models.contact import Unread
from contacts.models.words import open_all
from contacts.showing import said
from contacts.vocabulary import StepKind
from contacts.written import showing as written_showing
from helpline.foundation.audit.models import record_reading
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def chats_end(request, pk):
    """How it ended, what it was about and the legal basis, together; then after-chat time."""
    contact = visible_chat(request, pk).contact
    ticked = tuple(sorted(contact.topics.values_list("topic", flat=True)))
    data = request.POST if request.method == "POST" else None
    form = Ending(data, seen=contact.last_line, ticked=ticked)
    if form.is_valid() and ended(contact, form, by=request.user):
        Pause.objects.begin(Pause.Kind.AFTER_CALL, by=request.user)
        messages.success(
            request, "The chat has ended. You can read it for 24 hours. Take the time you need."
        )
        return redirect("chats")
    context = {"contact": showing.heading(contact), "form": form, "bases": contact.bases.count()}
    context["sending"] = written_showing.before_the_end(contact)
    if form.end.is_bound:
        context["unread"] = unread(contact, form, by=request.user)
    return render(request, "console/end.html", context)


def unread(contact: Contact, form: Ending, *, by: Staff) -> list[str]:
    """What they have said since the form was drawn, which whoever ends the chat reads first."""
    seen = form.end.cleaned_data.get("seen", 0)
    lines = open_all(contact, list(contact.lines.theirs_after(seen).order_by("number")))
    if lines:
        record_reading(contact, by=by, shared=True)
    form.end.shown_until(lines[-1].number if lines else seen)
    return [said(line) for line in lines]


def ended(contact: Contact, form: Ending, *, by: Staff) -> bool:
    """Whether all of it could be recorded and the chat has ended; if not, nothing was."""
    given = form.end.cleaned_data
    added, removed = form.topics.changes()
    try:
        with transaction.atomic():
            ContactTopic.objects.change(contact, added=added, removed=removed)
            if form.basis.is_bound:
                LegalBasis.objects.discern(contact, by=by, **form.basis.said())
            if given["told_of_review"]:
                Step.objects.say(contact, StepKind.REVIEW_RIGHT, by=by)
            names = ("outcome", "explained", "their_view", "why", "seen")
            contact.end(by=by, **{name: given[name] for name in names})
    except Unread:
        return False
    except Refused as reason:
        form.basis.add_error(None, str(reason))
        return False
    return True

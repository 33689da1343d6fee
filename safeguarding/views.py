"""The contact's page, with what holds it."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from contacts import desk_showing
from contacts import showing as contact_showing
from contacts.acts import showing as acts_showing
from contacts.views import opened
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission
from safeguarding import showing
from safeguarding.escalations import showing as worries


@require_GET
@requires(Permission.READ_TRANSCRIPTS)
def contact(request, pk):
    """One contact: what was said, what was noted, until when it stays, and who has read it."""
    found = opened(request, pk)
    context = contact_showing.shown(found, request.user) | desk_showing.desk(found, request.user)
    context |= showing.holds_of(found, request.user)
    context["worries"] = worries.open_about(found, request.user) if found.escalated else []
    context["acts"] = acts_showing.on_contact(found, request.user)
    return render(request, "contacts/contact.html", context)

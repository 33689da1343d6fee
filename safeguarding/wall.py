"""The wall between whoever is away and whoever misses them, and the one window in it (rules 2.8.8).

No search of a worker crosses it: a name finds records of people who chose to be known, and neither
what was asked in a contact, nor an escalation, nor what an authority asks about.
"""

from django.db.models import QuerySet
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from contacts.acts import showing as acts_showing
from contacts.acts.forms import BothSidesForm
from contacts.models import ActionRequest
from contacts.models.action import name_index
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.authorities import showing
from safeguarding.models import AuthorityRequest, Escalation

MOST_SHOWN = 50


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_BOTH_SIDES)
def both_sides(request):
    """A safeguarding lead sees that both sides of an absence exist, and why is in the trail."""
    form, context = BothSidesForm(request.POST or None), {"rows": None}
    if form.is_valid():
        why = form.cleaned_data["why"]
        record_first(Action.BOTH_SIDES_LOOKED_UP, on=None, by=request.user, why=why)
        context = both_sides_of(form.cleaned_data["name"], request.user)
    return render(request, "acts/both_sides.html", context | {"form": form})


def both_sides_of(name: str, staff: Staff) -> dict:
    """What people asked for, what they worry us with and what authorities ask, under one name."""
    index = name_index(name)
    asked = ActionRequest.objects.unexpired().filter(service__in=staff.services, away=index)
    found = list(asked.exclude(away=None).select_related("owner")[:MOST_SHOWN])
    mine = set(ActionRequest.objects.visible_to(staff).values_list("pk", flat=True))
    enquiries = AuthorityRequest.objects.visible_to(staff).filter(about=index).exclude(about=None)
    return {
        "rows": [
            (acts_showing.row(each, openable=each.pk in mine), each.get_side_display())
            for each in found
        ],
        "worries": worries_about({each.contact_id for each in found}, staff),
        "enquiries": [
            showing.row(each) for each in enquiries.order_by("-received_at")[:MOST_SHOWN]
        ],
    }


def worries_about(contacts: set, staff: Staff) -> QuerySet:
    """The escalations about these contacts that this person may see."""
    seen = Escalation.objects.visible_to(staff).filter(contact__in=contacts)
    return seen.order_by("-raised_at")[:MOST_SHOWN]

"""Worries that end soon, so that somebody looks at them before they go (rules 2.6)."""

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from helpline.foundation.calendar import day_words, london_date
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.models import Escalation

MOST_SHOWN = 200


def ours(staff: Staff) -> QuerySet[Escalation]:
    """What this person sees of the worries that end within 90 days."""
    return Escalation.objects.visible_to(staff).ending()


def to_look_at(staff: Staff) -> QuerySet[Escalation]:
    """Those of them that nobody has looked at."""
    return ours(staff).filter(looked_at_on=None)


@require_GET
@requires(Permission.LOOK_INTO_ESCALATIONS)
def escalations_ending(request):
    """What ends within 90 days, the first to go first."""
    rows = ours(request.user).select_related("looked_at_by")[:MOST_SHOWN]
    context = {"page": [shown(each) for each in rows]}
    return render(request, "safeguarding/escalations/ending.html", context)


def shown(escalation: Escalation) -> dict:
    """One that ends soon: what it was about, and when it goes."""
    looked = escalation.looked_at_by
    return {
        "pk": escalation.pk,
        "url": escalation.get_absolute_url(),
        "name_words": escalation.name_words,
        "about": escalation.get_kind_display(),
        "closed": day_words(london_date(escalation.closed_at)),
        "ends": day_words(escalation.keep_until),
        "by": looked.alias if looked else "",
    }


@require_POST
@requires(Permission.LOOK_INTO_ESCALATIONS)
def escalation_looked_at(request, pk):
    """Nothing is owed to anybody any more: it can go on its day."""
    found = Escalation.objects.visible_to(request.user).filter(pk=pk).first() or refuse(request)
    found.look_at_before_its_end(by=request.user)
    messages.success(request, "Written down. It goes on its day.")
    return redirect("escalations_ending")

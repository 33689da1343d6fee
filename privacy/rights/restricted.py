"""What is restricted now: a list of handles and days, and the uses that the law still allows."""

from django.contrib import messages
from django.db.models import Min, Q
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from helpline.foundation.calendar import day_words, london_today
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from privacy.models import Concern, Restriction
from privacy.rights import forms
from privacy.rights.views import status_of, tried

AT_ONCE = 50


def near(staff: Staff):
    """The restrictions in force over something of this person’s services, the oldest time first."""
    ours = Q(request__concerns__contact__service__in=staff.services)
    ours |= Q(request__service_user__service__in=staff.services)
    found = Restriction.objects.in_force().filter(ours).select_related("request")
    return found.annotate(until=Min("request__concerns__contact__purge_on")).order_by("until", "pk")


@require_GET
@requires(Permission.APPROVE_RIGHTS)
def rights_restricted(request):
    """All that is restricted, and nothing of what it says."""
    return listed(request)


def listed(request, *, wrong=None, of=None):
    """The list; a form that was refused stands in its place."""
    rows = list(near(request.user)[:AT_ONCE])
    handles = handles_of(rows)
    context = {
        "page": [
            shown(row, handles.get(row.request_id, []), wrong if row.request_id == of else None)
            for row in rows
        ],
        "may": {"answer": request.user.may(Permission.ANSWER_RIGHTS)},
    }
    return render(request, "rights/restricted.html", context, status=status_of(wrong))


def handles_of(rows: list[Restriction]) -> dict:
    """The handles of what each request restricts, by its id; one query."""
    concerns = Concern.objects.filter(request__in=[row.request_id for row in rows])
    found: dict = {}
    for concern in concerns.select_related("contact").order_by("contact__started_at"):
        found.setdefault(concern.request_id, []).append(concern.contact.handle_words)
    return found


def shown(row: Restriction, handles: list[str], wrong) -> dict:
    """One restriction, with an empty form for a use of it."""
    return {
        "request": row.request,
        "reference": row.request.reference.replace("-", " "),
        "ground": row.get_ground_display(),
        "since": day_words(row.began_on),
        "handles": handles,
        "record": row.request.service_user_id is not None,
        "until": day_words(row.until) if row.until else "",
        "is_past": row.until is not None and row.until <= london_today(),
        "form": wrong or forms.UseForm(auto_id=f"{row.request_id}-%s"),
    }


@require_POST
@requires(Permission.APPROVE_RIGHTS)
def rights_restricted_use(request, pk):
    """A use that the law allows, written down first (Art 18(2))."""
    found = near(request.user).filter(request=pk).first() or refuse(request)
    form = forms.UseForm(request.POST, auto_id=f"{pk}-%s")
    if not form.is_valid() or not tried(form, lambda: used(found, form, request.user)):
        return listed(request, wrong=form, of=pk)
    messages.success(request, "It is written down. You may use it for seven days.")
    return redirect("rights_restricted")


def used(found: Restriction, form, by: Staff) -> None:
    """What was filled in, as a use."""
    found.use(form.cleaned_data["ground"], by=by, why=form.cleaned_data["why"])

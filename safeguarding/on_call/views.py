"""Pages that show who is on call, and on which supervisors and leads keep the list."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission, Service
from safeguarding import sweeping
from safeguarding.models import OnCall
from safeguarding.on_call import showing
from safeguarding.on_call.forms import ServiceForm, ShiftForm, shift_of


@require_GET
@requires(Permission.SEE_ESCALATIONS)
def on_call(request):
    """Who is on call now, and the next fortnight."""
    context = {
        "rotas": showing.rotas(request.user),
        "unswept": sweeping.is_late(),
        "may_keep": request.user.may(Permission.KEEP_ROTA),
        "hours_marked": [(hour * 60, f"{hour}:00") for hour in (6, 12, 18)],
    }
    return render(request, "safeguarding/on_call/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_ROTA)
def add(request):
    """Put somebody on call."""
    only = request.user.services if len(request.user.services) == 1 else []
    service = request.GET.get("service", *only)
    if service not in request.user.services:
        form = ServiceForm(staff=request.user)
        return render(request, "safeguarding/on_call/service.html", {"form": form})
    form = ShiftForm(request.POST or None, service=service)
    if form.done(OnCall.objects.put, service, by=request.user):
        return done(request, "The shift stands in the list.")
    context = {"form": form, "service": Service(service).label}
    return render(request, "safeguarding/on_call/add.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_ROTA)
def change(request, pk):
    """Another post, person or time for one shift."""
    shift = _shift(request, pk)
    form = ShiftForm(request.POST or None, initial=shift_of(shift), service=shift.service)
    told = showing.told(shift)
    if form.done(shift.change, by=request.user):
        return done(request, "The shift is changed.")
    context = {"form": form, "shift": shift, "told": told}
    return render(request, "safeguarding/on_call/change.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_ROTA)
def remove(request, pk):
    """Ask whether it is meant, then take a shift out of the list."""
    shift = _shift(request, pk)
    if request.method == "GET":
        context = {"shift": shift, "told": showing.told(shift)}
        return render(request, "safeguarding/on_call/remove.html", context)
    shift.remove(by=request.user)
    return done(request, "The shift is removed.")


def done(request, words: str):
    """Say what was done, and at once what is missing now."""
    messages.success(request, words)
    return redirect("on_call")


def _shift(request, pk) -> OnCall:
    """A shift in one of this person's services."""
    mine = OnCall.objects.visible_to(request.user).select_related("staff")
    return mine.filter(pk=pk).first() or refuse(request)

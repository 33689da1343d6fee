"""Where an alert leads, and what every page of those who are alerted asks again and again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission
from safeguarding.escalations.clock import database_now
from safeguarding.models import Alerted, Presence


@require_POST
@requires(Permission.LOOK_INTO_ESCALATIONS)
def sign(request):
    """An open page of this person gives a sign, and is told how many escalations wait for them."""
    Presence.objects.sign(request.user)
    waiting = len(Alerted.objects.waiting_for(request.user, database_now()))
    if request.POST.get("shown") == str(waiting):
        return HttpResponse(status=204)
    return render(request, "safeguarding/alerts/_waiting.html", {"alerts": waiting})


@require_GET
@requires(Permission.LOOK_INTO_ESCALATIONS)
def waiting(request):
    """To the escalation of which this person was alerted first and which still waits."""
    rows = Alerted.objects.waiting_for(request.user, database_now())
    if rows:
        return redirect(rows[0].alert.escalation)
    messages.success(request, "Nothing waits any more: somebody is looking at it.")
    return redirect("on_call")

"""Partner systems: who has a key, until when, and the button that ends it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpline.foundation.calendar import day_words
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.forms import PartnerKeyForm
from helpline.foundation.staff.models import PartnerKey
from helpline.foundation.staff.roles import Permission, Scope

TONES = {"valid": "good", "expired": "warn"}


@require_GET
@requires(Permission.MANAGE_STAFF)
def keys(request):
    """Every key there is, and a form for a new one."""
    return render(request, "staff/partners.html", _keys(PartnerKeyForm()))


@require_POST
@requires(Permission.MANAGE_STAFF)
def new_key(request):
    """Make a key and show it, this once."""
    form = PartnerKeyForm(request.POST)
    if not form.is_valid():
        return render(request, "staff/partners.html", _keys(form), status=400)
    key, token = PartnerKey.objects.make(by=request.user, **form.cleaned_data)
    return render(request, "staff/partner_key.html", {"row": _row(key), "token": token})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_STAFF)
def end_key(request, pk):
    """Ask whether it is meant, then shut a system out."""
    key = get_object_or_404(PartnerKey, pk=pk)
    if request.method == "GET":
        return render(request, "staff/end_partner_key.html", {"row": _row(key)})
    key.end(by=request.user)
    messages.success(request, f"{key.name} is shut out from now on.")
    return redirect("staff_partners")


def _keys(form):
    return {"rows": [_row(key) for key in PartnerKey.objects.all()], "form": form}


def _row(key):
    """What a page shows of one key."""
    return {
        "pk": key.pk,
        "name": key.name,
        "service": key.get_service_display(),
        "scopes": ", ".join(Scope(scope).label for scope in key.scopes),
        "until": day_words(key.until),
        "used": day_words(key.last_used_on) if key.last_used_on else "Never",
        "standing": key.standing.capitalize(),
        "tone": TONES.get(key.standing, "quiet"),
        "may": {"end": key.ended_at is None},
    }

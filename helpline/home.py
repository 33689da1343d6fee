"""Where a sign-in leads: the first place that this person's roles open."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from helpline.context import counts_for, navigation, shouted
from helpline.foundation.staff.access import for_all_staff, requires
from helpline.foundation.staff.roles import Permission


@require_GET
@for_all_staff
def home(request):
    """The first entry of the navigation, or what to expect while no role is in force yet."""
    places = navigation(request.user, counts_for(request.user), request.path)
    if request.user.roles:
        return redirect(places[0].url)
    context = {"waiting": request.user.grants.waiting(), "places": places}
    return render(request, "staff/home.html", context)


@require_GET
@requires(Permission.SEE_CONTACTS)
def counts(request):
    """The navigation anew, for a page whose own stream has told it that something changed."""
    counted = counts_for(request.user, anew=True)
    entries = navigation(request.user, counted, request.GET.get("at", ""))
    return render(
        request,
        "staff/counts.html",
        {"entries": entries, "sides": ("Side", "Menu"), "shouts": shouted(entries)},
    )

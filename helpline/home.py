"""Where a sign-in leads: the first place that this person's roles open."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from helpline.context import counts_for, navigation
from helpline.foundation.staff.access import for_all_staff


@require_GET
@for_all_staff
def home(request):
    """The first entry of the navigation, or what to expect while no role is in force yet."""
    places = navigation(request.user, counts_for(request.user), request.path)
    if request.user.roles:
        return redirect(places[0].url)
    context = {"waiting": request.user.grants.waiting(), "places": places}
    return render(request, "staff/home.html", context)

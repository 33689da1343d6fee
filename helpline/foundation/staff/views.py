"""People: who works here, in which roles, services and teams."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpline.foundation.staff.access import for_all_staff, requires
from helpline.foundation.staff.forms import InviteForm, PlaceForm, RoleForm, TeamForm
from helpline.foundation.staff.models import Invitation, RoleGrant, Staff, Team
from helpline.foundation.staff.roles import Permission


@require_POST
@for_all_staff
def still_here(request):
    """One key pressed at the warning: the request itself is the activity."""
    return HttpResponse(status=204)


@require_GET
@requires(Permission.MANAGE_STAFF)
def people(request):
    """Everyone who works here, was invited, or has left."""
    return render(request, "staff/people.html", _people(InviteForm()))


@require_POST
@requires(Permission.MANAGE_STAFF)
def invite(request):
    """Invite someone new."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return render(request, "staff/people.html", _people(form), status=400)
    Invitation.objects.invite(by=request.user, **form.cleaned_data)
    messages.success(request, "The invitation is on its way. Its link works once, for 72 hours.")
    return redirect(Staff.objects.get(email=form.cleaned_data["email"]))


def _people(form):
    staff = Staff.objects.prefetch_related("grants", "teams")
    rows = [_row(person) for person in staff]
    return {"people": rows, "form": form, "teams": Team.objects.all(), "team_form": TeamForm()}


def _row(person):
    """What a page shows of one person."""
    live = {RoleGrant.Status.IN_FORCE: "", RoleGrant.Status.ASKED: " (waits for approval)"}
    roles = [
        grant.get_role_display() + live[grant.status]
        for grant in person.grants.all()
        if grant.status in live
    ]
    return {
        "name": person.name or person.email,
        "alias": person.alias,
        "url": person.get_absolute_url(),
        "roles": ", ".join(roles) or "None",
        "teams": ", ".join(team.name for team in person.teams.all()),
        "standing": person.standing.capitalize(),
        "tone": {"active": "good", "invited": "info"}.get(person.standing, "quiet"),
    }


@require_POST
@requires(Permission.MANAGE_STAFF)
def new_team(request):
    """A team that people can then be placed in."""
    form = TeamForm(request.POST)
    if form.is_valid():
        form.save()
    else:
        messages.error(request, "This team exists already, or it has no name.")
    return redirect("staff_people")


@require_GET
@requires(Permission.MANAGE_STAFF)
def person(request, pk):
    """One person: roles, services, teams."""
    staff = get_object_or_404(Staff, pk=pk)
    context = {
        "person": staff,
        "row": _row(staff),
        "is_oneself": staff.person == request.user.person,
        "grants": staff.grants.live().select_related("asked_by", "approved_by"),
        "role_form": RoleForm(),
        "place_form": PlaceForm(initial={"services": staff.services, "teams": staff.teams.all()}),
    }
    return render(request, "staff/person.html", context)


@require_POST
@requires(Permission.MANAGE_STAFF)
def place(request, pk):
    """Move someone between services and teams."""
    staff = get_object_or_404(Staff, pk=pk)
    form = PlaceForm(request.POST)
    if form.is_valid():
        staff.assign(by=request.user, **form.cleaned_data)
    return redirect(staff)


@require_POST
@requires(Permission.MANAGE_STAFF)
def ask_for_role(request, pk):
    """Ask for a role for someone else."""
    staff = get_object_or_404(Staff, pk=pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        RoleGrant.objects.ask(staff, form.cleaned_data["role"], by=request.user)
    return redirect(staff)


@require_POST
@requires(Permission.MANAGE_STAFF)
def end_role(request, pk):
    """Take a role away, or withdraw the request for it."""
    grant = get_object_or_404(RoleGrant.objects.live(), pk=pk)
    grant.end(by=request.user)
    return redirect(grant.staff)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_STAFF)
def deactivate(request, pk):
    """Ask whether it is meant, then shut someone out."""
    staff = get_object_or_404(Staff, pk=pk)
    if request.method == "GET":
        return render(request, "staff/deactivate.html", {"row": _row(staff)})
    staff.deactivate(by=request.user)
    messages.success(request, "This person can no longer sign in and has been signed out.")
    return redirect(staff)


@require_POST
@requires(Permission.MANAGE_STAFF)
def invite_again(request, pk):
    """A new link for someone who has not joined yet, or who comes back."""
    staff = get_object_or_404(Staff, pk=pk)
    if staff.left_at:
        Invitation.objects.invite_back(staff, by=request.user)
    else:
        Invitation.objects.send(staff, by=request.user)
    messages.success(request, "A new invitation is on its way. Earlier links no longer work.")
    return redirect(staff)


@require_GET
@requires(Permission.APPROVE_ROLES)
def approvals(request):
    """Roles that wait for a second person."""
    waiting = list(RoleGrant.objects.waiting().select_related("staff", "asked_by"))
    for grant in waiting:
        grant.is_mine = not grant.may_be_decided(by=request.user)
    return render(request, "staff/approvals.html", {"waiting": waiting})


@require_POST
@requires(Permission.APPROVE_ROLES)
def approve_role(request, pk):
    """The second signature."""
    get_object_or_404(RoleGrant, pk=pk).approve(by=request.user)
    return redirect("staff_approvals")


@require_POST
@requires(Permission.APPROVE_ROLES)
def turn_down_role(request, pk):
    """The second person says no."""
    get_object_or_404(RoleGrant, pk=pk).turn_down(by=request.user)
    return redirect("staff_approvals")

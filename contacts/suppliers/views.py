"""The register of suppliers: a list by the day of the next review, and a page for each."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contacts.acts.views import refusal, too_late
from contacts.models import Supplier
from contacts.models.supplier import MAY_CHANGE
from contacts.suppliers import showing
from contacts.suppliers.forms import MoveForm, NewForm, ReviewForm
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

MOST_SHOWN = 200


@require_GET
@requires(Permission.SEE_SUPPLIERS)
def suppliers(request):
    """Everybody who carries or keeps something for us."""
    rows = showing.rows(Supplier.objects.listed()[:MOST_SHOWN], london_today())
    return render(request, "suppliers/list.html", {"rows": rows, "may": rights(request)})


@require_GET
@requires(Permission.SEE_SUPPLIERS)
def supplier(request, pk):
    """One supplier: what it does for us, how it stands, and all that was done about it."""
    found = one(request, pk)
    context = {"row": showing.row(found, london_today()), "may": rights(request)}
    context |= {"facts": showing.facts(found), "history": showing.history(found)}
    context |= {"copies": showing.copies(found), "waiting": found.has_people_waiting()}
    return render(request, "suppliers/supplier.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_SUPPLIERS)
def new(request):
    """Enter a supplier; it waits suspended until it is approved."""
    form = NewForm(request.POST or None)
    if form.is_valid():
        made = Supplier.objects.add(by=request.user, **form.cleaned_data)
        messages.success(
            request, "It is in the register. Nothing new uses it until you approve it."
        )
        return redirect("supplier", made.pk)
    context = {"form": form, "heading": "Add a supplier"}
    return render(request, "suppliers/write.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_SUPPLIERS)
def review(request, pk):
    """Write down what today's review found."""
    found = one(request, pk)
    known = {name: getattr(found, name) for name in MAY_CHANGE}
    form = ReviewForm(request.POST or None, initial=known)
    if form.is_valid():
        found.review(by=request.user, **form.cleaned_data)
        messages.success(request, "The review is written down.")
        return redirect("supplier", found.pk)
    context = {"form": form, "heading": f"Review {found.name}", "pk": found.pk}
    return render(request, "suppliers/write.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_SUPPLIERS)
def move(request, pk):
    """Approve or suspend it: says what follows, and asks whether it is meant."""
    found = one(request, pk)
    form = MoveForm(request.POST or None, supplier=found)
    if form.is_valid() and not too_late(form, lambda: moved(found, form, request.user)):
        messages.success(request, "From now on it is: " + found.get_status_display() + ".")
        return redirect("supplier", found.pk)
    context = {"form": form, "row": showing.row(found, london_today()), "lacks": found.lacks()}
    return render(request, "suppliers/standing.html", context, status=refusal(form))


def moved(found: Supplier, form: MoveForm, by: Staff) -> None:
    """Move a supplier as the form says."""
    verbs = {
        Supplier.Status.APPROVED: found.approve,
        Supplier.Status.CONDITIONAL: found.approve_on_conditions,
        Supplier.Status.SUSPENDED: found.suspend,
    }
    verbs[form.cleaned_data["to"]](by=by, why=form.cleaned_data["why"])


def one(request, pk) -> Supplier:
    """A supplier of the register; otherwise the usual 404."""
    rows = Supplier.objects.filter(pk=pk).select_related("moved_by")
    return rows.first() or refuse(request)


def rights(request) -> dict[str, bool]:
    """What this person may do here."""
    return {"keep": request.user.may(Permission.KEEP_SUPPLIERS)}

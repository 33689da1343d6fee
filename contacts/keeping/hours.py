"""Pages on which a supervisor keeps the opening hours of their services."""

from datetime import time
from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts import hours_words
from contacts.keeping.hours_forms import ChangeForm, ClosureForm, OpeningForm
from contacts.models import Closure, Day, Opening
from contacts.models.hours import MIDNIGHT
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission, Service

DAY_LONG = 24 * 60  # minutes, and units of the picture


class Bar(NamedTuple):
    """One span in the picture of its day."""

    begins: int
    lasts: int


class Span(NamedTuple):
    """One span as the page lists it."""

    pk: object
    words: str
    bar: Bar


class DayShown(NamedTuple):
    """One day of the week with its spans."""

    label: str
    spans: list[Span]


class Week(NamedTuple):
    """One service: whether it is open now, its week, and its closures to come."""

    label: str
    now: str
    days: list[DayShown]
    closures: list[tuple[object, str]]


def weeks(staff) -> list[Week]:
    """The weeks of this person's services."""
    openings = list(Opening.objects.visible_to(staff))
    closures = list(Closure.objects.visible_to(staff).filter(on__gte=london_today()))
    return [week(service, openings, closures) for service in staff.services]


def week(service: str, openings: list[Opening], closures: list[Closure]) -> Week:
    """One service's week out of those that were read."""
    mine = [each for each in openings if each.service == service]
    days = [DayShown(day.label, [shown(each) for each in mine if each.day == day]) for day in Day]
    to_come = [(c.pk, hours_words.closure_words(c)) for c in closures if c.service == service]
    return Week(str(Service(service).label), hours_words.now_words(service), days, to_come)


def shown(opening: Opening) -> Span:
    """One span in words and as a bar."""
    begins = minutes(opening.opens)
    ends = DAY_LONG if opening.closes == MIDNIGHT else minutes(opening.closes)
    return Span(opening.pk, hours_words.span_words(opening), Bar(begins, ends - begins))


def minutes(at) -> int:
    """A time of day in minutes."""
    return at.hour * 60 + at.minute


def page(request, form=None, closing=None):
    """The weeks, and the forms that change them."""
    context = {
        "weeks": weeks(request.user),
        "form": form or OpeningForm(staff=request.user),
        "closing": closing or ClosureForm(staff=request.user, prefix="closing"),
        "hours_marked": [(hour * 60, hours_words.clock_words(time(hour))) for hour in (6, 12, 18)],
    }
    return render(request, "keeping/hours.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_CHAT)
def hours(request):
    """The hours of one's services; a press adds some."""
    form = OpeningForm(request.POST, staff=request.user) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return page(request, form)
    given = form.cleaned_data
    Opening.objects.add(
        given["service"], given["days"], given["opens"], given["closes"], by=request.user
    )
    messages.success(request, "The hours are in force.")
    return redirect("hours")


@require_POST
@requires(Permission.KEEP_CHAT)
def close(request):
    """A service stays closed on one day."""
    form = ClosureForm(request.POST, staff=request.user, prefix="closing")
    if not form.is_valid():
        return page(request, closing=form)
    given = form.cleaned_data
    Closure.objects.add(given["service"], given["on"], given["why"], by=request.user)
    messages.success(request, "The service stays closed on that day.")
    return redirect("hours")


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_CHAT)
def span(request, pk):
    """Other times for one span."""
    opening = Opening.objects.visible_to(request.user).filter(pk=pk).first() or refuse(request)
    before = {"opens": opening.opens, "closes": opening.closes}
    form = ChangeForm(request.POST or None, initial=before, span=opening)
    if form.is_valid():
        given = form.cleaned_data
        opening.change(given["opens"], given["closes"], by=request.user)
        messages.success(request, "The hours are in force.")
        return redirect("hours")
    context = {
        "form": form,
        "opening": opening,
        "words": hours_words.span_words(opening),
    }
    return render(request, "keeping/span.html", context)


@require_POST
@requires(Permission.KEEP_CHAT)
def span_remove(request, pk):
    """The service no longer answers then."""
    opening = Opening.objects.visible_to(request.user).filter(pk=pk).first() or refuse(request)
    opening.remove(by=request.user)
    messages.success(request, "The hours are removed.")
    return redirect("hours")


@require_POST
@requires(Permission.KEEP_CHAT)
def closure_remove(request, pk):
    """The service answers on that day after all."""
    closure = Closure.objects.visible_to(request.user).filter(pk=pk).first() or refuse(request)
    closure.remove(by=request.user)
    messages.success(request, "The closure is removed.")
    return redirect("hours")

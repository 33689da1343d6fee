"""Holds as staff see and move them: the board, one hold, and what a worry proposes."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.acts.views import refusal, too_late
from contacts.models import Contact
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from safeguarding import board, choosing, showing
from safeguarding.forms import HoldForm, NotNeededForm, ReleaseForm, ReviewForm
from safeguarding.models import Escalation, Hold


@require_GET
@requires(Permission.PLACE_HOLDS)
def holds(request):
    """The board: what a worry proposes, what waits for a second person, what is in force by review
    day, and what was released in the last week."""
    staff = request.user
    try:
        page, more = board.page_of(staff, request.GET.get("after", ""))
    except ValueError:
        refuse(request)
    context = {
        "page": page,
        "shown": f"{len(page)} shown",
        "more_url": f"?after={more}" if more else "",
        "first": "after" not in request.GET,
        "proposals": showing.proposals(board.proposed(staff)),
        "waiting": [showing.shown(hold) for hold in board.waiting(staff)],
        "lately": [showing.shown(hold) for hold in board.lately(staff)],
        "may": {
            "place_hold": True,
            "approve_hold": staff.may(Permission.APPROVE_HOLDS),
            "release_hold": staff.may(Permission.RELEASE_HOLDS),
        },
    }
    return render(request, "safeguarding/holds.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLACE_HOLDS)
def hold_place(request, pk):
    """Hold a contact and others with it, or bring back what was released less than a week ago."""
    found = choosing.holdable_by(request.user).filter(pk=pk).first() or refuse(request)
    said = {"ground": choosing.ground_proposed(found, request.user)}
    form = HoldForm(request.POST or None, contact=found, staff=request.user, initial=said)
    if form.is_valid() and not too_late(form, lambda: place(request, found, form)):
        return redirect("holds")
    effect = "It holds from now on. Its words stay until somebody releases the hold."
    return hold_page(request, [found], form, "Hold this contact", effect, "Hold it")


def place(request, found: Contact, form) -> None:
    """Hold what the form names, and say of how many contacts it was."""
    hold = Hold.objects.place(found, by=request.user, **form.placing())
    held = hold.covers.count()
    said = "The contact is" if held == 1 else f"{held} contacts are"
    messages.success(request, f"{said} held. Somebody else approves it within 72 hours.")


def hold_page(request, contacts, form, heading, effect, button, tone="held"):
    """The one page on which a hold is placed, reviewed or released."""
    first, *more = contacts
    context = {
        "contact": {"handle_words": first.handle_words, "url": first.get_absolute_url()},
        "more": [each.handle_words for each in more],
        "form": form,
        "heading": heading,
        "effect": effect,
        "effect_tone": tone,
        "button": button,
    }
    return render(request, "safeguarding/hold_form.html", context, status=refusal(form))


def _hold(request, pk) -> Hold:
    """A hold this person may see, with its contacts."""
    mine = Hold.objects.visible_to(request.user).with_contacts()
    return mine.filter(pk=pk).first() or refuse(request)


def covered(hold: Hold) -> list[Contact]:
    """What a hold covers, the oldest first."""
    return [each.contact for each in hold.covers.all()]


@require_POST
@requires(Permission.APPROVE_HOLDS)
def hold_approve(request, pk):
    """A second person agrees to a hold."""
    _hold(request, pk).approve(by=request.user)
    messages.success(request, "The hold is approved.")
    return redirect("holds")


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_HOLDS)
def hold_review(request, pk):
    """Look at a hold again and keep it for up to six more months."""
    hold = _hold(request, pk)
    form = ReviewForm(request.POST or None)
    if form.is_valid() and not too_late(
        form, lambda: hold.review(by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "The hold has been looked at and stays.")
        return redirect("holds")
    effect = "It stays in force. If it is no longer needed, release it instead."
    return hold_page(request, covered(hold), form, "Look at this hold again", effect, "Keep it")


@require_http_methods(["GET", "POST"])
@requires(Permission.RELEASE_HOLDS)
def hold_release(request, pk):
    """End a hold; what is past its date is unreadable at once."""
    hold = _hold(request, pk)
    form = ReleaseForm(request.POST or None)
    if form.is_valid() and not too_late(
        form, lambda: hold.release(by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "The hold is released.")
        return redirect("holds")
    effect = (
        "What it covers and is past its 18 months, nobody can read from now on, and it is destroyed"
        " in 7 days. Until then a new hold brings it back. A record of theirs that is closed, and"
        " waits only for this hold, is destroyed then."
    )
    heading = "Release this hold"
    return hold_page(request, covered(hold), form, heading, effect, "Release it", tone="bad")


@require_http_methods(["GET", "POST"])
@requires(Permission.PLACE_HOLDS)
def hold_not_needed(request, pk):
    """A worry proposed a hold, and its contact may go on its day all the same."""
    worries = Escalation.objects.visible_to(request.user).filter(contact__purged_on=None)
    worry = worries.select_related("contact").filter(pk=pk).first()
    if worry is None or worry.contact is None:
        refuse(request)
    form = NotNeededForm(request.POST or None)
    if form.is_valid() and not too_late(
        form, lambda: worry.no_hold_needed(by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Written down. The contact goes after its 18 months.")
        return redirect("holds")
    effect = "The contact goes after its 18 months, as every other does. The worry itself stays."
    heading = "No hold is needed"
    return hold_page(request, [worry.contact], form, heading, effect, heading, tone="warn")

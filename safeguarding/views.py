"""The contact's page, with what holds it, and the holds themselves."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts import desk_showing
from contacts import showing as contact_showing
from contacts.acts import showing as acts_showing
from contacts.models import Contact
from contacts.views import opened
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from safeguarding import showing
from safeguarding.escalations import showing as worries
from safeguarding.forms import HoldForm, ReleaseForm, ReviewForm
from safeguarding.models import SPARED_FOR, Hold

MOST_SHOWN = 200


@require_GET
@requires(Permission.READ_TRANSCRIPTS)
def contact(request, pk):
    """One contact: what was said, what was noted, until when it stays, and who has read it."""
    found = opened(request, pk)
    context = contact_showing.shown(found, request.user) | desk_showing.desk(found, request.user)
    context |= showing.holds_of(found, request.user)
    context["worries"] = worries.open_about(found, request.user) if found.escalated else []
    context["acts"] = acts_showing.on_contact(found, request.user)
    return render(request, "contacts/contact.html", context)


@require_GET
@requires(Permission.PLACE_HOLDS)
def holds(request):
    """Every hold in force, those that need somebody first; and what was released in the last
    week."""
    people = Hold.objects.visible_to(request.user).select_related(
        "contact", "placed_by", "approved_by", "released_by"
    )
    force = people.in_force().order_by("status", "review_on")[:MOST_SHOWN]
    week = timezone.now() - SPARED_FOR
    lately = people.filter(status=Hold.Status.RELEASED, released_at__gt=week)[:MOST_SHOWN]
    context = {
        "page": [showing.shown(hold) for hold in force],
        "lately": [showing.shown(hold) for hold in lately],
        "may": {
            "approve_hold": request.user.may(Permission.APPROVE_HOLDS),
            "release_hold": request.user.may(Permission.RELEASE_HOLDS),
        },
    }
    return render(request, "safeguarding/holds.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLACE_HOLDS)
def hold_place(request, pk):
    """Hold a contact, or bring back one whose hold was released less than a week ago."""
    found = holdable(request, pk)
    form = HoldForm(request.POST or None)
    if form.is_valid():
        Hold.objects.place(found, by=request.user, **form.cleaned_data)
        messages.success(request, "The contact is held. Somebody else approves it within 72 hours.")
        return redirect("holds")
    effect = "It holds from now on. Its words stay until somebody releases the hold."
    return hold_page(request, found, form, "Hold this contact", effect, "Hold it")


def holdable(request, pk) -> Contact:
    """A contact this person may read, or one still there whose released hold they may see."""
    visible = Contact.objects.visible_to(request.user).filter(pk=pk).first()
    if visible:
        return visible
    week = timezone.now() - SPARED_FOR
    lately = Hold.objects.visible_to(request.user).filter(released_at__gt=week)
    released = lately.filter(status=Hold.Status.RELEASED)
    hold = released.filter(contact=pk).select_related("contact").first()
    return hold.contact if hold else refuse(request)


def hold_page(request, found, form, heading, effect, button, tone="held"):
    """The one page on which a hold is placed, reviewed or released."""
    context = {
        "contact": {"handle_words": found.handle_words, "url": found.get_absolute_url()},
        "form": form,
        "heading": heading,
        "effect": effect,
        "effect_tone": tone,
        "button": button,
    }
    return render(request, "safeguarding/hold_form.html", context)


def _hold(request, pk) -> Hold:
    """A hold this person may see, with its contact."""
    mine = Hold.objects.visible_to(request.user).select_related("contact", "placed_by")
    return mine.filter(pk=pk).first() or refuse(request)


@require_POST
@requires(Permission.APPROVE_HOLDS)
def hold_approve(request, pk):
    """A second person agrees to a hold."""
    hold = _hold(request, pk)
    hold.approve(by=request.user)
    messages.success(request, "The hold is approved.")
    return redirect("holds")


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_HOLDS)
def hold_review(request, pk):
    """Look at a hold again and keep it for up to six more months."""
    hold = _hold(request, pk)
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        hold.review(by=request.user, **form.cleaned_data)
        messages.success(request, "The hold has been looked at and stays.")
        return redirect("holds")
    effect = "It stays in force. If it is no longer needed, release it instead."
    return hold_page(request, hold.contact, form, "Look at this hold again", effect, "Keep it")


@require_http_methods(["GET", "POST"])
@requires(Permission.RELEASE_HOLDS)
def hold_release(request, pk):
    """End a hold; what is past its date is unreadable at once."""
    hold = _hold(request, pk)
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        hold.release(by=request.user, **form.cleaned_data)
        messages.success(request, "The hold is released.")
        return redirect("holds")
    effect = (
        "If the contact is past its 18 months, nobody can read it from now on, and it is destroyed"
        " in 7 days. Until then a new hold brings it back. A record of theirs that is closed, and"
        " waits only for this hold, is destroyed then."
    )
    heading = "Release this hold"
    return hold_page(request, hold.contact, form, heading, effect, "Release it", tone="bad")

"""What staff do about an address that they do not see, and, with a second person, see."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.console import showing as console_showing
from contacts.console.views import own_chat
from contacts.models import Contact, Reveal
from contacts.written import showing
from contacts.written.forms import RevealForm
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission


def own_conversation(request, pk):
    """The way to the person of a conversation that this worker has; otherwise the 404."""
    contact = own_chat(request, pk).contact
    return contact.correspondence if showing.is_written(contact) else refuse(request)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def written_safety(request, pk):
    """The person said whether it is safe that we write first (S0-16)."""
    safe = request.POST.get("safe") == "yes"
    own_conversation(request, pk).note_safety(safe, by=request.user)
    said = "It is noted that you may write to them first." if safe else "It is noted: not first."
    messages.success(request, said)
    return redirect("chats_one", pk)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def written_keep(request, pk):
    """The person asked us to keep their address, or not to."""
    keep = request.POST.get("keep") == "yes"
    own_conversation(request, pk).keep_address(keep, by=request.user)
    when = "only with this conversation" if keep else "after 30 days of silence"
    messages.success(request, f"Their number or address is destroyed {when}.")
    return redirect("chats_one", pk)


def visible_conversation(request, pk) -> Contact:
    """A conversation that this person may read; otherwise the 404."""
    rows = Contact.objects.visible_to(request.user).filter(pk=pk, correspondence__isnull=False)
    return rows.with_key().select_related("worker").first() or refuse(request)


@require_http_methods(["GET", "POST"])
@requires(Permission.REVEAL_ADDRESSES)
def address_ask(request, pk):
    """Ask to see the address behind a conversation, and see it once somebody else has agreed."""
    contact = visible_conversation(request, pk)
    form = RevealForm(request.POST or None)
    if form.is_valid():
        Reveal.objects.ask(contact, form.cleaned_data["reason"], by=request.user)
        messages.success(request, "You have asked. Somebody else decides.")
        return redirect("address_ask", pk)
    mine = contact.reveals.filter(asked_by=request.user).order_by("-asked_at", "-pk").first()
    context = {"contact": console_showing.heading(contact), "form": form, "mine": mine}
    context["waits"] = bool(mine) and mine.status == Reveal.Status.ASKED
    context["agreed"] = bool(mine) and mine.status == Reveal.Status.AGREED
    return render(request, "written/address.html", context)


@require_GET
@requires(Permission.REVEAL_ADDRESSES)
def addresses(request):
    """Who has asked to see an address and waits for a second person."""
    rows = Reveal.objects.to_decide(request.user).select_related("contact__key", "asked_by")
    return render(request, "written/addresses.html", {"asked": [showing.asked(r) for r in rows]})


@require_POST
@requires(Permission.REVEAL_ADDRESSES)
def address_decide(request, pk):
    """Agree to it, or not."""
    reveal = Reveal.objects.to_decide(request.user).filter(pk=pk).first() or refuse(request)
    agreed = request.POST.get("agreed") == "yes"
    reveal.decide(agreed, by=request.user)
    messages.success(request, "They can see it once." if agreed else "It stays hidden.")
    return redirect("addresses")


@require_POST
@requires(Permission.REVEAL_ADDRESSES)
def address_see(request, pk):
    """The address, once, for whoever asked."""
    mine = Reveal.objects.filter(pk=pk, asked_by=request.user)
    visible = Contact.objects.visible_to(request.user)
    reveal = mine.filter(contact__in=visible).select_related("contact__key").first()
    reveal = reveal or refuse(request)
    context = {"address": reveal.see(by=request.user), "pk": reveal.contact_id}
    context["contact"] = console_showing.heading(reveal.contact)
    return render(request, "written/seen.html", context)

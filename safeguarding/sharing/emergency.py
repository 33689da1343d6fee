"""999: what was said is written down in two clicks, and there is a page for when nothing works."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from contacts.acts.views import too_late
from contacts.models import Contact
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from safeguarding.escalations.views import had
from safeguarding.models import EmergencyCall, Escalation
from safeguarding.sharing import forms
from safeguarding.sharing.kinds import Emergency
from safeguarding.sharing.listing import status_of


@require_http_methods(["GET", "POST"])
@requires(Permission.RAISE_ESCALATIONS)
def contact_emergency(request, pk):
    """999 was called about whoever this contact is with; it raises an escalation by itself, also
    when the contact went, or went to somebody else, while somebody wrote."""
    contact = Contact.objects.visible_to(request.user).filter(pk=pk).first()
    if contact:
        return write_down(request, contact, contact.handle_words, contact.get_absolute_url())
    if request.method == "GET":
        refuse(request)
    name, back = "A contact that you had", reverse("staff_home")
    return write_down(request, had(request, pk), name, back)


@require_http_methods(["GET", "POST"])
@requires(Permission.RAISE_ESCALATIONS)
def escalation_emergency(request, pk):
    """999 was called about an escalation."""
    mine = Escalation.objects.visible_to(request.user)
    escalation = mine.filter(pk=pk).first() or refuse(request)
    return write_down(request, escalation, escalation.name_words, escalation.get_absolute_url())


def write_down(request, on, name: str, back: str):
    """The one form; what was typed stays when it cannot be taken."""
    form = forms.CallForm(request.POST or None, by=request.user, on=on)
    if form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if value}
        if not too_late(
            form, lambda: EmergencyCall.objects.write_down(by=request.user, on=on, **said)
        ):
            messages.success(
                request, "It is written down. A supervisor looks at it within 24 hours."
            )
            return redirect(back)
    context = {"form": form, "name": name, "back": back}
    return render(request, "sharing/emergency.html", context, status=status_of(form))


@require_GET
@requires(Permission.RAISE_ESCALATIONS)
def emergency_paper(request):
    """What to do and to write down on paper when this product is away: printed beforehand."""
    return render(request, "sharing/paper.html", {"services": Emergency.labels})

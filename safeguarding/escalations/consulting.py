"""The page on which a conversation with an outside professional is written down (S1-15)."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contacts.showing import opened_or
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from safeguarding.models import Consultation, Escalation
from safeguarding.models.consultation import Profession

LOST = "It cannot be opened."


def words(label: str, rows: int = 3, *, required: bool = True) -> forms.CharField:
    """A sealed answer."""
    box = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=4000, widget=box, required=required)


class ConsultForm(forms.Form):
    """Whom, what, and whether they could know who it is about."""

    profession = forms.ChoiceField(label="What sort of professional", choices=Profession)
    body = words("Who, and where they work", 1)
    named = forms.ChoiceField(
        label="Could they know who it is about?",
        choices=[("no", "No: nothing that could point to the person was said"), ("yes", "Yes")],
        widget=forms.RadioSelect,
    )
    why_named = words("If they could: why they had to", 2, required=False)
    asked = words("What you asked")
    answered = words("What they said")


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_ESCALATIONS)
def escalation_consult(request, pk):
    """Write it down, and read what was written down before."""
    visible = Escalation.objects.visible_to(request.user).with_keys()
    found = visible.filter(pk=pk).first() or refuse(request)
    record_reading(found, by=request.user, shared=True)
    form = ConsultForm(request.POST or None)
    if form.is_valid():
        said = dict(form.cleaned_data)
        anonymised = said.pop("named") == "no"
        try:
            Consultation.objects.note(found, by=request.user, anonymised=anonymised, **said)
        except (Refused, WrongState) as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "It is written down.")
            return redirect("escalation_consult", found.pk)
    context = {"form": form, "escalation": found, "before": before(found)}
    status = 422 if form.errors else 200
    return render(request, "safeguarding/escalations/consult.html", context, status=status)


def before(escalation: Escalation) -> list[dict]:
    """What was written down, newest first."""
    found = []
    for each in escalation.consultations.select_related("by").order_by("-number"):
        each.escalation = escalation
        told = {name: opened_or(each, name, LOST) for name in ("body", "asked", "answered")}
        told |= {"why_named": opened_or(each, "why_named", LOST), "anonymised": each.anonymised}
        told |= {"by": each.by.alias, "at": moment_words(each.at)}
        found.append(told | {"profession": each.get_profession_display()})
    return found

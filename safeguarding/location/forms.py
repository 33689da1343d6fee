"""What is written down when somebody asks where a person is."""

from django import forms
from django.utils import timezone

from contacts.acts.forms import words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.circumstances import Circumstance

PICKER = "%Y-%m-%dT%H:%M"


class AskForm(forms.Form):
    """That the person was asked first, and what the provider is to be asked."""

    asked_by = forms.ModelChoiceField(Staff.objects.none(), label="Who asked the person")
    asked_at = forms.DateTimeField(
        label="When they were asked",
        widget=forms.DateTimeInput({"type": "datetime-local"}, PICKER),
    )
    answered = words(
        "What they answered, in their words",
        help_text="If they could not answer any more, say so.",
        required=True,
    )
    wanted = words("Exactly what the provider is to be asked", rows=2, required=True)
    ground = forms.ChoiceField(
        label="Why",
        choices=[(Circumstance.LIFE_IN_DANGER.value, "A life is in danger now")],
        widget=forms.RadioSelect,
    )
    only = forms.BooleanField(label="It is for the emergency services, and for nothing else")

    def __init__(self, *args, escalation, **options):
        super().__init__(*args, **options)
        people = Staff.objects.who_may(Permission.RAISE_ESCALATIONS)
        people = people.filter(services__contains=[escalation.service])
        self.fields["asked_by"].queryset = people
        self.fields["asked_by"].label_from_instance = lambda staff: staff.alias
        self.fields["asked_at"].initial = timezone.localtime

    def said(self) -> dict:
        """What the verb takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "only"}


class WhereForm(forms.Form):
    """What the provider answered."""

    where = words("What they answered, word for word", required=True)


class WhyForm(forms.Form):
    """One reasoned text."""

    why = words("Why", required=True)
    label = "Why, in at least 20 characters"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["why"].label = self.label


class NothingForm(WhyForm):
    """That nothing came of it."""

    label = "What they answered instead"


class TellForm(WhyForm):
    """What the person was told."""

    label = "What they were told, by whom and how"


class NotToldForm(WhyForm):
    """Why the person could not be told."""

    label = "Why they could not be told"

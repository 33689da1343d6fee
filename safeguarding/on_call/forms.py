"""What somebody fills in about a shift; what cannot be is said beside its field."""

from django import forms

from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import Refused
from safeguarding.models import Post
from safeguarding.models.owning import able
from safeguarding.models.rota import CLASH, NOT_THEIRS, OnCall

MOMENT = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
SAID_BESIDE = {CLASH: "staff", NOT_THEIRS: "staff"}


class Alias(forms.ModelChoiceField):
    """Somebody by the name that colleagues call them."""

    def label_from_instance(self, obj: Staff) -> str:
        return obj.alias


class ShiftForm(forms.Form):
    """Who is on call, as what, and from when until when."""

    post = forms.TypedChoiceField(label="As", coerce=int, choices=Post)
    staff = Alias(label="Who", queryset=Staff.objects.none(), empty_label="Choose somebody")
    begins = forms.DateTimeField(label="From", widget=MOMENT, help_text="UK time.")
    ends = forms.DateTimeField(
        label="Until", widget=MOMENT, help_text="At most 14 days later; it may be another day."
    )

    def __init__(self, *args, service: str, **options):
        super().__init__(*args, **options)
        self.fields["staff"].queryset = able(service).order_by("alias")

    def done(self, act, *args, **options) -> bool:
        """Whether `act` took what was filled in; otherwise the refusal stands beside its field."""
        if not self.is_valid():
            return False
        given = self.cleaned_data
        try:
            act(*args, *(given[name] for name in ("post", "staff", "begins", "ends")), **options)
        except Refused as refused:
            self.add_error(SAID_BESIDE.get(str(refused), "ends"), str(refused))
            return False
        return True


class ServiceForm(forms.Form):
    """For which service somebody is put on call."""

    service = forms.ChoiceField()

    def __init__(self, *args, staff: Staff, **options):
        super().__init__(*args, **options)
        self.fields["service"].choices = [(each, Service(each).label) for each in staff.services]


def shift_of(shift: OnCall) -> dict:
    """What the form holds before anything is changed."""
    return {name: getattr(shift, name) for name in ("post", "staff", "begins", "ends")}

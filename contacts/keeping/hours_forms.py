"""What a supervisor fills in about opening hours; what cannot be is said beside its field."""

from django import forms

from contacts.models.hours import EMPTY, KNOWN, Closure, Day, Opening
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import Refused

A_TIME = forms.TimeInput({"type": "time"}, "%H:%M")
UNTIL_MIDNIGHT = "00:00 is midnight at the end of that day."


def services_of(staff: Staff) -> list[tuple[str, str]]:
    """The services whose hours this person keeps."""
    return [(code, str(Service(code).label)) for code in staff.services]


class SpanForm(forms.Form):
    """From when until when."""

    opens = forms.TimeField(widget=A_TIME)
    closes = forms.TimeField(widget=A_TIME, help_text=UNTIL_MIDNIGHT)

    def refused(self, others, service: str, days: list[int], field: str) -> None:
        """Say what is wrong with the times on any of the days."""
        opens, closes = self.cleaned_data["opens"], self.cleaned_data["closes"]
        for day in days:
            try:
                others.refuse(service, day, opens, closes)
            except Refused as refused:
                words = str(refused)
                if words == EMPTY:
                    self.add_error("closes", words)
                    return
                self.add_error(field, f"{Day(day).label}: {words}")


class ChangeForm(SpanForm):
    """Other times for one span."""

    def __init__(self, *args, span: Opening, **options):
        super().__init__(*args, **options)
        self.span = span

    def clean(self) -> None:
        """Hold the new times against the day's others."""
        if not self.errors:
            others = Opening.objects.exclude(pk=self.span.pk)
            self.refused(others, self.span.service, [self.span.day], "opens")


class OpeningForm(SpanForm):
    """The same hours for one or more days of one service."""

    service = forms.ChoiceField()
    days = forms.TypedMultipleChoiceField(
        coerce=int, choices=Day, widget=forms.CheckboxSelectMultiple
    )
    field_order = ["service", "days", "opens", "closes"]

    def __init__(self, *args, staff: Staff, **options):
        super().__init__(*args, **options)
        self.fields["service"].choices = services_of(staff)

    def clean(self) -> None:
        """Hold the times against what each day has already."""
        if not self.errors:
            given = self.cleaned_data
            self.refused(Opening.objects, given["service"], given["days"], "days")


class ClosureForm(forms.Form):
    """A day on which a service stays closed."""

    service = forms.ChoiceField()
    on = forms.DateField(label="Day", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    why = forms.CharField(
        label="Reason, as the public reads it",
        required=False,
        max_length=200,
        help_text="Such as: staff training. It may stay empty.",
    )

    def __init__(self, *args, staff: Staff, **options):
        super().__init__(*args, **options)
        self.fields["service"].choices = services_of(staff)

    def clean_on(self):
        """A day that is over cannot be closed any more."""
        if self.cleaned_data["on"] < london_today():
            raise forms.ValidationError("This day is over.")
        return self.cleaned_data["on"]

    def clean(self) -> None:
        """A day is closed once."""
        given = self.cleaned_data
        if (
            not self.errors
            and Closure.objects.filter(service=given["service"], on=given["on"]).exists()
        ):
            self.add_error("on", KNOWN)

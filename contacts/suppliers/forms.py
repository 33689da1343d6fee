"""What the data protection officer fills in about a supplier: nothing is ticked beforehand."""

from django import forms

from contacts.desk_forms import box
from contacts.models import Supplier
from contacts.models.supplier import LONGEST, SHORTEST_REASON
from contacts.suppliers import connected
from contacts.suppliers.kinds import Carries, Term
from contacts.written import adapters
from helpline.foundation.calendar import london_today

OFF = {"autocomplete": "off"}
ABOUT_NOBODY = "Write nothing about anybody who got in touch with us."


def day(label: str, **options) -> forms.DateField:
    """A day on the calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options
    )


def ticks(label: str, choices, *, help_text: str = "", required=False) -> forms.MultipleChoiceField:
    """Any of a closed list."""
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        help_text=help_text,
        required=required,
        widget=forms.CheckboxSelectMultiple,
    )


def reason(label: str, *, help_text: str = ABOUT_NOBODY) -> forms.CharField:
    """Why, or what was found."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        min_length=SHORTEST_REASON,
        max_length=LONGEST,
        widget=box(4),
    )


class ReviewForm(forms.Form):
    """What they do for us, what their contract says, and what the review found."""

    carries = ticks("What they carry or keep for us", Carries.choices, required=True)
    adapters = ticks(
        "Which connections of this system they are behind",
        (),
        help_text="As the settings name them. While the supplier is suspended, whoever begins a"
        " conversation by these waits and cannot be answered.",
    )
    place = forms.CharField(label="Where the data is", max_length=300, widget=forms.TextInput(OFF))
    sub_processors = forms.CharField(
        label="Whom they use in turn", max_length=LONGEST, required=False, widget=box(2)
    )
    contract_on = day("Day of the contract", required=False)
    terms = ticks("What the contract says (Art 28)", Term.choices)
    findings = reason("What the review found")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["adapters"].choices = adapters_known(self.initial.get("adapters", ()))


class NewForm(ReviewForm):
    """A supplier for the register, as it was last reviewed."""

    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(OFF))
    reviewed_on = day("Day of the last review")
    field_order = ("name", "carries", "adapters", "place", "sub_processors", "contract_on")

    def clean_reviewed_on(self):
        """A review that is to come has found nothing yet."""
        if self.cleaned_data["reviewed_on"] > london_today():
            raise forms.ValidationError("This day is to come.")
        return self.cleaned_data["reviewed_on"]


class MoveForm(forms.Form):
    """Another standing, and why."""

    to = forms.ChoiceField(label="From now on it is", widget=forms.RadioSelect)
    why = reason("Why")
    sure = forms.BooleanField(
        label="I have read what follows from it, and it is meant",
        error_messages={"required": "Tick this when it is meant."},
    )

    def __init__(self, *args, supplier: Supplier, **options):
        super().__init__(*args, **options)
        cannot = {supplier.status} | ({Supplier.Status.APPROVED} if supplier.lacks() else set())
        self.fields["to"].choices = [
            each for each in Supplier.Status.choices if each[0] not in cannot
        ]


def adapters_known(kept) -> list[tuple[str, str]]:
    """Every connection that there can be, and those that an entry already names."""
    names = [*adapters.TEXTS, *connected.in_use(), *kept]
    return [(name, name) for name in dict.fromkeys(names)]

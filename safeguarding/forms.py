"""What somebody says when they hold a contact, look at a hold again, or end it."""

from datetime import timedelta

from django import forms

from helpline.foundation.calendar import add_months, london_today
from safeguarding.models import REVIEW_MONTHS, SHORTEST_REASON, Hold

LONGEST_REASON = 4000


def reason_field(label: str, help_text: str) -> forms.CharField:
    """A reason somebody else can understand next year."""
    box = forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
    return forms.CharField(
        label=label,
        help_text=help_text,
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        widget=box,
    )


def review_field() -> forms.DateField:
    """A day within the next six months; three months on unless another is chosen."""
    return forms.DateField(
        label="Look at it again on",
        help_text="At most 6 months from now.",
        initial=lambda: add_months(london_today(), 3),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )


class HoldForm(forms.Form):
    """Why these words must stay, and when somebody asks that again."""

    kind = forms.ChoiceField(label="What kind of hold", choices=Hold.Kind)
    ground = forms.ChoiceField(label="What you believe", choices=Hold.Ground)
    reason = reason_field(
        "Why keeping it helps keep somebody safe",
        "At least 20 characters, about this person. It is sealed with the contact.",
    )
    review_on = review_field()

    def clean_review_on(self):
        """The day, if it is one on which a review can be."""
        return review_day(self.cleaned_data["review_on"])


class ReviewForm(forms.Form):
    """A hold looked at again, and kept."""

    review_on = review_field()

    def clean_review_on(self):
        """The day, if it is one on which a review can be."""
        return review_day(self.cleaned_data["review_on"])


class ReleaseForm(forms.Form):
    """Why a hold is not needed any more."""

    reason = reason_field("Why it is no longer needed", "At least 20 characters.")


def review_day(day):
    """`day` if it lies within the next six months, else the form's own refusal."""
    last = add_months(london_today(), REVIEW_MONTHS)
    if not london_today() + timedelta(1) <= day <= last:
        raise forms.ValidationError("Choose a day within the next 6 months.")
    return day

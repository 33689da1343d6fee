"""What staff fill in to see an address."""

from django import forms

from contacts.desk_forms import box

SHORTEST = 20


class RevealForm(forms.Form):
    """Why somebody has to see it; a second person reads this and decides."""

    reason = forms.CharField(
        label="Why you need to see it",
        help_text="What could happen to whom, and what you will do with it. Somebody else decides.",
        min_length=SHORTEST,
        max_length=1000,
        widget=box(4),
    )

"""What somebody says about one record of an erasure."""

from django import forms

from privacy.erasure.kinds import Choice, Ground


class ItemForm(forms.Form):
    """It goes; or it stays, on a ground and for a reason."""

    choice = forms.ChoiceField(
        label="What happens with it", choices=Choice, widget=forms.RadioSelect
    )
    ground = forms.ChoiceField(
        label="On which ground it stays", required=False, choices=[("", "None"), *Ground.choices]
    )
    why = forms.CharField(
        label="Why",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )

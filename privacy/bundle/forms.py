"""The second half of what opens a bundle."""

from django import forms


class PassphraseForm(forms.Form):
    """Five words that came by another way than the link."""

    words = forms.CharField(
        label="The words you were given",
        required=False,  # none and wrong ones are told the same
        help_text="Five words. Capitals and commas do not matter.",
        max_length=200,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

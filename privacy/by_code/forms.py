"""What somebody says with their seven words."""

from django import forms

from contacts.models.correction import LONGEST

WORDS = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class DeleteForm(forms.Form):
    """Deleting, once more with the words: whoever finds this page open cannot do it."""

    when = forms.ChoiceField(
        label="When",
        choices=[
            ("now", "Now. It cannot be undone."),
            ("later", "In 24 hours. Until then you can change your mind."),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="Your seven words, once more",
        required=False,  # none and wrong ones are told the same
        max_length=200,
        widget=forms.TextInput(WORDS),
    )


class CorrectForm(forms.Form):
    """What should be different; nothing that was said changes."""

    words = forms.CharField(
        label="What is not right, and what would be",
        help_text="It is kept beside what was said, as long as that is.",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
    )

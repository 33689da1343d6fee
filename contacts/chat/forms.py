"""What a person may fill in; nothing of it is asked for but the words themselves (S0-03)."""

import uuid

from django import forms

from contacts.chat import names
from contacts.chat.lines import Unsayable, clean
from helpline.foundation.staff.roles import Service

# What no browser keeps, corrects through its maker's servers, or offers to save (P13).
LEFT_ALONE = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class SayForm(forms.Form):
    """One line; the nonce is the form's own, so that pressing twice says it once (H13)."""

    # Not a CharField: that would cut white space off and limit what can be pasted.
    text = forms.Field(
        required=False,
        label="Your message",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    nonce = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """The words as they are stored."""
        try:
            return clean(self.cleaned_data["text"] or "")
        except Unsayable as problem:
            raise forms.ValidationError(problem.reason) from None


class BeginForm(forms.Form):
    """What a chat begins with: which service, and a nickname if they like."""

    service = forms.ChoiceField(
        label="Who would you like to talk to?",
        choices=Service.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    nickname = forms.Field(
        label="A nickname, if you like",
        required=False,
        help_text="Leave it empty or make one up. Please do not use your real name.",
        widget=forms.TextInput(attrs=LEFT_ALONE),
    )

    def clean_service(self) -> str:
        """The helpline, unless somebody chose."""
        return self.cleaned_data["service"] or Service.HELPLINE

    def clean_nickname(self) -> str:
        """The nickname as it is stored; one that looks like one of us is refused (H08)."""
        nickname = names.tidy(self.cleaned_data["nickname"] or "")
        if len(nickname) > names.LONGEST:
            raise forms.ValidationError(
                f"That is a bit long for us. Please use {names.LONGEST} letters or fewer."
            )
        if nickname and names.passes_for_one_of_us(nickname):
            raise forms.ValidationError(
                "That looks like a name that we use ourselves. Please choose another one."
            )
        return nickname


class BackForm(forms.Form):
    """The words with which somebody comes back."""

    words = forms.Field(
        label="Your seven words",
        required=False,
        help_text="Capital letters, commas and line breaks do not matter.",
        widget=forms.Textarea(attrs=LEFT_ALONE | {"rows": 2}),
    )

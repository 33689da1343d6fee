"""What a person may fill in; nothing of it is asked for but the words themselves (S0-03)."""

import uuid

from django import forms

from contacts.chat.lines import Unsayable, clean


class SayForm(forms.Form):
    """One line; the nonce is the form's own, so that pressing twice says it once (H13)."""

    # Not a CharField: that would cut white space off and limit what can be pasted.
    text = forms.Field(required=False, label="Your message", widget=forms.Textarea)
    nonce = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """The words as they are stored."""
        try:
            return clean(self.cleaned_data["text"] or "")
        except Unsayable as problem:
            raise forms.ValidationError(problem.reason) from None


class BeginForm(forms.Form):
    """What a chat begins with: a nickname if they like."""

    nickname = forms.CharField(max_length=40, required=False, strip=True)

"""What a person may fill in; nothing of it is asked for but the words themselves (S0-03)."""

import uuid

from django import forms

LONGEST = 4000  # characters of one line


class SayForm(forms.Form):
    """One line; the nonce is the form's own, so that pressing twice says it once (H13)."""

    text = forms.CharField(
        max_length=LONGEST,
        error_messages={
            "required": "Write something first.",
            "max_length": f"This is too long to send at once: {LONGEST} characters at most."
            " Send it in two parts. Nothing is lost, it is still in the box.",
            "null_characters_not_allowed": "There is a character in it that cannot be sent.",
        },
    )
    nonce = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """The words as typed; half a character, which no browser sends, is refused."""
        text = self.cleaned_data["text"]
        try:
            text.encode()
        except UnicodeEncodeError:
            raise forms.ValidationError("There is a character in it that cannot be sent.") from None
        return text


class BeginForm(forms.Form):
    """What a chat begins with: a nickname if they like."""

    nickname = forms.CharField(max_length=40, required=False, strip=True)

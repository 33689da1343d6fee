"""One answer to the chatbot: a button, some words, or neither."""

import uuid

from django import forms

from contacts.bot import LONGEST_ID
from contacts.chat.forms import SayForm


class AnswerForm(forms.Form):
    """What was pressed or written; the nonce is the form's own, as for every line (H13)."""

    nonce = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    step = forms.CharField(required=False, max_length=LONGEST_ID, widget=forms.HiddenInput)
    choice = forms.CharField(required=False, max_length=2)
    skip = forms.BooleanField(required=False)
    person = forms.BooleanField(required=False)
    text = forms.Field(required=False, label="Your answer", widget=forms.Textarea({"rows": 3}))

    def clean(self) -> dict:
        """Words are needed only where no button was pressed; they are held to the rules of a
        line."""
        given = self.cleaned_data
        if "nonce" not in given or given.get("choice") or given.get("skip") or given.get("person"):
            given["text"] = None
            return given
        said = SayForm({"text": given.get("text") or "", "nonce": given["nonce"]})
        if said.is_valid():
            given["text"] = said.cleaned_data["text"]
        else:
            self.add_error("text", said.errors["text"])
        return given

    @property
    def given(self) -> dict:
        """The answer as `walking.answer` takes it."""
        given = self.cleaned_data
        return given | {"choice": given["choice"] or None, "step": given["step"] or None}

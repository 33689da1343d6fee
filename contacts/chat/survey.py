"""What we ask after a chat: three questions, each of which may be left (S2-21)."""

from django import forms

from contacts.chat.lines import Unsayable, clean

HELPED = ["Yes", "A little", "No", "I do not know yet"]
LISTENED = ["Yes", "Sometimes", "No"]


def choices(answers: list[str]) -> list[tuple[str, str]]:
    return [(answer, answer) for answer in answers]


class SurveyForm(forms.Form):
    """The answers are kept with the chat, sealed, and go with it; the purpose is their own."""

    helped = forms.ChoiceField(
        label="Did this chat help you?",
        choices=choices(HELPED),
        required=False,
        widget=forms.RadioSelect,
    )
    listened = forms.ChoiceField(
        label="Did you feel listened to?",
        choices=choices(LISTENED),
        required=False,
        widget=forms.RadioSelect,
    )
    better = forms.Field(
        label="What could we do better?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_better(self) -> str:
        """Free words, or none."""
        words = self.cleaned_data["better"] or ""
        try:
            return clean(words) if words.strip() else ""
        except Unsayable as problem:
            raise forms.ValidationError(problem.reason) from None

    def answers(self) -> list[tuple[int, str, str]]:
        """What was answered, under the number of each question; what was left is not there."""
        asked = enumerate(self.fields.items(), start=1)
        return [
            (number, str(field.label), self.cleaned_data[name])
            for number, (name, field) in asked
            if self.cleaned_data[name]
        ]

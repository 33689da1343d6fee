"""Asking a colleague, and answering one."""

from django import forms

from contacts.models import Contact
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

LONGEST = 2000


def words(label: str, help_text: str = "") -> forms.CharField:
    """A box for what is asked or answered."""
    box = forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
    return forms.CharField(label=label, help_text=help_text, max_length=LONGEST, widget=box)


class AskForm(forms.Form):
    """Whom, what, and which lines they may see; no line is chosen beforehand."""

    of = forms.ModelChoiceField(
        label="Whom", queryset=Staff.objects.none(), required=False, empty_label="Any supervisor"
    )
    question = words("Your question", "Only what they need to know. They do not see the contact.")
    lines = forms.TypedMultipleChoiceField(
        label="Lines that they see",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data=None, *, contact: Contact, said: list, by: Staff) -> None:
        super().__init__(data)
        who = Staff.objects.active().filter(services__contains=[contact.service])
        able = Staff.objects.who_may(Permission.TAKE_CONTACTS).values("pk")
        self.fields["of"].queryset = who.filter(pk__in=able).exclude(person=by.person)
        self.fields["of"].label_from_instance = lambda each: each.alias
        self.fields["lines"].choices = [(line.number, line.words or "…") for line in said]


class AnswerForm(forms.Form):
    """What the colleague says."""

    answer = words("Your answer")

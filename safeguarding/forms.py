"""What somebody says when they hold a contact, look at a hold again, or end it."""

from datetime import timedelta

from django import forms

from contacts.models import Contact
from helpline.foundation.calendar import add_months, day_words, london_date, london_today
from helpline.foundation.staff.models import Staff
from safeguarding import choosing
from safeguarding.models import REVIEW_MONTHS, SHORTEST_REASON, Hold

LONGEST_REASON = 4000


def reason_field(label: str, help_text: str) -> forms.CharField:
    """A reason somebody else can understand next year."""
    box = forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
    return forms.CharField(
        label=label,
        help_text=help_text,
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        widget=box,
    )


def review_field() -> forms.DateField:
    """A day within the next six months; three months on unless another is chosen."""
    return forms.DateField(
        label="Look at it again on",
        help_text="At most 6 months from now.",
        initial=lambda: add_months(london_today(), 3),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )


class HoldForm(forms.Form):
    """Why these words must stay, who believes it, and when somebody asks that again."""

    kind = forms.ChoiceField(label="What kind of hold", choices=Hold.Kind)
    ground = forms.ChoiceField(label="What is believed", choices=Hold.Ground)
    believed_by = forms.ModelChoiceField(
        Staff.objects.none(),
        label="Who believes it",
        required=False,
        empty_label="I do",
        help_text="Whoever approves the hold is neither you nor they.",
    )
    reason = reason_field(
        "Why keeping it helps keep somebody safe",
        "At least 20 characters, about this person. It is sealed with each contact.",
    )
    also = forms.ModelMultipleChoiceField(
        Contact.objects.none(),
        label="Hold with it, of the same person",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label="Hold with it, by handle",
        help_text="For example “velvet canoe 47, amber otter 12”. Only contacts that you may read.",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    review_on = review_field()

    def __init__(self, *args, contact: Contact, staff: Staff, **options):
        super().__init__(*args, **options)
        self.contact, self.staff = contact, staff
        believers = Staff.objects.filter(services__contains=[contact.service], left_at=None)
        believers = believers.exclude(alias="").exclude(pk=staff.pk).order_by("alias")
        self.fields["believed_by"].queryset = believers
        self.fields["believed_by"].label_from_instance = lambda each: each.alias
        self.fields["also"].queryset = choosing.of_the_same_person(contact, staff)
        self.fields["also"].label_from_instance = called
        if not self.fields["also"].queryset:
            del self.fields["also"]

    def clean_others(self) -> list[Contact]:
        """The contacts of these handles; one that nobody may read is as one that is not there."""
        found = []
        for said in choosing.handles(self.cleaned_data["others"]):
            contact = choosing.called(said, self.staff)
            if contact is None:
                raise forms.ValidationError(f"You can read no contact called “{said}”.")
            found.append(contact)
        return found

    def clean_review_on(self):
        """The day, if it is one on which a review can be."""
        return review_day(self.cleaned_data["review_on"])

    def clean(self):
        """A hold for safety has a ground about safety."""
        said = super().clean()
        safety = said.get("kind") == Hold.Kind.SAFEGUARDING
        if safety and said.get("ground") not in (None, *Hold.ABOUT_SAFETY):
            self.add_error("ground", "Choose one that is about somebody’s safety.")
        return said

    def placing(self) -> dict:
        """What `Hold.objects.place` needs to be told."""
        said = dict(self.cleaned_data)
        also = [*said.pop("also", []), *said.pop("others")]
        return said | {"also": [each for each in also if each.pk != self.contact.pk]}


def called(contact: Contact) -> str:
    """One contact that could be held too."""
    began = day_words(london_date(contact.started_at))
    return f"{contact.handle_words}, {contact.get_channel_display().lower()}, {began}"


class ReviewForm(forms.Form):
    """A hold looked at again, and kept."""

    review_on = review_field()

    def clean_review_on(self):
        """The day, if it is one on which a review can be."""
        return review_day(self.cleaned_data["review_on"])


class ReleaseForm(forms.Form):
    """Why a hold is not needed any more."""

    reason = reason_field("Why it is no longer needed", "At least 20 characters.")


class NotNeededForm(forms.Form):
    """Why a contact somebody worried about may go after its 18 months."""

    why = reason_field("Why no hold is needed", "At least 20 characters. It stays with the worry.")


def review_day(day):
    """`day` if it lies within the next six months, else the form's own refusal."""
    last = add_months(london_today(), REVIEW_MONTHS)
    if not london_today() + timedelta(1) <= day <= last:
        raise forms.ValidationError("Choose a day within the next 6 months.")
    return day

"""What staff fill in about a contact: never who the person is (S0-03, S0-07)."""

import functools
from datetime import date
from typing import NamedTuple

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.template.loader import render_to_string

from contacts.channels import Channel
from helpline.foundation.questions import Question
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service


class StartForm(forms.Form):
    """Two choices begin a contact; there is nothing to ask the person first."""

    channel = forms.ChoiceField(choices=Channel, initial=Channel.PHONE, widget=forms.RadioSelect)
    service = forms.ChoiceField(label="Which service they reached")

    def __init__(self, *args, staff: Staff, **options):
        super().__init__(*args, **options)
        self.fields["service"].choices = [(code, Service(code).label) for code in staff.services]


class FindForm(forms.Form):
    """What a contact is called, as somebody says it."""

    handle = forms.CharField(max_length=60)


class Choices(NamedTuple):
    """What one person can narrow a list by; without `workers` there is no such field."""

    services: tuple
    workers: tuple | None


def choices_for(staff: Staff) -> Choices:
    """The services this person works for and, for those who look after others, their workers."""
    services = tuple((code, Service(code).label) for code in staff.services)
    if not staff.may(Permission.SEE_READERS):
        return Choices(services, None)
    return Choices(services, tuple(colleagues(tuple(staff.services)).answer()))


@functools.lru_cache(maxsize=16)
def colleagues(services: tuple[str, ...]) -> Question:
    """Who works for one of these services, by alias."""
    people = Staff.objects.filter(services__overlap=list(services)).exclude(alias="")
    return Question.of(people.order_by("alias").values_list("pk", "alias"))


def day_field(label: str) -> forms.DateField:
    """A day to look for, in years in which there can be contacts; it may stay empty."""
    said = "Choose a day between 2000 and 2099."
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=[
            MinValueValidator(date(2000, 1, 1), said),
            MaxValueValidator(date(2099, 12, 31), said),
        ],
    )


class FilterForm(forms.Form):
    """What narrows a list; every field may stay empty."""

    channel = forms.ChoiceField(required=False, choices=[("", "All"), *Channel.choices])
    service = forms.ChoiceField(required=False)
    worker = forms.ChoiceField(required=False)
    began_from = day_field("Began from")
    began_to = day_field("Until")

    def __init__(self, *args, choices: Choices, **options):
        super().__init__(*args, **options)
        self.fields["service"].choices = [("", "All"), *choices.services]
        if choices.workers is None:
            del self.fields["worker"]
        else:
            self.fields["worker"].choices = [("", "Everyone"), *choices.workers]

    @classmethod
    def of(cls, query, choices: Choices) -> "FilterForm | Unfiltered":
        """The form as somebody has filled it in; most of the time nobody has."""
        if any(query.get(name) for name in cls.base_fields):
            return cls(query, choices=choices)
        return Unfiltered(choices)

    def wanted(self) -> dict:
        """What the filters ask for: of a form with mistakes in it nothing."""
        return self.cleaned_data if self.is_valid() else {}

    def drawn(self) -> str:
        """Its fields as HTML."""
        return fields_drawn(self)


class Unfiltered(NamedTuple):
    """The filters of a list that is not narrowed."""

    choices: Choices

    def wanted(self) -> dict:
        """Nothing in particular."""
        return {}

    def drawn(self) -> str:
        """The empty fields, drawn already for somebody with the same choices."""
        return blank_filters(self.choices)


def fields_drawn(form: forms.Form) -> str:
    """The fields of a form as every page shows them."""
    return render_to_string("components/fields.html", {"form": form})


@functools.lru_cache(maxsize=256)
def blank_filters(choices: Choices) -> str:
    """The filters before anybody has filled them in, drawn once for each set of choices."""
    return fields_drawn(FilterForm(choices=choices))

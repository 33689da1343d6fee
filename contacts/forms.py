"""What staff fill in about a contact: never who the person is (S0-03, S0-07)."""

from django import forms

from contacts.channels import Channel
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service


class StartForm(forms.Form):
    """Two choices begin a contact; there is nothing to ask the person first."""

    channel = forms.ChoiceField(choices=Channel, initial=Channel.PHONE, widget=forms.RadioSelect)
    service = forms.ChoiceField(label="Which service they reached")

    def __init__(self, *args, staff: Staff, **options):
        super().__init__(*args, **options)
        self.fields["service"].choices = [(code, Service(code).label) for code in staff.services]


class FilterForm(forms.Form):
    """What narrows a list; every field may stay empty."""

    handle = forms.CharField(required=False, max_length=60)
    channel = forms.ChoiceField(required=False, choices=[("", "All"), *Channel.choices])
    service = forms.ChoiceField(required=False)
    worker = forms.ChoiceField(required=False)
    began_from = forms.DateField(
        label="Began from", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    began_to = forms.DateField(
        label="Until", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args, staff: Staff, **options):
        super().__init__(*args, **options)
        own = [(code, Service(code).label) for code in staff.services]
        self.fields["service"].choices = [("", "All"), *own]
        if not staff.may(Permission.SEE_READERS):
            del self.fields["worker"]
            return
        people = Staff.objects.filter(services__overlap=staff.services).exclude(alias="")
        names = people.order_by("alias").values_list("pk", "alias")
        self.fields["worker"].choices = [("", "Everyone"), *names]

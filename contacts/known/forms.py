"""What a worker fills in for somebody who chose to be known: nothing of it is required."""

from django import forms

from contacts.desk_forms import box
from contacts.finding import read_date
from contacts.matching import Told
from contacts.models import Line, Speaker
from contacts.showing import opened_or
from contacts.vocabulary import Announce, Basis, Condition, NoConsent, WhyKnown
from contacts.wordings import How
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

YES_NO = [("", "Nobody has asked"), ("yes", "Yes"), ("no", "No")]
LAST_LINES = 6


def words(label: str, help_text: str = "", *, most: int = 200, rows: int = 0) -> forms.CharField:
    """A field of somebody's own words, which no browser may offer again."""
    widget = box(rows) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=most, widget=widget
    )


class Birthday(forms.CharField):
    """A date as people say it, day first; empty, or the ISO form that is kept."""

    def __init__(self, **options):
        super().__init__(
            label="Date of birth",
            help_text="Day, month, year: 7 3 1991",
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **options,
        )

    def clean(self, value):
        """The date, or a plain sentence when it is none."""
        text = super().clean(value)
        if not text:
            return ""
        if (found := read_date(text)) is None:
            raise forms.ValidationError("Write day, month and year, like 7 3 1991.")
        return found.isoformat()


class FindForm(forms.Form):
    """Two facts that the person tells now."""

    names = words("Name")
    born = Birthday()
    phone = words("Telephone", most=40)
    email = words("E-mail")

    def __init__(self, *args, **options):
        super().__init__(*args, auto_id="find-%s", **options)

    def clean(self):
        """Ask for a second fact: nobody is found by a name alone."""
        said = super().clean()
        if not self.errors and len(self.told(said).facts()) < 2:
            raise forms.ValidationError("Ask them for two facts. A name alone finds nobody.")
        return said

    def told(self, said: dict | None = None) -> Told:
        """The facts as the look-up takes them."""
        said = self.cleaned_data if said is None else said
        return Told(**{name: said.get(name) or None for name in Told._fields})


class FindWithReasonForm(FindForm):
    """A supervisor's look-up, outside of a contact: it says why."""

    why = forms.ChoiceField(
        label="Why you look for them",
        choices=[(why, why.label) for why in WhyKnown if why != WhyKnown.IN_CONTACT],
    )


class DetailsForm(forms.Form):
    """What the person wants us to know about them, and how it is safe to get in touch."""

    WHO = ("names", "born", "phone", "email", "address")
    MAY = ("may_call", "may_text", "may_voicemail", "may_email", "may_post")
    SAFE = ("announce", "announce_as", "safe_times", "recognition_word", "access_needs")

    names = words("Name", "One a line, if they go by several.", most=400, rows=2)
    born = Birthday()
    phone = words("Telephone", most=40)
    email = words("E-mail")
    address = words("Address", most=400, rows=2)
    may_call = forms.ChoiceField(label="May we call?", choices=YES_NO, required=False)
    may_text = forms.ChoiceField(label="May we text?", choices=YES_NO, required=False)
    may_voicemail = forms.ChoiceField(
        label="May we leave a voicemail?", choices=YES_NO, required=False
    )
    may_email = forms.ChoiceField(label="May we e-mail?", choices=YES_NO, required=False)
    may_post = forms.ChoiceField(label="May we write by post?", choices=YES_NO, required=False)
    announce = forms.ChoiceField(label="Who we say we are", choices=Announce, required=False)
    announce_as = words("If something was agreed, what we say")
    safe_times = words("Safe times", most=400)
    recognition_word = words("A word to know each other by", most=60)
    access_needs = words("What they need so that we can talk", most=1000, rows=2)

    def who(self) -> list:
        """The fields that say who they are."""
        return [self[name] for name in self.WHO]

    def may(self) -> list:
        """The ways in which we may get in touch."""
        return [self[name] for name in self.MAY]

    def safe(self) -> list:
        """How it is safe to get in touch, and what they need."""
        return [self[name] for name in self.SAFE]

    def details(self) -> dict:
        """What was filled in; what stayed empty is not among it."""
        found = {name: value for name, value in self.cleaned_data.items() if value}
        for name in found:
            if name.startswith("may_"):
                found[name] = found[name] == "yes"
        return found


class ChangeForm(DetailsForm):
    """The same once more: what is left empty stays as it is, what they take back is ticked."""

    forget = forms.MultipleChoiceField(
        label="Forget",
        help_text="What they take back is emptied.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("names", "Name"),
            ("born", "Date of birth"),
            ("phone", "Telephone"),
            ("email", "E-mail"),
            ("address", "Address"),
            ("announce_as", "What we say"),
            ("safe_times", "Safe times"),
            ("recognition_word", "The word"),
            ("access_needs", "What they need"),
        ],
    )

    def details(self) -> dict:
        """What changes; what is to be forgotten becomes empty."""
        found = super().details()
        return found | dict.fromkeys(found.pop("forget", []), "")


class KeepForm(DetailsForm):
    """A new record, on the person's consent or on another basis that is written down now."""

    wording = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(label="I read them the question, and they said yes", required=False)
    basis = forms.ChoiceField(
        label="If they could not be asked: why we must keep it all the same",
        choices=[("", "They said yes")]
        + [(basis.value, basis.label) for basis in Basis if basis != Basis.CONSENT],
        required=False,
    )
    condition = forms.ChoiceField(
        label="What the law asks besides", choices=Condition, required=False
    )
    no_consent = forms.ChoiceField(
        label="Why consent could not be had", choices=NoConsent, required=False
    )
    reason = words("In your words", "At least 20 characters.", most=2000, rows=2)

    def otherwise(self) -> list:
        """The fields of a basis beside consent."""
        return [self[name] for name in ("basis", "condition", "no_consent", "reason")]

    def clean(self):
        """Neither a yes nor another basis: there is nothing to keep a record on (L01)."""
        said = super().clean()
        if not said.get("agreed") and not said.get("basis"):
            raise forms.ValidationError(
                "Ask them first. Without a yes, or another basis, no record is kept."
            )
        return said

    def details(self) -> dict:
        """What goes into the record, without what it is kept on."""
        apart = {"agreed", "wording", "basis", "condition", "no_consent", "reason"}
        return {name: value for name, value in super().details().items() if name not in apart}

    def other_basis(self) -> dict | None:
        """The basis beside consent, as `RecordBasis` takes it."""
        said = self.cleaned_data
        names = ("basis", "condition", "no_consent", "reason")
        return {name: said[name] for name in names} if said["basis"] else None


class LinkForm(forms.Form):
    """How the person asked that this contact be put together with their record."""

    asked = forms.ChoiceField(label="How they asked for it", choices=[("", "Choose"), *How.choices])
    line = forms.TypedChoiceField(
        label="In which of their lines", required=False, coerce=int, empty_value=None
    )
    whole_thread = forms.BooleanField(
        label="Also the earlier contacts that they joined by their code", required=False
    )

    def __init__(self, *args, contact, **options):
        super().__init__(*args, auto_id="link-%s", **options)
        lines = Line.objects.filter(contact=contact, speaker=Speaker.PERSON).order_by("-number")
        self.fields["line"].choices = [
            ("", "Not in a chat"),
            *map(_choice(contact), lines[:LAST_LINES]),
        ]
        if not lines:
            del self.fields["line"]
        if contact.thread_id is None:
            del self.fields["whole_thread"]


def _choice(contact):
    def choice(line: Line) -> tuple[int, str]:
        line.contact = contact
        return line.number, f"{line.number}: {opened_or(line, 'text', 'cannot be opened')[:80]}"

    return choice


class WhyForm(forms.Form):
    """Why somebody opens who a person is."""

    why = forms.ChoiceField(label="Why you need to know who this is", choices=WhyKnown)

    def __init__(self, *args, staff: Staff, **options):
        super().__init__(*args, **options)
        if not staff.may(Permission.LOOK_UP_PEOPLE):
            mine = (WhyKnown.IN_CONTACT, WhyKnown.CALL_BACK, WhyKnown.PROMISE)
            self.fields["why"].choices = [(why.value, why.label) for why in mine]


class EntryForm(forms.Form):
    """How they were helped, or with a day what we promised them."""

    words = forms.CharField(
        label="How they were helped, or what we promised",
        help_text="In your words, not theirs. It stays with the record when the chat has gone.",
        max_length=2000,
        widget=box(2),
    )
    due_on = forms.DateField(
        label="If it is a promise: until when",
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )


class PlanForm(forms.Form):
    """What helps somebody who is often in touch, agreed with them. It never closes a way."""

    worker = forms.ModelChoiceField(
        Staff.objects.none(), label="Who is there for them", required=False, empty_label="Anybody"
    )
    times = words("When", most=400)
    helps = words("What helps", most=2000, rows=3)

    def __init__(self, *args, service: str, **options):
        super().__init__(*args, auto_id="plan-%s", **options)
        people = Staff.objects.filter(services__contains=[service], left_at=None)
        self.fields["worker"].queryset = people.exclude(alias="").order_by("alias")
        self.fields["worker"].label_from_instance = lambda staff: staff.alias


class HandOverForm(forms.Form):
    """In which of our lines the person was told that the chat is handed over."""

    told_in = forms.TypedChoiceField(label="In which line you told them", coerce=int)

    def __init__(self, *args, contact, **options):
        super().__init__(*args, **options)
        lines = Line.objects.filter(contact=contact, speaker=Speaker.WORKER).order_by("-number")
        self.fields["told_in"].choices = list(map(_choice(contact), lines[:LAST_LINES]))

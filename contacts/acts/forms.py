"""What a worker fills in about an answer to a wording, and about something somebody asks for."""

from django import forms
from django.utils import timezone

from contacts import checking
from contacts.acts.kinds import NEEDS, Checked, Kind, Result, Route, Side, StepKind, Told
from contacts.desk_forms import box
from contacts.models import Answer, How, Purpose, Understanding
from contacts.vocabulary import WhyBothSides
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission

LONGEST = 4000
SHORTEST_REASON = 10
HOW_SPOKEN = [(how.value, how.label) for how in How]
OFF = {"autocomplete": "off"}


def line(label: str, *, help_text: str = "", longest: int = 200) -> forms.CharField:
    """One line of words that may stay empty and that no browser offers again."""
    text = forms.TextInput(OFF)
    return forms.CharField(
        label=label, help_text=help_text, max_length=longest, required=False, widget=text
    )


def words(label: str, *, help_text: str = "", rows: int = 3, required=False) -> forms.CharField:
    """A box of words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        required=required,
        widget=box(rows),
    )


class UnderstandingFields(forms.Form):
    """By which way they answered, and what was noted about a young person’s understanding."""

    how = forms.ChoiceField(label="How they answered", choices=HOW_SPOKEN, initial=How.VOICE)
    understanding = forms.ChoiceField(
        label="If they seem young",
        choices=Understanding,
        required=False,
        help_text="Nobody has to say how old they are.",
    )
    understood = line("What showed you that they understood", longest=500)


class ConsentForm(UnderstandingFields):
    """One answer to one wording. Nothing is ticked beforehand."""

    purpose = forms.ChoiceField(choices=Purpose, widget=forms.HiddenInput)
    wording = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label="What they answered",
        choices=[(Answer.GIVEN.value, "They agree"), (Answer.REFUSED.value, "They do not agree")],
        widget=forms.RadioSelect,
    )
    expires_on = forms.DateField(
        label="Until when, if they named a day",
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    field_order = ["answer", "how", "understanding", "understood", "expires_on"]

    def noted(self) -> dict:
        """What the ledger takes."""
        said = dict(self.cleaned_data)
        said["understood"] = said["understood"] or None
        return said


class WithdrawForm(forms.Form):
    """Taking back is one press: no reason is asked."""

    purpose = forms.ChoiceField(choices=Purpose)
    how = forms.ChoiceField(choices=How)
    told = forms.BooleanField(required=False)


class AskForm(forms.Form):
    """What they ask for, in their exact words, and that they agree to it."""

    kind = forms.ChoiceField(label="What they ask for", choices=Kind, widget=forms.RadioSelect)
    asked = words("What they said, in their exact words", required=True)
    side = forms.ChoiceField(
        label="If somebody is away", choices=Side, initial=Side.NEITHER, widget=forms.RadioSelect
    )
    agrees = forms.BooleanField(label="They heard our words for it, and they agree")
    how = forms.ChoiceField(label="How they agreed", choices=HOW_SPOKEN, initial=How.VOICE)


class DetailsForm(forms.Form):
    """Who they are, how it is safe to reach them, for whom it is, and the words."""

    name = line("Their name")
    born = line("Their date of birth", longest=40)
    reach = line("How to reach them", help_text="A number or an address that is safe for them.")
    without = line(
        "If one of these is missing, why we go on without it",
        help_text="We usually need all three.",
        longest=500,
    )
    proof = line("Something only they and the recipient know", longest=500)
    safety = words("When and how it is safe to reach them", rows=2)
    announce = line("Who calls, and how we say who we are", longest=300)
    voicemail = forms.BooleanField(label="They want a voicemail if nobody answers", required=False)
    window_from = forms.DateTimeField(label="Ring from", required=False)
    window_to = forms.DateTimeField(label="Ring until", required=False)
    recipient = line("For whom it is")
    relation = line("Who that is to them")
    route = forms.ChoiceField(label="By which way", choices=Route, widget=forms.RadioSelect)
    route_to = line("Their number or e-mail address", longest=254)
    words = words(
        "The exact words",
        help_text="As the person wants them said. Nothing else is said or sent.",
        rows=5,
    )
    meant = forms.BooleanField(
        label="The person wants this in", required=False, widget=forms.HiddenInput
    )

    GROUPS = (
        ("Who they are", ("name", "born", "reach", "without", "proof")),
        ("How it is safe", ("safety", "announce", "voicemail", "window_from", "window_to")),
        ("For whom it is", ("recipient", "relation", "route", "route_to")),
        ("The words", ("words", "meant")),
    )

    def __init__(self, *args, kind: str, **options):
        super().__init__(*args, **options)
        self.needs, self.kind = NEEDS[Kind(kind)], kind
        unneeded = [] if self.needs.words else ["words", "meant"]
        if not self.needs.recipient:
            unneeded += ["recipient", "relation", "route", "route_to", "proof"]
        for name in unneeded:
            del self.fields[name]
        picker = {"type": "datetime-local"}
        for name in ("window_from", "window_to"):
            self.fields[name].widget = forms.DateTimeInput(picker, "%Y-%m-%dT%H:%M")

    def groups(self) -> list:
        """The fields in the order in which they are asked, each group under its heading."""
        shown = [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in self.GROUPS
        ]
        return [group for group in shown if group[1]]

    def clean(self):
        """Each thing that is missing, beside the field it is missing from."""
        said = super().clean()
        self._who(said)
        self._where(said)
        self._when(said)
        self._meant(said)
        return said

    def _who(self, said: dict) -> None:
        known = all(said.get(name) for name in ("name", "born", "reach"))
        if not known and len(said.get("without", "")) < SHORTEST_REASON:
            self.add_error("without", "Ask for all three, or say why we go on without one.")

    def _where(self, said: dict) -> None:
        if said.get("route") == Route.EMAIL and said.get("route_to"):
            try:
                forms.EmailField().clean(said["route_to"])
            except forms.ValidationError:
                self.add_error("route_to", "This is not an e-mail address.")

    def _when(self, said: dict) -> None:
        begins, ends = said.get("window_from"), said.get("window_to")
        if begins and ends and ends <= begins:
            self.add_error("window_to", "This is before it begins.")
        if ends and ends < timezone.now():
            self.add_error("window_to", "This is over already.")

    def _meant(self, said: dict) -> None:
        found = checking.identifying(said.get("words") or "")
        if found and not said.get("meant"):
            self.fields["meant"].widget = forms.CheckboxInput()
            kinds = checking.in_words(found)
            self.add_error("meant", f"It seems to hold {kinds}. Ask whether they want that said.")

    def given(self) -> dict:
        """What the verb takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "meant"}


class MarkForm(forms.Form):
    """That exactly these words were read out, or read."""

    mark = forms.CharField(max_length=64, widget=forms.HiddenInput)


class CheckForm(MarkForm):
    """How we know that the recipient, for whom the mark stands, is who they should be."""

    checked = forms.ChoiceField(label="How we know", choices=Checked, widget=forms.RadioSelect)


class TriedForm(forms.Form):
    """What came of ringing once."""

    came = forms.ChoiceField(
        label="What came of it",
        choices=[
            (kind.value, kind.label)
            for kind in (
                StepKind.REACHED,
                StepKind.NO_ANSWER,
                StepKind.VOICEMAIL,
                StepKind.SOMEBODY_ELSE,
            )
        ],
        widget=forms.RadioSelect,
    )
    words = line("What to remember for the next try", longest=500)


class FinishForm(forms.Form):
    """What came of it."""

    result = forms.ChoiceField(label="What came of it", choices=Result, widget=forms.RadioSelect)
    words = words("What we tell the person about it", rows=2)


class ReplyForm(forms.Form):
    """What the recipient answered."""

    words = words("What they answered, in their words", required=True)


class ReferenceForm(ReplyForm):
    """An answer from somebody who names a reference. Nothing is shown about the other side."""

    reference = forms.CharField(
        label="The reference they name",
        help_text="Two words and a number, as in our letter.",
        max_length=60,
        widget=forms.TextInput(OFF),
    )
    field_order = ["reference", "words"]


class TellForm(forms.Form):
    """How the person was told."""

    read = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    how = forms.ChoiceField(label="How they were told", choices=Told, widget=forms.RadioSelect)


class HandOverForm(forms.Form):
    """Who goes on with it, and what they need to know."""

    to = forms.ModelChoiceField(
        Staff.objects.none(), label="Who goes on", required=False, empty_label="Whoever takes it on"
    )
    words = words("What they need to know", rows=2, required=True)

    def __init__(self, *args, action, by: Staff, **options):
        super().__init__(*args, **options)
        people = Staff.objects.who_may(Permission.ACT_FOR_PEOPLE).exclude(pk=by.pk)
        people = people.filter(services__contains=[action.service])
        if action.team_id:
            people = people.filter(teams=action.team_id)
        self.fields["to"].queryset = people
        self.fields["to"].label_from_instance = lambda staff: staff.alias


class StopForm(forms.Form):
    """Why it will not be done."""

    words = words("Why it stops", rows=2, required=True)


class ShowForm(forms.Form):
    """Why somebody has to see who the person is."""

    why = forms.ChoiceField(
        label="Why you need to see it",
        choices=[
            ("to-ring", "To ring or write to them now"),
            ("to-pass-on", "To pass their message on now"),
            ("to-check", "To check what was written down"),
            ("to-approve", "To decide whether to approve it"),
        ],
    )


class BothSidesForm(forms.Form):
    """Whom a safeguarding lead looks for on both sides, and why."""

    name = forms.CharField(
        label="The name of whoever is away", max_length=200, widget=forms.TextInput(OFF)
    )
    why = forms.ChoiceField(
        label="Why both sides have to be seen together",
        help_text="That you looked, when and why is in the trail.",
        choices=[("", "Choose"), *WhyBothSides.choices],
    )

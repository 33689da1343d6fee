"""What is filled in about a request: by whoever asks, whoever hears it, and whoever answers."""

from django import forms

from contacts.channels import Channel
from contacts.chat.forms import LEFT_ALONE
from contacts.desk_forms import box
from contacts.models.amending import Way
from contacts.models.objected import UsedFor
from contacts.models.restricted import Use
from contacts.vocabulary import Topic
from contacts.wordings import Purpose
from helpline.foundation.calendar import london_today
from privacy.models.rectification import Ground as RectifyGround
from privacy.models.restriction import Ground
from privacy.rights import kinds
from privacy.rights.kinds import Age, Asker, EvidenceKind, Extension, Kind, Nation, Refusal, Route

LONGEST = 8000
NOTHING_TO_TYPE = {"autocomplete": "off"}


def words(label: str, help_text: str = "", *, rows: int = 3, required: bool = True):
    """A box of words that no browser offers again."""
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=LONGEST, widget=box(rows)
    )


def line(label: str, help_text: str = "", *, required: bool = False):
    """One line of words."""
    widget = forms.TextInput(NOTHING_TO_TYPE)
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=300, widget=widget
    )


def day(label: str, help_text: str = ""):
    """A day; today unless another is chosen."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        initial=london_today,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )


class LogForm(forms.Form):
    """Somebody asks one of us: what they said is enough, everything else can stay as it is."""

    kind = forms.ChoiceField(
        label="What they ask for",
        choices=Kind,
        initial=Kind.ACCESS,
        widget=forms.RadioSelect,
        help_text="If you are not sure, choose what comes nearest. No reason is needed.",
    )
    words = words("What they said", "In their words. If they complain, what about.", rows=4)
    route = forms.ChoiceField(
        label="How it reached us",
        choices=[each for each in Route.choices if each[0] not in (Route.FORM, Route.CODE)],
        initial=Route.SPOKEN,
    )
    received_on = day("On which day", "The day it reached any of us, not today if that was before.")
    asker = forms.ChoiceField(label="Who asks", choices=Asker, initial=Asker.SELF)
    age = forms.ChoiceField(
        label="If a parent asks, how old is the young person?", choices=Age, initial=Age.NOT_SAID
    )
    nation = forms.ChoiceField(label="Where they live, if they say", choices=Nation)
    reach = line("How it is safe to answer them", "Never ask for more than they want to give.")
    late_because = line("If it was more than 60 days ago, why it is written down now")


class PublicForm(forms.Form):
    """What anybody may ask of us about their data; only what they want is needed."""

    kind = forms.ChoiceField(
        label="What would you like?",
        choices=[
            (Kind.ACCESS, "See what you have about me"),
            (Kind.ERASE, "Delete it"),
            (Kind.RECTIFY, "Put something right"),
            (Kind.RESTRICT, "Keep it, and do not use it for now"),
            (Kind.OBJECT, "Stop using it"),
            (Kind.PORTABILITY, "A copy to take elsewhere"),
            (Kind.WITHDRAW, "Take back something I agreed to"),
            (Kind.COMPLAINT, "Complain about how you use my data"),
        ],
        initial=Kind.ACCESS,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="In your own words",
        help_text="You do not need a reason. To put something right, say what is wrong.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(LEFT_ALONE | {"rows": 4}),
    )
    recalled = forms.CharField(
        label="What helps us find it, if you like",
        help_text="When you were in touch, how, and what it was about.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(LEFT_ALONE | {"rows": 3}),
    )
    asker = forms.ChoiceField(
        label="Who is it about?",
        choices=[
            (Asker.SELF, "Me"),
            (Asker.REPRESENTATIVE, "Somebody who asked me to do this for them"),
            (Asker.PARENT, "My child"),
            (Asker.OTHER, "Somebody else"),
        ],
        initial=Asker.SELF,
        widget=forms.RadioSelect,
    )
    reach = forms.CharField(
        label="How it is safe to answer you, if you like",
        help_text="You can leave this empty. Then you read our answer here, with seven words.",
        max_length=300,
        required=False,
        widget=forms.TextInput(LEFT_ALONE),
    )


class CodeForm(forms.Form):
    """Seven words."""

    words = forms.CharField(
        label="Their seven words", max_length=300, widget=forms.TextInput(NOTHING_TO_TYPE)
    )


class WorksheetForm(forms.Form):
    """What they recall: it narrows down where to look, and proves nothing."""

    since = forms.DateField(
        label="Since", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    channel = forms.ChoiceField(
        label="How", required=False, choices=[("", "Any way"), *Channel.choices]
    )
    topic = forms.ChoiceField(
        label="About", required=False, choices=[("", "Anything"), *Topic.choices]
    )


class RecordForm(forms.Form):
    """Which record it is."""

    record = forms.UUIDField()


class RecallForm(forms.Form):
    """Which contact fits, and which two facts say so."""

    contact = forms.UUIDField(widget=forms.HiddenInput)
    because = words("Which two facts fit that only they could know", rows=2)


class WhyForm(forms.Form):
    """A reason, in words."""

    why = words("Why")


class DayForm(forms.Form):
    """A day on which something happened."""

    on = day("On which day")


class DoubtForm(forms.Form):
    """Doubts about who asks."""

    doubts = words("Which reasonable doubts you have", "Nobody is asked who they are without.")
    on = day("Asked on")
    late_because = line("If that is more than a week after receipt, why only now")


class ProofForm(forms.Form):
    """Proof that was seen."""

    kind = forms.ChoiceField(label="What you have seen", choices=EvidenceKind)
    on = day("It arrived on")
    details = line("What helps to recognise it", "Never a copy or a number. Gone after 30 days.")


class KnownForm(forms.Form):
    """Why nobody has to prove who they are."""

    proof = forms.ChoiceField(
        label="What makes it certain",
        choices=[(p.value, p.label) for p in (kinds.Proof.CODE, kinds.Proof.KNOWN)]
        + [(kinds.Proof.TWO_FACTS.value, kinds.Proof.TWO_FACTS.label)],
    )
    why = words("If one of us knows them, how", required=False, rows=2)


class AuthorityForm(DayForm):
    """Authority that was seen."""

    details = line("What you have seen", "Gone after 30 days.")


class RestrictForm(forms.Form):
    """On which ground something is restricted."""

    ground = forms.ChoiceField(label="Ground", choices=Ground)
    why = words("Why it holds", "For whoever approves it.")


class UseForm(forms.Form):
    """A use of what is restricted, written down before it."""

    ground = forms.ChoiceField(label="What the law allows it for", choices=Use)
    why = words("What it is used for, and why it must be", rows=2)


class PutRightForm(forms.Form):
    """How one thing is put right."""

    way = forms.ChoiceField(label="What is done with it", choices=Way, widget=forms.RadioSelect)
    ground = forms.ChoiceField(label="What they say of it", choices=RectifyGround)
    why = words("How we know, or why it stays", "For whoever approves it.", rows=2)
    words = words(
        "How it reads then, or what they say about it", "In their own words, if it is disputed."
    )
    field_order = ("way", "ground", "words", "why")

    def __init__(self, *args, can_be_corrected: bool = True, is_fact: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        ways = [Way.CORRECTED] if is_fact else list(Way) if can_be_corrected else [Way.DISPUTED]
        self.fields["way"].choices = [(way.value, way.label) for way in ways]
        self.fields["way"].initial = ways[0]


class ObjectionForm(forms.Form):
    """What is stopped because they object."""

    uses = forms.MultipleChoiceField(
        label="What is stopped",
        choices=UsedFor,
        widget=forms.CheckboxSelectMultiple,
        help_text="If our grounds are compelling and weigh more, refuse it on that ground instead.",
    )


class TakeBackForm(forms.Form):
    """What they take back."""

    purpose = forms.ChoiceField(label="What they agreed to", choices=Purpose)


class StopForm(forms.Form):
    """A question that stops the clock."""

    question = words("What you ask them", "Only what tells you where to look.")
    on = day("Asked on")


class ExtendForm(forms.Form):
    """Two more months, once."""

    ground = forms.ChoiceField(label="Ground", choices=Extension)
    reasons = words("Why it takes longer", "They are told these reasons.")


class CorrectForm(forms.Form):
    """A date that was written down wrongly."""

    field = forms.ChoiceField(
        label="Which date",
        choices=[
            ("received_on", "It reached us"),
            ("identity_asked_on", "They were asked who they are"),
            ("identity_received_on", "Their proof arrived"),
            ("identity_confirmed_on", "It is certain who they are"),
            ("authority_received_on", "Their authority arrived"),
        ],
    )
    on = day("It was on")
    why = words("How you know", rows=2)


class ProposeForm(forms.Form):
    """The answer, for somebody else to approve."""

    outcome = forms.ChoiceField(label="The answer", choices=kinds.OUTCOMES)
    refusal = forms.ChoiceField(
        label="If it is refused, on which ground",
        choices=[("", "It is not refused"), *Refusal.choices],
        required=False,
    )
    reasons = words("Why", "For whoever approves it.")


class LetterForm(forms.Form):
    """A letter as it leaves."""

    text = words("The letter", rows=18)

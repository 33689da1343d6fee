"""What is written down about a request of an authority, step by step."""

from django import forms
from django.utils import timezone

from contacts.acts.forms import line, words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from safeguarding.authorities.kinds import Came, Decision, How, Kind, VictimTold

PICKER = "%Y-%m-%dT%H:%M"


class LogForm(forms.Form):
    """Who asks for what. Nothing that is typed here is looked up."""

    kind = forms.ChoiceField(label="What kind of request", choices=Kind, widget=forms.RadioSelect)
    came = forms.ChoiceField(label="How it reached us", choices=Came, widget=forms.RadioSelect)
    service = forms.ChoiceField(label="Which service they ask", choices=Service)
    body = line("Which force, court or body")
    person = line("Who asks, with their rank")
    number = line("Their collar number or the number of the case", longest=60)
    given = line(
        "The number or address they gave",
        help_text="Kept so that nobody rings it. We ring back on a published number only.",
    )
    their_reference = line("Their reference", longest=60)
    subject = line("Whom they ask about", help_text="Written down as they say it; not looked for.")
    wanted = words("What they ask for, in their words")
    purpose = words("What for", rows=2)
    life_at_risk = forms.BooleanField(
        label="They say that a life is at risk now",
        help_text="The safeguarding lead is called at once. Nothing may be said to them.",
        required=False,
    )

    def __init__(self, *args, by: Staff, **options):
        super().__init__(*args, **options)
        mine = [(one, label) for one, label in Service.choices if one in by.services]
        self.fields["service"].choices = mine
        self.fields["body"].required = True


class TickForm(forms.Form):
    """Which requirements are there."""

    met = forms.MultipleChoiceField(
        label="What is there", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, request, **options):
        super().__init__(*args, **options)
        self.fields["met"].choices = [(one.code, one.words) for one in request.needs.requirements]
        self.fields["met"].initial = request.met


class VictimForm(forms.Form):
    """Whether the victim knows, and whether notes of counselling are asked for."""

    victim = forms.ChoiceField(
        label="Does the victim know of it?", choices=VictimTold, widget=forms.RadioSelect
    )
    counselling = forms.BooleanField(
        label="They ask for what was said in a conversation with us",
        help_text="Then it counts as notes of counselling, which are presumed not to be shared.",
        required=False,
    )

    def __init__(self, *args, request, **options):
        super().__init__(*args, **options)
        self.initial = {"victim": request.victim, "counselling": request.counselling}


class CallBackForm(forms.Form):
    """Who is who: by ringing a number that they did not give us."""

    published = line("The published number you rang", longest=60)
    published_in = line("Where it is published")
    rang_at = forms.DateTimeField(
        label="When you rang", widget=forms.DateTimeInput({"type": "datetime-local"}, PICKER)
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["published"].required = self.fields["published_in"].required = True
        self.fields["rang_at"].initial = timezone.localtime


class HandleForm(forms.Form):
    """A contact that it is about, by its handle."""

    handle = forms.CharField(
        label="The handle of a contact that it is about",
        help_text="Two words and a number. There is no search by name.",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class WordsForm(forms.Form):
    """One reasoned text."""

    words = words("Why", required=True)
    label, hint = "Why, in at least 20 characters", ""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["words"].label, self.fields["words"].help_text = self.label, self.hint


class ConsiderForm(WordsForm):
    """How it was considered."""

    label = "What speaks for it, what against it, and what would be enough"
    hint = "Your thoughts, without words that somebody said in a contact."


class AdviseForm(WordsForm):
    """What the data protection officer says."""

    label = "What you advise"


class DoubtForm(WordsForm):
    """Why somebody may not be who they said."""

    label = "Why you doubt that it is them"


class WithdrawForm(WordsForm):
    """How we know that they do not ask any more."""

    label = "How you know that they do not ask any more"


class BackForm(WordsForm):
    """What is missing before somebody signs."""

    label = "What is missing"


class AgainForm(WordsForm):
    """Why it is decided again."""

    label = "Why it is decided again"


class DirectorForm(forms.Form):
    """That a director agreed, who has no account here."""

    director = line("Which director")
    reasons = words("Their reasons, in at least 20 characters", required=True)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["director"].required = True


class DecideForm(forms.Form):
    """What is answered, and why."""

    decision = forms.ChoiceField(label="What we answer", choices=Decision, widget=forms.RadioSelect)
    why = words("Why, in at least 20 characters", required=True)

    def __init__(self, *args, request, **options):
        super().__init__(*args, **options)
        known = request.answers()
        self.fields["decision"].choices = [(each.value, each.label) for each in known]


class SignForm(forms.Form):
    """Up to which step it was read."""

    read = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """By which way the letter left."""

    how = forms.ChoiceField(label="How it left", choices=How, widget=forms.RadioSelect)

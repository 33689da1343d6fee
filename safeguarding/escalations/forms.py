"""What is filled in when somebody is worried, and at each step after that."""

from django import forms

from contacts.desk_forms import box
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service
from safeguarding.escalations.kinds import Decision, Kind, ToldByPolice, Urgency, more_urgent
from safeguarding.models.moving import SHORTEST
from safeguarding.models.owning import able

LONGEST = 4000
AS_USUAL = [("", "As below"), *((each.value, each.word) for each in Urgency)]


def words(label: str, help_text: str = "", *, rows: int = 2) -> forms.CharField:
    """A box of words that may stay empty."""
    return forms.CharField(
        label=label, help_text=help_text, max_length=LONGEST, required=False, widget=box(rows)
    )


class WordsForm(forms.Form):
    """What is known, in words and never as a score (NICE NG225). None of it has to be there."""

    said = words("What they said", "In their own words.", rows=3)
    concern = words("What worries you")
    wants = words("What they want to happen")
    tried = words("What was tried with them first")
    protective = words("What helps to keep them safe")
    intent = words("What somebody means to do")
    means = words("What they have to do it with")
    plan = words("How and where")
    timescale = words("When")

    def known(self) -> dict[str, str]:
        """The words alone, as the verbs take them."""
        return {name: self.cleaned_data[name] for name in WordsForm.base_fields}


def needed(label: str, help_text: str = "") -> forms.CharField:
    """A box of words that has to say something."""
    return forms.CharField(label=label, help_text=help_text, max_length=LONGEST, widget=box(2))


class RaiseForm(WordsForm):
    """What somebody is worried about and how soon: one press, and the words when there is time."""

    kind = forms.ChoiceField(choices=Kind)
    urgency = forms.ChoiceField(
        label="How soon somebody must look",
        choices=AS_USUAL,
        required=False,
        widget=forms.RadioSelect,
    )
    service = forms.ChoiceField(label="Which service it came up in")

    def __init__(self, *args, by: Staff, about=None, **options):
        super().__init__(*args, **options)
        services = [(code, Service(code).label) for code in by.services]
        self.fields["service"].choices = services
        if about is not None:
            del self.fields["service"]


class AssessForm(WordsForm):
    """A closer look: somebody has to say what worries them."""

    concern = forms.CharField(label="What worries you", max_length=LONGEST, widget=box(3))


def why(label: str, help_text: str = "") -> forms.CharField:
    """A reason somebody else can understand next year."""
    said = f"At least {SHORTEST} characters. {help_text}".strip()
    return forms.CharField(
        label=label, help_text=said, min_length=SHORTEST, max_length=LONGEST, widget=box(3)
    )


class DecideForm(forms.Form):
    """What comes of it, and why: as fully for doing nothing as for sharing."""

    decision = forms.ChoiceField(
        label="What comes of it", choices=Decision, widget=forms.RadioSelect
    )
    why = why("Why", "Also why nothing is shared, where nothing is.")

    def __init__(self, *args, by: Staff, urgency: str, **options):
        super().__init__(*args, **options)
        if urgency == Urgency.PLANNED and not by.may(Permission.DECIDE_PLANNED):
            kept = (Decision.NO_ACTION, Decision.SUPPORT_PLAN)
            self.fields["decision"].choices = [(one.value, one.label) for one in kept]
            self.fields["decision"].help_text = "To share what can wait, ask the safeguarding lead."


class ActForm(forms.Form):
    """What is being done, if there is something to say about it."""

    why = words("What you are doing")


class InformForm(forms.Form):
    """How the person learned of it."""

    why = why("What they were told, how and by whom")


class CouldNotInformForm(forms.Form):
    """Why the person could not be told."""

    why = why("Why they could not be told", "“Not safe” needs a sentence about what is not safe.")


class LookBackForm(forms.Form):
    """What one sees afterwards."""

    why = why("What you see when you look back")


class HandOverForm(forms.Form):
    """Who goes on with it, and all that they need to know."""

    to = forms.ModelChoiceField(Staff.objects.none(), label="Who goes on", empty_label="Choose")
    summary = needed("What has happened so far")
    worry = needed("What worries you now")
    protections = needed("What helps to keep them safe")
    contacted = needed("Who was contacted", "Say “nobody” if nobody was.")
    next_steps = needed("What has to be done next, and by when")

    def __init__(self, *args, escalation, **options):
        super().__init__(*args, **options)
        people = able(escalation.service).exclude(pk=escalation.owner_id).order_by("alias")
        self.fields["to"].queryset = people
        self.fields["to"].label_from_instance = lambda staff: staff.alias


class HastenForm(forms.Form):
    """How soon now, and what has changed; there may be no time for more than a word."""

    urgency = forms.ChoiceField(label="How soon somebody must look", widget=forms.RadioSelect)
    why = forms.CharField(
        label="What has changed", help_text="A few words.", max_length=LONGEST, widget=box(2)
    )

    def __init__(self, *args, urgency: str, **options):
        super().__init__(*args, **options)
        above = more_urgent(urgency) or list(Urgency)[:1]  # somebody else may have been sooner
        self.fields["urgency"].choices = [(each.value, each.label) for each in above]
        self.fields["urgency"].initial = above[0]


class PoliceLevelForm(forms.Form):
    """The police’s own level, as they told it."""

    level = forms.ChoiceField(
        label="As told by police", choices=ToldByPolice, help_text="Their word, not ours."
    )


class CloseForm(forms.Form):
    """Why it is over."""

    why = why("Why it can be closed")


class ReopenForm(forms.Form):
    """What has changed."""

    why = why("Why it is opened again")

"""The cards of the desk: what a worker writes down while somebody talks, in any order (S0-03)."""

from django import forms

from contacts import checking
from contacts.models import LegalBasis, Signpost
from contacts.vocabulary import (
    GIVEN,
    NOTES,
    TOPIC_GROUPS,
    WANTED,
    Basis,
    Condition,
    NoConsent,
    NoteKind,
    Outcome,
)

LONGEST = 20_000
SHORTEST_REASON = 10
PLACES = {"wanted": WANTED, "notes": NOTES, "given": GIVEN, "question": [NoteKind.QUESTION]}
LABELS = {
    "wanted": "Write it down",
    "notes": "Add a note",
    "given": "What you told them",
    "question": "What they asked about confidentiality",
}
HINTS = {
    "wanted": "As they put it. Nothing here has to be filled in.",
    "notes": "Facts, their words and your view are kept apart. Leave out names of other people.",
    "given": "Options are talked through with them; nobody is told what to do.",
    "question": "If they asked anything.",
}


def box(rows: int) -> forms.Textarea:
    """A box for words, which no browser may offer again."""
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})


class AsksWhy(forms.Form):
    """Asks, before it keeps words that could say who somebody is, whether that is needed (A15)."""

    why = forms.CharField(
        label="Why it is needed", max_length=500, required=False, widget=forms.HiddenInput
    )
    words_in = ("text",)

    def clean(self):
        """Ask for a reason where somebody could be recognised."""
        said = super().clean()
        words = "\n".join(said.get(name, "") or "" for name in self.words_in)
        self.kinds_found = checking.identifying(words)
        if self.kinds_found and len(said.get("why", "").strip()) < SHORTEST_REASON:
            self.fields["why"].widget = forms.TextInput(attrs={"autocomplete": "off"})
            found = checking.in_words(self.kinds_found)
            self.add_error(
                "why", f"This seems to hold {found}. Take it out, or say why it is needed."
            )
        return said


class NoteForm(AsksWhy):
    """One note of one card; also asks about words that judge (H15)."""

    kind = forms.ChoiceField(label="This is", widget=forms.RadioSelect)
    text = forms.CharField(max_length=LONGEST, widget=box(3))
    judged = forms.BooleanField(required=False, widget=forms.HiddenInput)
    corrects = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ["kind", "text", "why"]

    def __init__(self, *args, place: str, **options):
        super().__init__(*args, auto_id=f"{place}-%s", **options)
        kinds = PLACES[place]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["kind"].initial = kinds[0].value
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
        self.fields["text"].label = LABELS[place]
        self.fields["text"].help_text = HINTS[place]

    def clean(self):
        """Ask once about judging words; saving once more keeps them."""
        said = super().clean()
        harsh = checking.judging(said.get("text", ""))
        if harsh and not said.get("judged"):
            self.data = self.data.copy()
            self.data["judged"] = "on"
            quoted = ", ".join(f"“{words}”" for words in harsh)
            sounds = f"{quoted} may sound as if we judged them."
            self.add_error("text", f"{sounds} Change it, or save once more to keep it.")
        return said


class TopicsForm(forms.Form):
    """What it was about; `shown` remembers what was ticked, so that a colleague’s tick stays."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    topics = forms.MultipleChoiceField(
        required=False,
        choices=[(group, [(t.value, t.label) for t in topics]) for group, topics in TOPIC_GROUPS],
        widget=forms.CheckboxSelectMultiple,
    )

    def changes(self) -> tuple[set[str], set[str]]:
        """What this person ticked, and what they cleared."""
        before = set(filter(None, self.cleaned_data["shown"].split(",")))
        now = set(self.cleaned_data["topics"])
        return now - before, before - now


class SignpostingForm(forms.Form):
    """Where else they were told they can turn."""

    signpost = forms.ModelChoiceField(
        Signpost.objects.none(), label="Pointed them to", empty_label="Choose from the list"
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["signpost"].queryset = Signpost.objects.current()


class BasisForm(AsksWhy, forms.ModelForm):
    """The legal basis as it is now; asking for consent is not always right, and the form says
    so."""

    basis = forms.ChoiceField(
        label="We keep their words because", choices=Basis, widget=forms.RadioSelect
    )
    condition = forms.ChoiceField(
        label="Did they speak of health, sex life, belief or the like?", choices=Condition
    )
    no_consent = forms.ChoiceField(
        label="If they did not agree, why not", choices=NoConsent, required=False
    )
    reason = forms.CharField(label="In your words", required=False, max_length=2000, widget=box(2))

    words_in = ("reason",)
    field_order = ["basis", "condition", "no_consent"]

    class Meta:
        model = LegalBasis
        fields = [
            "basis",
            "condition",
            "no_consent",
            "under_18",
            "needs_care",
            "at_risk",
            "cannot_protect",
            "reason",
        ]
        labels = {
            "under_18": "They seem to be under 18",
            "needs_care": "They have needs for care and support",
            "at_risk": "They are being harmed or neglected, or may be",
            "cannot_protect": "Because of those needs they cannot protect themselves",
        }

    def said(self) -> dict:
        """What `discern` takes; why a detail is needed is part of the reason in words."""
        said = dict(self.cleaned_data)
        why = said.pop("why")
        return said | {"reason": f"{said['reason']}\n{why}".strip()}


class DecisionFields(forms.Form):
    """The part of every decision page that belongs to the person it is about (S1-03).

    Mixed into the form of any decision: what they think of it, and that they were told they may ask
    for it to be looked at again.
    """

    their_view = forms.CharField(
        label="What they think of this decision",
        help_text="In their words, if they could be asked.",
        required=False,
        max_length=4000,
        widget=box(2),
    )
    told_of_review = forms.BooleanField(
        label="They know that they can ask us to look at it again", required=False
    )


class EndForm(AsksWhy, DecisionFields):
    """How a contact ended. "Could not help" needs what was explained (S1-07)."""

    outcome = forms.ChoiceField(
        label="How it ended", choices=Outcome, widget=forms.RadioSelect, required=True
    )
    explained = forms.CharField(
        label="If we could not help: what you explained, and where else they can turn",
        required=False,
        max_length=4000,
        widget=box(2),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    words_in = ("explained", "their_view")
    field_order = ["outcome", "explained", "their_view", "told_of_review", "why"]

    def clean_seen(self):
        """The last line that the page was drawn with; a form that does not say has shown none."""
        return self.cleaned_data["seen"] or 0

    def shown_until(self, number: int) -> None:
        """The page that is drawn with it now tells of what was said up to this line."""
        self.data = self.data.copy()
        self.data["seen"] = number

    def clean(self):
        """Ask for the explanation where one is due."""
        said = super().clean()
        if said.get("outcome") == Outcome.COULD_NOT_HELP and not said.get("explained", "").strip():
            self.add_error(
                "explained", "Say how you explained that we could not help (and who can)."
            )
        return said


class SignpostForm(forms.ModelForm):
    """A new entry of the list of places people can turn to."""

    class Meta:
        model = Signpost
        fields = ["name", "offers", "reached_by"]
        labels = {
            "name": "Who they are",
            "offers": "What they do",
            "reached_by": "How to reach them",
        }


class QuestionForm(forms.Form):
    """A supervisor’s question about a note."""

    question = forms.CharField(max_length=2000, label="Your question", widget=box(2))


class AnswerForm(forms.Form):
    """The author’s answer."""

    answer = forms.CharField(max_length=2000, label="Your answer", widget=box(2))

"""What somebody says when they decide about one item."""

from django import forms

from helpline.foundation.calendar import london_today
from privacy.bundle.contents import Cut
from privacy.review.deciding import Choice, Deciding, Health
from privacy.review.exemptions import Exemption
from privacy.review.highlighter import Mark

LONGEST = 4000


def answer(label: str, rows: int = 2) -> forms.CharField:
    """A sealed answer in words."""
    box = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=box)


class DecideForm(forms.Form):
    """One item: what happens with it, and the answers that this needs."""

    choice = forms.ChoiceField(
        label="What happens with it", choices=Choice, widget=forms.RadioSelect
    )
    health = forms.ChoiceField(
        label="Is it about the health of whoever asks?", choices=Health, widget=forms.RadioSelect
    )
    exemption = forms.ChoiceField(label="Exemption", required=False)
    who = answer("Whom else is it about?", 1)
    known = answer("What does the person know of it already?", 1)
    test = answer("The test of this exemption, answered for this item")
    opinion_on = forms.DateField(
        label="Day of a health professional’s opinion",
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    marks = forms.MultipleChoiceField(
        label="Take out what was marked", required=False, widget=forms.CheckboxSelectMultiple
    )
    phrases = answer("Take out these words too, one phrase a line")

    def __init__(self, data=None, *, words: str, found: list[Mark], allowed, **options) -> None:
        super().__init__(data, **options)
        self.words, self.found = words, found
        choices = [("", "None"), *((each.value, each.label) for each in allowed)]
        self.fields["exemption"].choices = choices
        self.fields["marks"].choices = [
            (f"{mark.start}-{mark.end}", f"{words[mark.start : mark.end]} ({mark.kind.label})")
            for mark in found
        ]
        if not found:
            del self.fields["marks"]

    def clean_opinion_on(self):
        """Nobody can have given an opinion tomorrow."""
        day = self.cleaned_data["opinion_on"]
        if day and day > london_today():
            raise forms.ValidationError("This day is in the future.")
        return day

    def clean_phrases(self):
        """Every phrase must stand in the item: a mistyped one would take out nothing."""
        phrases = [each.strip() for each in self.cleaned_data["phrases"].splitlines()]
        for phrase in filter(None, phrases):
            if phrase not in self.words:
                raise forms.ValidationError("One of these phrases does not stand in it.")
        return [phrase for phrase in phrases if phrase]

    def deciding(self) -> Deciding:
        """The decision, with everything that is taken out."""
        said = self.cleaned_data
        cuts = self.cuts() if said["choice"] == Choice.REDACT else []
        return Deciding(
            choice=said["choice"],
            words=self.words,
            health=said["health"],
            exemption=said["exemption"],
            test=said["test"],
            who=said["who"],
            known=said["known"],
            cuts=cuts,
            opinion_on=said["opinion_on"],
        )

    def cuts(self) -> list[Cut]:
        """What was ticked and typed, joined where it touches."""
        spans = [tuple(map(int, each.split("-"))) for each in self.cleaned_data.get("marks", [])]
        for phrase in self.cleaned_data["phrases"]:
            start = self.words.find(phrase)
            while start >= 0:
                spans.append((start, start + len(phrase)))
                start = self.words.find(phrase, start + len(phrase))
        chosen = self.cleaned_data["exemption"]
        why = Exemption(chosen).mark if chosen else ""
        return [Cut(start, end, why) for start, end in joined(spans)]


def joined(spans: list[tuple]) -> list[tuple[int, int]]:
    """Spans in order; those that overlap become one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


class NamesForm(forms.Form):
    """The names of this request, for the highlighter alone."""

    names = answer("Names to look for, one a line", 4)

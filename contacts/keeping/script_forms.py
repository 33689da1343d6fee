"""One step of a draft as a plain form: its words, its buttons, and where each of them leads."""

from django import forms

from contacts import bot
from contacts.keeping import flow
from contacts.models import BotScript
from helpline.foundation.states import WrongState

STALE = (
    "Somebody else changed this draft while you were writing. What you wrote is still here:"
    " look at it once more, then save it again."
)
TEXTS = {
    bot.Kind.CHOOSE: "What the chatbot asks",
    bot.Kind.ASK: "What the chatbot asks",
    bot.Kind.SIGNPOST: "What it says before the place",
}
SPARE = 2  # empty buttons shown below those that are filled in


class StepForm(forms.Form):
    """What one step says and where it leads. `seen` is the draft as its editor saw it."""

    text = forms.CharField(label="What the chatbot says", strip=True, required=False)
    place = forms.ChoiceField(label="Which help it names", required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, draft: BotScript, step: bot.Step, **options):
        self.draft, self.step = draft, step
        super().__init__(*args, initial=initial_of(step) | {"seen": draft.seen}, **options)
        self.targets = [("", "Not decided yet"), *targets(draft.script, step)]
        self.fields["text"].widget = forms.Textarea({"rows": 5})
        self.fields["text"].label = TEXTS.get(step.kind, "What the chatbot says")
        self.fields[
            "text"
        ].help_text = (
            f"Short and warm, for a child of eleven. At most {bot.LONGEST_TEXT} characters."
        )
        if step.kind == bot.Kind.SIGNPOST:
            self.fields["place"].choices = flow.places()
        else:
            del self.fields["place"]
        if step.kind == bot.Kind.CHOOSE:
            self.add_buttons()
        if step.kind not in bot.ENDS:
            label = "If they skip it" if step.kind in bot.QUESTIONS else "What comes then"
            self.fields["next"] = self.leading(label)

    def add_buttons(self) -> None:
        """A row for each button, and a few empty ones."""
        filled = len(self.step.choices)
        self.rows = range(min(max(filled + SPARE, bot.FEWEST_CHOICES), bot.MOST_CHOICES))
        for row in self.rows:
            label = forms.CharField(
                label=f"Button {row + 1}", max_length=bot.LONGEST_LABEL, required=False
            )
            self.fields[f"label_{row}"] = label
            self.fields[f"next_{row}"] = self.leading(f"Button {row + 1} leads to")
            self.fields[f"not_safe_{row}"] = forms.BooleanField(
                label=f"Button {row + 1} means “I’m not safe”: to a person at once", required=False
            )

    def leading(self, label: str) -> forms.ChoiceField:
        """A field for where something leads."""
        return forms.ChoiceField(label=label, choices=self.targets, required=False)

    @property
    def buttons(self) -> list[dict]:
        """The bound fields of each button, for the page."""
        rows = self.rows if self.step.kind == bot.Kind.CHOOSE else []
        return [
            {name: self[f"{name}_{row}"] for name in ("label", "next", "not_safe")} for row in rows
        ]

    def clean(self) -> None:
        """Hold the step against the rules of scripts, but for what is not decided yet."""
        if self.errors:
            return
        given = self.filled_in()
        script = bot.Script([*map(bot.written, replaced(self.draft.script, given))])
        places = {value for value, _label in flow.places()}
        for problem in bot.of_step(script, script.step(given.id) or given, places):
            self.tell(problem)

    def tell(self, problem: bot.Problem) -> None:
        """Say what is wrong beside its field; of all buttons together, beside the first."""
        kind, _, number = problem.field.partition("-")
        if kind == "choices":
            self.add_error("label_0", problem.words)
        elif kind == "button":
            self.add_error(f"label_{self.filled_rows()[int(number) - 1]}", problem.words)
        elif kind in ("text", "place"):
            self.add_error(kind, problem.words)

    def filled_rows(self) -> list[int]:
        """The rows whose button says something."""
        return [row for row in self.rows if self.cleaned_data.get(f"label_{row}")]

    def filled_in(self) -> bot.Step:
        """The step as it would be stored."""
        given = self.cleaned_data
        choices = tuple(
            bot.Choice(given[f"label_{row}"], given[f"next_{row}"], bool(given[f"not_safe_{row}"]))
            for row in (self.filled_rows() if self.step.kind == bot.Kind.CHOOSE else [])
        )
        return self.step._replace(
            text=given["text"],
            next=given.get("next", ""),
            place=given.get("place", ""),
            choices=choices,
        )

    def save(self, steps: list[bot.Step], *, by) -> bool:
        """Store the draft; False, with what was typed kept, when somebody else was faster."""
        try:
            self.draft.edit(steps, by=by, seen=self.cleaned_data["seen"])
        except WrongState:
            self.draft.refresh_from_db()
            self.data = self.data.copy()
            self.data["seen"] = self.draft.seen
            self.add_error(None, STALE)
            return False
        return True


def initial_of(step: bot.Step) -> dict:
    """The fields as the step is now."""
    found = {"text": step.text, "next": step.next, "place": step.place or bot.Fixed.EMERGENCY}
    for row, choice in enumerate(step.choices):
        found |= {
            f"label_{row}": choice.label,
            f"next_{row}": choice.next,
            f"not_safe_{row}": choice.not_safe,
        }
    return found


def targets(script: bot.Script, step: bot.Step) -> list[tuple[str, str]]:
    """The steps that this one may lead to."""
    return [(each.id, flow.name(script, each.id)) for each in script.steps if each.id != step.id]


def replaced(script: bot.Script, step: bot.Step) -> list[bot.Step]:
    """The script's steps with this one in its place; at the end where it is not there."""
    if script.step(step.id) is None:
        return [*script.steps, step]
    return [step if each.id == step.id else each for each in script.steps]

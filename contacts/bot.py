"""The chatbot's script: what a step is, and what makes a script fit to be met by a person.

Pure rules about plain data. Nothing here judges, scores or guesses; a script only leads on.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import models

LONGEST_TEXT = 1000  # characters of what one step says
LONGEST_LABEL = 80  # of what is written on a button
LONGEST_ID = 40
FEWEST_CHOICES, MOST_CHOICES = 2, 8
MOST_STEPS = 80
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Kind(models.TextChoices):
    """What a step does."""

    SAY = "say", "Say something"
    CHOOSE = "choose", "Ask, with buttons to answer"
    ASK = "ask", "Ask, and let them write"
    SIGNPOST = "signpost", "Tell them of other help"
    HAND_OVER = "hand-over", "Pass them to a person"
    GOODBYE = "goodbye", "Say goodbye"


class Fixed(models.TextChoices):
    """Help that is always there, beside the entries of the list of places to turn to."""

    EMERGENCY = "emergency", "Emergency help: 999, our number, and who else is there at any hour"
    ELSEWHERE = "elsewhere", "Who else is there at any hour"


QUESTIONS = {Kind.CHOOSE, Kind.ASK}
ENDS = {Kind.HAND_OVER, Kind.GOODBYE}


class Choice(NamedTuple):
    """One button of a question; `not_safe` leads to a person at once, whatever `next` says."""

    label: str
    next: str = ""
    not_safe: bool = False


class Step(NamedTuple):
    """One step. `next` is where it leads, and for a question where skipping it leads."""

    id: str
    kind: str
    text: str = ""
    next: str = ""
    choices: tuple[Choice, ...] = ()
    place: str = ""

    @property
    def onward(self) -> list[str]:
        """Every step that this one leads to."""
        to = [] if self.kind in ENDS else [self.next]
        return to + [each.next for each in self.choices if not each.not_safe]


class Problem(NamedTuple):
    """What keeps a script from being published: at which step and field, as its editor reads it."""

    step: str
    field: str
    words: str


class Script:
    """A script as its stored steps say it; whatever is missing is empty."""

    def __init__(self, stored: Iterable[dict[str, Any]]) -> None:
        self.steps = [read(each) for each in stored]
        self.by_id = {step.id: step for step in reversed(self.steps)}

    @property
    def first(self) -> str:
        """Where it begins."""
        return self.steps[0].id if self.steps else ""

    def step(self, step_id: str) -> Step | None:
        """The step of this id, if there is one."""
        return self.by_id.get(step_id)

    def reachable(self) -> set[str]:
        """The steps that somebody can come to."""
        found, left = set(), [self.first]
        while left:
            step = self.step(left.pop())
            if step and step.id not in found:
                found.add(step.id)
                left += step.onward
        return found

    def ending(self) -> set[str]:
        """The steps from which there is a way to a person or a goodbye."""
        found = {step.id for step in self.steps if step.kind in ENDS}
        while more := {s.id for s in self.steps if s.id not in found and found & {*s.onward}}:
            found |= more
        return found


def read(stored: dict[str, Any]) -> Step:
    """One stored step."""
    choices = tuple(
        Choice(each.get("label", ""), each.get("next", ""), bool(each.get("not_safe")))
        for each in stored.get("choices", [])
    )
    plain = {name: stored.get(name, "") for name in ("id", "kind", "text", "next", "place")}
    return Step(**plain, choices=choices)


def written(step: Step) -> dict[str, Any]:
    """A step as it is stored: only what its kind has."""
    stored: dict[str, Any] = {"id": step.id, "kind": step.kind, "text": step.text}
    if step.kind not in ENDS:
        stored["next"] = step.next
    if step.kind == Kind.CHOOSE:
        stored["choices"] = [choice_written(each) for each in step.choices]
    if step.kind == Kind.SIGNPOST:
        stored["place"] = step.place
    return stored


def choice_written(choice: Choice) -> dict[str, Any]:
    """A choice as it is stored."""
    if choice.not_safe:
        return {"label": choice.label, "not_safe": True}
    return {"label": choice.label, "next": choice.next}


def problems(script: Script, places: set[str]) -> list[Problem]:
    """What is wrong with a script, in the order of its steps; `places` are ids of the list."""
    if not script.steps:
        return [Problem("", "", "The script has no steps yet.")]
    found = [each for step in script.steps for each in of_step(script, step, places)]
    return found or list(of_flow(script))


def of_step(script: Script, step: Step, places: set[str]) -> Iterator[Problem]:
    """What is wrong with one step by itself."""
    yield from of_name(script, step)
    if len(step.text) > LONGEST_TEXT:
        yield Problem(step.id, "text", f"This is too long: {LONGEST_TEXT} characters at most.")
    elif not step.text.strip() and step.kind != Kind.SIGNPOST:
        yield Problem(step.id, "text", "It says nothing yet.")
    if step.kind not in ENDS and script.step(step.next) is None:
        yield Problem(step.id, "next", "It does not lead anywhere yet.")
    if step.kind == Kind.CHOOSE:
        yield from of_choices(script, step)
    if step.kind == Kind.SIGNPOST and step.place not in places | set(Fixed.values):
        yield Problem(
            step.id, "place", "The place it names is not on the list of places to turn to."
        )


def of_name(script: Script, step: Step) -> Iterator[Problem]:
    """What is wrong with a step's id or kind, which no form can bring about."""
    if len(step.id) > LONGEST_ID or not SLUG.fullmatch(step.id):
        yield Problem(step.id, "id", "Its name may hold small letters and numbers only.")
    if script.step(step.id) is not step:
        yield Problem(step.id, "id", "Two steps have the same name.")
    if step.kind not in Kind.values:
        yield Problem(step.id, "kind", "Nobody knows what this step does.")


def of_choices(script: Script, step: Step) -> Iterator[Problem]:
    """What is wrong with the buttons of a question."""
    count = len(step.choices)
    if not FEWEST_CHOICES <= count <= MOST_CHOICES:
        words = f"A question has {FEWEST_CHOICES} to {MOST_CHOICES} buttons. This one has {count}."
        yield Problem(step.id, "choices", words)
    labels = [each.label.strip().casefold() for each in step.choices]
    for number, choice in enumerate(step.choices, start=1):
        if not choice.label.strip():
            yield Problem(step.id, f"button-{number}", f"Button {number} says nothing yet.")
        elif len(choice.label) > LONGEST_LABEL:
            words = f"Button {number} is too long: {LONGEST_LABEL} characters at most."
            yield Problem(step.id, f"button-{number}", words)
        elif labels.index(labels[number - 1]) != number - 1:
            words = f"Button {number} says the same as another."
            yield Problem(step.id, f"button-{number}", words)
        if not choice.not_safe and script.step(choice.next) is None:
            words = f"Button {number} does not lead anywhere yet."
            yield Problem(step.id, f"next-{number}", words)


def of_flow(script: Script) -> Iterator[Problem]:
    """What is wrong with the way that the steps lead on, once each is right by itself."""
    reachable, ending = script.reachable(), script.ending()
    for step in script.steps:
        if step.id not in reachable:
            yield Problem(step.id, "", "Nothing leads to this step.")
        elif runs_in_circles(script, step):
            yield Problem(step.id, "next", "From here it would talk in circles and never stop.")
        elif step.id not in ending:
            words = "From here nobody ever comes to a person or a goodbye."
            yield Problem(step.id, "next", words)
    asked = [step for step in script.steps if step.id in reachable]
    if not any(choice.not_safe for step in asked for choice in step.choices):
        words = "No button says that somebody is not safe. At least one question needs it."
        yield Problem("", "", words)


def runs_in_circles(script: Script, step: Step) -> bool:
    """Whether the bot would come back to this step without asking anything."""
    at: Step | None = step
    for _ in script.steps:
        if at is None or at.kind in QUESTIONS | ENDS:
            return False
        at = script.step(at.next)
        if at is step:
            return True
    return False

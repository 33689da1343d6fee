"""What a draft changes, step by step, as its supervisor confirms it."""

from typing import NamedTuple

from contacts import bot
from contacts.keeping.flow import kind_words, name, places


class Change(NamedTuple):
    """One step before and after; empty where it is not there."""

    what: str
    before: str
    after: str


def changes(before: bot.Script, after: bot.Script) -> list[Change]:
    """Every step that is new, gone, or says or leads to something else."""
    names = dict(places())
    found = []
    for number, step in enumerate(after.steps, start=1):
        was = before.step(step.id)
        told = described(after, step, names)
        if was is None:
            found.append(Change(f"Step {number} is new", "", told))
        elif was != step:
            old = described(before, was, names)
            found.append(Change(f"Step {number} is changed", old, told))
    gone = [step for step in before.steps if after.step(step.id) is None]
    found += [Change("A step is gone", described(before, step, names), "") for step in gone]
    if not found and before.steps != after.steps:
        found.append(Change("The steps stand in another order", "", ""))
    return found


def described(script: bot.Script, step: bot.Step, names: dict[str, str]) -> str:
    """A step in full, one thing a line; where it leads is told by words, which do not move."""
    lines = [kind_words(step), step.text]
    if step.place:
        lines.append(names.get(step.place, step.place))
    lines += [f"“{each.label}” → {target(script, each)}" for each in step.choices]
    if step.kind not in bot.ENDS:
        skipped = "Skipped " if step.kind in bot.QUESTIONS else ""
        lines.append(f"{skipped}→ {unnumbered(script, step.next)}")
    return "\n".join(line for line in lines if line)


def target(script: bot.Script, choice: bot.Choice) -> str:
    """Where a button leads."""
    return "to a person at once" if choice.not_safe else unnumbered(script, choice.next)


def unnumbered(script: bot.Script, step_id: str) -> str:
    """A step by how it begins, because its number may be another one in the other version."""
    return name(script, step_id).partition(". ")[2] or "not decided yet"

"""A script as a picture and as a list: the same boxes, arrows and words in both."""

from typing import NamedTuple

from contacts import bot
from contacts.models import BotScript, Signpost

ROW, HEIGHT = 60, 44  # units from one box to the next, and of a box
LEFT, WIDTH, RIGHT = 110, 236, 110  # room for arrows back, the boxes, room for arrows onward
NEAR, FURTHER, FURTHEST = 12, 8, 90  # how far an arrow swings out
FITS = 30  # characters of one line in a box
SHORT = 48  # of a step's name in a list of choices
IN_BOX = {bot.Kind.CHOOSE: "Ask, with buttons", bot.Kind.SIGNPOST: "Tell of other help"}
ICONS = {
    bot.Kind.SAY: "chat-bubble-left",
    bot.Kind.CHOOSE: "list-bullet",
    bot.Kind.ASK: "pencil",
    bot.Kind.SIGNPOST: "map-pin",
    bot.Kind.HAND_OVER: "user",
    bot.Kind.GOODBYE: "hand-raised",
}


class Target(NamedTuple):
    """Where an arrow leads: the step's id and number, or what is written instead."""

    id: str
    words: str


class Button(NamedTuple):
    """A button of a question, and where it leads."""

    label: str
    to: Target
    not_safe: bool


class Shown(NamedTuple):
    """One step as the page lists it."""

    id: str
    number: int
    kind: str
    icon: str
    text: str
    then: str  # what its arrow is called
    to: Target | None
    buttons: list[Button]
    place: str
    problems: list[str]
    is_first: bool
    is_last: bool


class Box(NamedTuple):
    """One step in the picture."""

    y: float
    heading: str
    words: str
    kind: str
    not_safe: bool


class Picture(NamedTuple):
    """Boxes and arrows, and the size of the drawing."""

    width: int
    height: int
    boxes: list[Box]
    arrows: list[str]


def short(text: str, room: int) -> str:
    """A text cut to fit."""
    text = " ".join(text.split())
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def name(script: bot.Script, step_id: str) -> str:
    """A step as one line: its number and how it begins."""
    for number, step in enumerate(script.steps, start=1):
        if step.id == step_id:
            return f"{number}. {short(step.text or kind_words(step), SHORT)}"
    return "not decided yet"


def kind_words(step: bot.Step) -> str:
    """What a step does, in words."""
    return str(bot.Kind(step.kind).label) if step.kind in bot.Kind.values else step.kind


def places() -> list[tuple[str, str]]:
    """What a signpost may name: what is always there, and what is on the list."""
    listed = [(str(each.pk), each.name) for each in Signpost.objects.current()]
    return [*bot.Fixed.choices, *listed]


def listed(stored: BotScript) -> list[Shown]:
    """The steps in their order, each with what is wrong with it."""
    script, names = stored.script, dict(places())
    wrong: dict[str, list[str]] = {}
    for each in stored.problems() if stored.status == BotScript.Status.DRAFT else []:
        wrong.setdefault(each.step, []).append(each.words)
    last = len(script.steps)
    return [
        Shown(
            step.id,
            number,
            kind_words(step),
            ICONS.get(step.kind, "question-mark-circle"),
            step.text,
            "If they skip" if step.kind in bot.QUESTIONS else "Then",
            None if step.kind in bot.ENDS else Target(step.next, name(script, step.next)),
            [button(script, each) for each in step.choices],
            names.get(step.place, "No longer on the list") if step.place else "",
            wrong.get(step.id, []),
            number == 1,
            number == last,
        )
        for number, step in enumerate(script.steps, start=1)
    ]


def button(script: bot.Script, choice: bot.Choice) -> Button:
    """A button with where it leads in words."""
    if choice.not_safe:
        return Button(choice.label, Target("", "to a person at once"), True)
    return Button(choice.label, Target(choice.next, name(script, choice.next)), False)


def picture(script: bot.Script) -> Picture:
    """The flow, one box below the other; arrows onward at the right, arrows back at the left."""
    rows = {step.id: number for number, step in enumerate(script.steps)}
    boxes = [box(number, step) for number, step in enumerate(script.steps)]
    pairs = sorted(
        {
            (rows[step.id], rows[to])
            for step in script.steps
            for to in step.onward
            if to in rows and to != step.id
        }
    )
    height = max(len(boxes), 1) * ROW
    return Picture(LEFT + WIDTH + RIGHT, height, boxes, [arrow(*pair) for pair in pairs])


def box(number: int, step: bot.Step) -> Box:
    """One step's box."""
    heading = f"{number + 1}. {IN_BOX.get(step.kind) or kind_words(step)}"
    not_safe = any(each.not_safe for each in step.choices)
    y = number * ROW + (ROW - HEIGHT) / 2
    return Box(y, heading, short(step.text, FITS), step.kind, not_safe)


def arrow(one: int, other: int) -> str:
    """The path of one arrow, without its head."""
    if other == one + 1:
        x, top = LEFT + WIDTH / 2, one * ROW + (ROW + HEIGHT) / 2
        return f"M{x} {top}V{top + ROW - HEIGHT - 4}"
    onward = other > one
    edge = LEFT + WIDTH if onward else LEFT
    out = min(NEAR + FURTHER * abs(other - one), FURTHEST)
    far, tip = (edge + out, edge + 4) if onward else (edge - out, edge - 4)
    begin, end = one * ROW + ROW / 2 + 6, other * ROW + ROW / 2 - 6
    return f"M{edge} {begin}C{far} {begin} {far} {end} {tip} {end}"

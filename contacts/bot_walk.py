"""How a script is walked: from an answer to what the chatbot says next and where it then waits.

Pure: it reads and stores nothing. The chat and the preview both walk by it.
"""

from collections.abc import Callable
from typing import NamedTuple

from contacts import bot_words
from contacts.bot import Kind, Script, Step

PERSON, BOT = "person", "bot"
WITH_PERSON = ""  # nowhere in the script any more
MESSAGE = ".message"  # beside every script: nobody is on, and a message may be left


class Around(NamedTuple):
    """What a script needs to know of the world."""

    is_open: bool
    opens: str  # "tomorrow at 4 pm", or empty when nobody knows
    place: Callable[[str], str]  # what a signpost says, by its id


class Reply(NamedTuple):
    """What the person did: pressed a button, wrote something, or skipped."""

    choice: str | None = None
    text: str | None = None
    skip: bool = False
    person: bool = False


class Turn(NamedTuple):
    """What was said by whom, in order, and where the script waits then."""

    lines: tuple[tuple[str, str], ...]
    at: str
    not_safe: bool = False
    message: bool = False


def begin(script: Script, around: Around) -> Turn:
    """What the bot says before its first question."""
    return forward(script, script.first, around)


def forward(script: Script, step_id: str, around: Around) -> Turn:
    """Go on from a step to the next question or end.

    A step that is not there, or that has been passed already, hands over: nobody is ever stuck.
    """
    said: list[tuple[str, str]] = []
    passed: set[str] = set()
    step = script.step(step_id)
    while step and step.id not in passed:
        passed.add(step.id)
        said += [(BOT, words) for words in spoken(step, around) if words.strip()]
        if step.kind in (Kind.CHOOSE, Kind.ASK, Kind.GOODBYE):
            return Turn(tuple(said), step.id)
        step = None if step.kind == Kind.HAND_OVER else script.step(step.next)
    return before(said, to_person(around))


def spoken(step: Step, around: Around) -> list[str]:
    """What one step says; nobody is told that a person comes when none is on."""
    if step.kind == Kind.HAND_OVER and not around.is_open:
        return []
    if step.kind == Kind.SIGNPOST:
        return [step.text, around.place(step.place)]
    return [step.text]


def before(said: list[tuple[str, str]], turn: Turn) -> Turn:
    """The same turn with these lines before its own."""
    return turn._replace(lines=(*said, *turn.lines))


def to_person(around: Around) -> Turn:
    """To a person; when nobody is on: emergency help first, then a message may be left (I06)."""
    if around.is_open:
        return Turn((), WITH_PERSON)
    words = [bot_words.emergency(), bot_words.closed(around.opens), bot_words.OFFER]
    return Turn(tuple((BOT, each) for each in words), MESSAGE)


def not_safe(around: Around) -> Turn:
    """To a person at once, ahead of everybody, whatever the hour."""
    if around.is_open:
        words = [bot_words.COMING, bot_words.IN_DANGER]
    else:
        closed = f"{bot_words.closed(around.opens)} {bot_words.FIRST_IN_LINE}"
        words = [bot_words.emergency(), closed]
    said = tuple((BOT, each) for each in words)
    return Turn(said, WITH_PERSON, not_safe=True, message=not around.is_open)


def reply(script: Script, at: str, given: Reply, around: Around) -> Turn:
    """What follows from an answer at a step; their own words come first and are never lost."""
    step = script.step(at)
    words = answer_words(step, given)
    mine = [(PERSON, words)]
    if is_not_safe(step, given):
        return before(mine, not_safe(around))
    if given.person:
        return before(mine, to_person(around))
    if step is None:
        return before(mine, message(given, MESSAGE, around))
    if step.kind == Kind.GOODBYE:
        return before(mine, message(given, step.id, around))
    if given.text and step.kind == Kind.CHOOSE and not chosen(step, given):
        mine.append((BOT, bot_words.ONLY_BUTTONS))
    return before(mine, forward(script, leads_to(step, given), around))


def answer_words(step: Step | None, given: Reply) -> str:
    """The line that an answer is in the transcript (S2-20)."""
    if given.text:
        return given.text
    if given.person:
        return bot_words.PERSON
    choice = chosen(step, given)
    if choice:
        return choice.label
    return bot_words.SKIP if step else bot_words.NOT_NOW


def chosen(step: Step | None, given: Reply):
    """The button they pressed, or typed the words of."""
    if step is None:
        return None
    if given.choice is not None and given.choice.isdecimal():
        number = int(given.choice)
        return step.choices[number] if number < len(step.choices) else None
    typed = bot_words.folded(given.text or "")
    same = (each for each in step.choices if typed and bot_words.folded(each.label) == typed)
    return next(same, None)


def is_not_safe(step: Step | None, given: Reply) -> bool:
    """Whether they said, by a button or in unmistakable words, that they are not safe."""
    choice = chosen(step, given)
    if choice and choice.not_safe:
        return True
    return bot_words.says_not_safe(given.text or "")


def leads_to(step: Step, given: Reply) -> str:
    """The step after a question: by the button, or where skipping and writing lead."""
    choice = chosen(step, given)
    return choice.next if choice else step.next


def message(given: Reply, at: str, around: Around) -> Turn:
    """What follows where the script is over: what is written goes into the queue (I06)."""
    if not given.text:
        return Turn(((BOT, bot_words.AT_ANY_TIME),), at)
    if around.is_open:
        return Turn(((BOT, bot_words.SOMEBODY_IS_HERE),), WITH_PERSON)
    return Turn(((BOT, bot_words.read_when(around.opens)),), WITH_PERSON, message=True)

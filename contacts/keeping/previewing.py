"""Walking a script as a person would. Nothing is stored: the page carries its own answers."""

from typing import NamedTuple

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contacts import bot, bot_walk, bot_words
from contacts.bot_walk import Around, Reply, Turn
from contacts.chat import showing, walking
from contacts.chat.bot.forms import AnswerForm
from contacts.keeping.script import mine
from contacts.models import BotScript
from contacts.patterns import all_filled
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission

MOST = 100  # answers that one preview carries
TOMORROW = "tomorrow at 9 am"  # when the service opens, where the preview plays a closed one


class Shown(NamedTuple):
    """A line that is shown and never stored."""

    number: int
    speaker: str
    words: str
    said_at: object
    nonce: str = ""


def replayed(script: bot.Script, given: list[str], is_open: bool) -> Turn:
    """The whole conversation after these answers."""
    around = Around(is_open, "" if is_open else TOMORROW, walking.place)
    turn = bot_walk.begin(script, around)
    for each in given:
        if turn.at == bot_walk.WITH_PERSON:
            break
        following = answered(script, turn.at, each, around)
        turn = following._replace(lines=(*turn.lines, *following.lines))
    return turn


def answered(script: bot.Script, at: str, given: str, around: Around) -> Turn:
    """What follows one answer, which the page writes as a letter and what was given."""
    how, _, what = given.partition(":")
    if how == "n":
        return bot_walk.not_safe(around)
    ways = {
        "c": Reply(choice=what),
        "t": Reply(text=what),
        "p": Reply(person=True),
    }
    return bot_walk.reply(script, at, ways.get(how, Reply(skip=True)), around)


def written(form: AnswerForm) -> str:
    """An answer as the page carries it."""
    given = form.given
    if given["person"]:
        return "p:"
    if given["choice"]:
        return f"c:{given['choice']}"
    return "s:" if given["skip"] else f"t:{given['text']}"


def new_answer(request) -> tuple[list[str], AnswerForm | None]:
    """What was just answered, if anything; the form where it cannot be taken."""
    if "not_safe" in request.POST:
        return ["n:"], None
    if "step" not in request.POST:
        return [], None
    form = AnswerForm(request.POST)
    return ([written(form)], None) if form.is_valid() else ([], form)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_CHAT)
def preview(request, pk):
    """The conversation so far, as the person sees it, and what it offers next."""
    stored = mine(request, pk)
    now, form = new_answer(request)
    given = [*request.POST.getlist("given"), *now][:MOST]
    is_open = request.POST.get("hours") != "closed"
    turn = replayed(stored.script, given, is_open)
    context = {
        "script": stored,
        "is_draft": stored.status == BotScript.Status.DRAFT,
        "lines": lines_of(turn),
        "bot": walking.offer(stored.script, turn.at) if turn.at else None,
        "bot_form": form,
        "bot_given": given,
        "bot_url": request.path,
        "hours": "open" if is_open else "closed",
        "ends": ending(turn),
        "not_safe": bot_words.NOT_SAFE,
    }
    return render(request, "keeping/preview.html", context)


def ending(turn: Turn) -> str:
    """What would happen now in a real chat, where the script is over."""
    if turn.at:
        return ""
    if turn.not_safe:
        return "The person now waits for a person, ahead of everybody who is not in danger."
    if turn.message:
        return "The message now waits for the first person who comes in."
    return "The person now waits for a person, in turn."


def lines_of(turn: Turn) -> str:
    """The lines as the person sees them."""
    now = timezone.now()
    return all_filled(
        showing.as_said(Shown(number, who, words, now))
        for number, (who, words) in enumerate(turn.lines, start=1)
    )

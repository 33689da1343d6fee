"""The verbs of a sharing as its page offers them: what each asks for, and what it calls."""

from collections.abc import Callable
from typing import NamedTuple

from safeguarding.gate import Rule
from safeguarding.models import Disclosure
from safeguarding.sharing.kinds import Status, Way


class Move(NamedTuple):
    """One verb: the words it asks for ("" for a bare button), what it does, what the page says."""

    label: str
    asks: str
    act: Callable
    said: str
    hint: str = ""


MOVES = {
    "director": Move(
        "Note the approval",
        "Which director or counsel approved it, when and how",
        lambda d, by, words: d.note_director(words, by=by),
        "The approval is written down.",
        "At least 20 characters. They have no account here.",
    ),
    "whole": Move(
        "Tick the whole record",
        "Why all of it has to leave",
        lambda d, by, words: d.tick_all(by=by, why=words),
        "Everything is ticked. Untick what need not leave.",
    ),
    "hand-on": Move(
        "Ready for a second person",
        "",
        lambda d, by, words: d.hand_on(by=by),
        "It is ready and stays as it is. A second person reads it next.",
    ),
    "reopen": Move(
        "Change it",
        "",
        lambda d, by, words: d.reopen(by=by),
        "It can be changed. It has to be read and approved again.",
    ),
    "disclose": Move(
        "Share it now",
        "",
        lambda d, by, words: d.disclose(by=by),
        "It is on its way.",
    ),
    "cancel": Move(
        "Stop it",
        "",
        lambda d, by, words: d.cancel(by=by),
        "It is stopped. Nothing has left.",
    ),
    "received": Move(
        "They have it",
        "Who took it: a name, a number or a log",
        lambda d, by, words: d.received(words, by=by),
        "The receipt is kept.",
    ),
    "not-taken": Move(
        "Nobody took it",
        "How you know that nobody heard any of it",
        lambda d, by, words: d.nobody_took_it(words, by=by),
        "It is back in its preparation. Send it another way, or do not share it.",
        "At least 20 characters: engaged, a voicemail on which nothing was left, nobody there.",
    ),
    "keep-back": Move(
        "Do not share it",
        "Why it is not shared",
        lambda d, by, words: d.keep_back(words, by=by),
        "It is decided and recorded. What was ticked is gone.",
        "At least 20 characters. It is kept as fully as sharing is.",
    ),
    "astray": Move(
        "It went to somebody else",
        "What happened",
        lambda d, by, words: d.went_astray(words, by=by),
        "The data protection officer sees it now. It is due in 72 hours.",
        "At least 20 characters.",
    ),
}

BEFORE = {Status.PREPARING, Status.PREPARED, Status.APPROVED}


def offered(disclosure: Disclosure, *, missing: list, may_approve: bool, lead: bool) -> list[str]:
    """The verbs that make sense now; each decides again for itself."""
    status, left = disclosure.status, disclosure.has_left()
    found = {
        "hand-on": status == Status.PREPARING and only_people_lack(disclosure, missing),
        "whole": status == Status.PREPARING and lead,
        "director": status == Status.PREPARING and disclosure.ground.startswith("legal"),
        "approve": status == Status.PREPARED and may_approve,
        "disclose": status in {Status.PREPARED, Status.APPROVED} and not missing,
        "reopen": status in {Status.PREPARED, Status.APPROVED},
        "cancel": status == Status.LEAVING and not left,
        "received": status == Status.LEAVING and left,
        "not-taken": status == Status.LEAVING and left and disclosure.way == Way.PHONE,
        "keep-back": status in BEFORE,
        "astray": left,
    }
    return [name for name, yes in found.items() if yes]


def only_people_lack(disclosure: Disclosure, missing: list) -> bool:
    """Whether all that is missing is somebody: a second person, or the lead for the whole record
    (S0-21)."""
    lacks = {each.rule for each in missing}
    if not lacks <= {Rule.PEOPLE, Rule.ITEMS}:
        return False
    return Rule.ITEMS not in lacks or disclosure.only_lead()

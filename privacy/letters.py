"""Letters to whoever asks about data. One that lacks what the law wants in it cannot be sent (D20).

Each is a template. Whoever answers may put their own words in, and may not take the passages out.
A letter that must not depend on what we hold is fixed: nobody adds a word, so it is the same for a
family, a partner or the police, whether we hold something or not.
"""

from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

from helpline.foundation.calendar import day_words
from helpline.foundation.states import Refused
from privacy.rights.kinds import Kind

COMPLAIN_TO_US = "complain to us"
COMMISSIONER = "Information Commissioner"
COURT = "go to court"
REASONS = "Our reasons:"
NEITHER = "whether or not we hold anything"
BACKUPS = "within 35 days"
RIGHTS = (COMPLAIN_TO_US, COMMISSIONER, COURT)
OWN_WORDS = "[Write here.]"


class Letter(NamedTuple):
    """One kind of letter: its label and what must stand in it, word for word."""

    label: str
    needs: tuple[str, ...] = ()
    is_fixed: bool = False


LETTERS = {
    "acknowledged": Letter("We have your request", ("free of charge", COMPLAIN_TO_US)),
    "id-requested": Letter("Who are you?", ("only to be sure", "30 days", COMMISSIONER)),
    "authority": Letter("May you ask for them?", (NEITHER, COMMISSIONER), is_fixed=True),
    "clock-stopped": Letter("What are you after?", ("the days until you answer", COMMISSIONER)),
    "extended": Letter("It takes longer", (REASONS, "two more months", *RIGHTS)),
    "order": Letter("A copy before the deletion", ("first", "take back", COMPLAIN_TO_US)),
    "lifting": Letter("We lift the restriction", ("no longer restricted", REASONS, *RIGHTS)),
    "progress": Letter("Where your complaint stands", (COMMISSIONER,)),
    "released": Letter("The answer", (*RIGHTS,)),
    "partly-released": Letter("The answer, in part", (REASONS, *RIGHTS)),
    "refused": Letter("A refusal", (REASONS, *RIGHTS)),
    "refused-others": Letter("A refusal", (NEITHER, REASONS, *RIGHTS), is_fixed=True),
    "not-identifiable": Letter("We cannot tell", (NEITHER, *RIGHTS), is_fixed=True),
    "no-data": Letter("We hold nothing", (*RIGHTS,)),
    "withdrawn": Letter("You have taken it back", ("ask again",)),
}


def form_of(kind: str, request) -> str:
    """Which letter it is: a refusal to others reads the same for all of them."""
    others = request.needs_authority() and not request.best_interests
    return "refused-others" if kind == "refused" and others else kind


def needs(kind: str, request) -> tuple[str, ...]:
    """What must stand in this letter, word for word; of what was deleted also how long copies stay
    (D13)."""
    found = LETTERS[form_of(kind, request)].needs
    deleted = request.kind == "erase" and kind in ("released", "partly-released")
    return (*found, BACKUPS) if deleted else found


def draft(kind: str, request) -> str:
    """The letter as it begins, for somebody to put their own words in where it says so."""
    kind = form_of(kind, request)
    context = {"own_words": OWN_WORDS, **charity()}
    if not LETTERS[kind].is_fixed:
        due = request.answer_by()
        context |= {
            "received": day_words(request.received_on),
            "asked_for": Kind(request.kind).told,
            "due": day_words(due) if due else "",
            "is_complaint": request.kind == "complaint",
            "is_portability": request.kind == "portability",
            "is_deletion": request.kind == "erase",
            "copies_gone": copies_gone(request),
        }
    return tidy(render_to_string(f"letters/{kind}.txt", context))


def copies_gone(request) -> str:
    """The day by which what was deleted is unreadable in every copy; nothing before it was."""
    plan = getattr(request, "erasure", None)
    day = plan.copies_gone_on() if plan else None
    return day_words(day) if day else ""


def charity() -> dict[str, str]:
    """What every letter says of us."""
    return {
        "organisation": settings.ORGANISATION,
        "helpline_number": settings.HELPLINE_NUMBER,
        "dpo_name": settings.DPO_NAME,
        "dpo_email": settings.DPO_EMAIL,
        "dpo_address": settings.DPO_ADDRESS,
        "ico_url": settings.ICO_URL,
    }


def tidy(text: str) -> str:
    """Paragraphs with one empty line between them."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for n, line in enumerate(lines) if line or lines[n - 1]]
    return "\n".join(kept) + "\n"


def must_be_complete(kind: str, text: str, request) -> None:
    """Raise `Refused` for a letter that may not leave: it lacks a passage, its own words were not
    written, or it was changed where nothing may be."""
    letter, words = LETTERS[form_of(kind, request)], " ".join(text.split())
    if letter.is_fixed and words != " ".join(draft(kind, request).split()):
        raise Refused("This letter is the same for everybody. Send it as it is.")
    if OWN_WORDS in text:
        raise Refused(f"Write your own words where it says {OWN_WORDS}")
    missing = [needed for needed in needs(kind, request) if needed not in words]
    if missing:
        said = "”, “".join(missing)
        raise Refused(f"The letter must say “{said}”. Put it back before it is sent.")

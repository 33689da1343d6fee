"""What the chatbot says in every script, and which words bring a person at once.

Plain words for a child of eleven; a test measures them.
"""

import re
import unicodedata

from django.conf import settings

SKIP = "Skip"
NOT_NOW = "Not now"
PERSON = "Talk to a person"
MESSAGE = "Leave a message"
NOT_SAFE = "I’m not safe"

COMING = "I am getting a person for you now. You are first in line. Please stay here if you can."
IN_DANGER = "If you are in danger right now, call 999. If you can’t speak, press 55."
NOBODY_NOW = "Nobody is here to chat right now."
FIRST_IN_LINE = (
    "You are first in line. You can write what is going on, and it waits here for the first person"
    " who comes in."
)
OFFER = "You can leave a message if you like. Don’t write anything that must be read sooner."
KEPT = "Thank you. Your message is kept safe here."
OTHERS = "These people are there at any hour:"
AT_ANY_TIME = "That is fine. You can still write here, or come back another time."
ONLY_BUTTONS = "I am only a chatbot and know only the buttons. I have kept what you wrote."
SOMEBODY_IS_HERE = "Somebody is here again. I am getting a person for you now."

# Unmistakable, in any script and at any step. Who says so by mistake only moves ahead.
PHRASES = [
    "i am not safe",
    "im not safe",
    "i dont feel safe",
    "i do not feel safe",
    "not safe here",
    "not safe at home",
    "not safe right now",
    "i feel unsafe",
    "i am in danger",
    "im in danger",
    "want to die",
    "wanna die",
    "want to be dead",
    "kill myself",
    "killing myself",
    "end my life",
    "end it all",
    "take my own life",
    "suicidal",
    "hurt myself",
    "hes going to kill me",
    "he is going to kill me",
    "shes going to kill me",
    "she is going to kill me",
    "theyre going to kill me",
    "they are going to kill me",
    "going to hurt me",
    "gonna kill me",
    "gonna hurt me",
    "wants to kill me",
    "trying to kill me",
    "is hitting me",
    "taken an overdose",
    "took an overdose",
]


def emergency() -> str:
    """Who helps when somebody is in danger, and who else is there at any hour."""
    us = f"{settings.HELPLINE_NUMBER}: {settings.ORGANISATION}, free."
    return "\n".join([IN_DANGER, us, *others()])


def elsewhere() -> str:
    """Who else is there at any hour."""
    return "\n".join([OTHERS, *others()])


def others() -> list[str]:
    """One line for each of them."""
    return [f"{number}: {name}, {who}." for name, number, who in settings.HELP_ELSEWHERE]


def closed(opens: str) -> str:
    """Nobody is on, and when somebody is."""
    return f"{NOBODY_NOW} {we_open(opens)}".strip()


def read_when(opens: str) -> str:
    """When a message is read (I06)."""
    when = f" after we open {opens}" if opens else " as soon as somebody is back"
    return f"{KEPT} A person reads it{when}."


def we_open(opens: str) -> str:
    """When somebody is on again, if anybody knows."""
    return f"We open {opens}." if opens else ""


def folded(text: str) -> str:
    """Words alone: no case, accents, apostrophes or signs, and one space between two words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub(r"[\u0300-\u036f'’‘`´ʼ]", "", plain)
    return " ".join(re.findall(r"\w+", plain))


def says_not_safe(text: str) -> bool:
    """Whether the words hold one of the phrases; there is no score and no guess."""
    words = f" {folded(text)} "
    return any(f" {phrase} " in words for phrase in PHRASES)

"""The words in which people are asked whether they agree: a document for each purpose, in versions.

A version's words stand in a template of its own and stay as they were. New words are a new version,
and who agreed to the old ones agreed to those.
"""

from datetime import date
from typing import NamedTuple

from django.db import models

from helpline.foundation.calendar import day_words


class Purpose(models.TextChoices):
    """What somebody is asked to agree to, one thing at a time."""

    CHAT = "chat", "To keep and use what they write, to help them and keep them safe"
    RECORD = "record", "To keep a record of how they were helped"
    CALL_BACK = "call-back", "To ring them back"
    MESSAGE = "message", "To pass a message or call somebody for them"
    SHARE = "share", "To tell the people they name what was agreed"
    SURVEY = "survey", "To keep their answers about how we did"
    RESEARCH = "research", "To ask them later whether they would take part in research"
    FOUND = "found", "To tell anybody that they are in touch, or where they are"


class Answer(models.TextChoices):
    """What they answered. Not answering leaves the service whole."""

    GIVEN = "given", "Agreed"
    REFUSED = "refused", "Did not agree"
    WITHDRAWN = "withdrawn", "Took it back"


class How(models.TextChoices):
    """By which way somebody told us: an answer, or their wish; their own act, of which we keep when
    and how."""

    CHAT = "chat", "In the chat"
    VOICE = "voice", "Spoken"
    FORM = "form", "On a form"
    TEXT = "text", "By text"
    EMAIL = "email", "By e-mail"
    POST = "post", "By post"


BY_CHANNEL = {"phone": How.VOICE, "chat": How.CHAT, "text": How.TEXT, "email": How.EMAIL}


class Understanding(models.TextChoices):
    """How well a young person understood what they were asked, as far as it was looked at."""

    NOT_NOTED = "", "Nothing to note"
    UNDERSTOOD = "understood", "Young, and understood what it means"
    PARTLY = "partly", "Young, and understood part of it"
    NOT_UNDERSTOOD = "not-understood", "Young, and did not understand it"


class Version(NamedTuple):
    """One wording; `changed` says what is new in it."""

    number: int
    since: date
    changed: str = ""

    @property
    def in_words(self) -> str:
        return day_words(self.since)


class Wording(NamedTuple):
    """What is asked for one purpose; its versions from the first to the one in force."""

    purpose: str
    versions: tuple[Version, ...]
    folder: str = ""  # where its words stand, if people read them themselves

    @property
    def current(self) -> Version:
        return self.versions[-1]

    def numbered(self, number: int) -> Version | None:
        """The version with this number, if there was one."""
        return next((each for each in self.versions if each.number == number), None)

    def template(self, version: Version) -> str:
        """Where the words of one version stand."""
        return f"{self.folder or 'consents/' + self.purpose}/{version.number}.html"


FIRST = (Version(1, date(2026, 11, 25)),)
WORDINGS = {
    wording.purpose: wording
    for wording in (
        Wording("chat", FIRST, "chat/consent"),
        Wording("record", FIRST),
        Wording("call-back", FIRST),
        Wording("message", FIRST),
        Wording("share", FIRST),
        Wording("survey", FIRST),
        Wording("research", FIRST),
        Wording("found", FIRST),
    )
}


def current(purpose: str) -> int:
    """The number of the wording in force for a purpose."""
    return WORDINGS[purpose].current.number

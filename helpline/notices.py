"""The notices we publish: each with its versions, the day each began, and where to read it.

A version's words stand in a template of its own and stay as they were. New words are a new version.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.urls.converters import StringConverter

from helpline.foundation.calendar import day_words
from privacy.schedule import (
    ADDRESSES,
    ASKED,
    AUTHORITIES,
    BUNDLES,
    EVIDENCE,
    FACTS,
    FIGURES,
    FOUND,
    HANDED_OVER,
    KEYS,
    LOCATIONS,
    PEOPLE,
    RIGHTS,
    SAFEGUARDING,
    SCHEDULE,
    SECURITY,
    SENT,
    STAFF,
    WORDS,
    Class,
)


class Version(NamedTuple):
    """One wording; `changed` says what is new in it."""

    number: int
    since: date
    changed: str = ""

    @property
    def in_words(self) -> str:
        return day_words(self.since)


class Notice(NamedTuple):
    """One public page; its versions from the first to the one in force."""

    slug: str
    label: str
    path: str
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        return self.versions[-1]

    def numbered(self, number: int) -> Version | None:
        """The version with this number, if there was one."""
        return next((each for each in self.versions if each.number == number), None)

    def template(self, version: Version) -> str:
        """Where the words of one version stand."""
        return f"public/{self.slug}/{version.number}.html"


FIRST = (Version(1, date(2026, 11, 22)),)
CHAT = date(2026, 11, 25)  # when our own web chat began


def since_chat(changed: str) -> tuple[Version, ...]:
    """Two versions: the first, and the one that knows of the chat."""
    return (*FIRST, Version(2, CHAT, changed))


WELCOME = Notice("welcome", "First page", "/", since_chat("You can chat with us."))
NOTICES = {
    notice.slug: notice
    for notice in (
        WELCOME,
        Notice("contact", "Contact us", "/contact/", since_chat("You can chat with us.")),
        Notice("confidentiality", "Confidentiality", "/confidentiality/", FIRST),
        Notice("safeguarding", "Safeguarding", "/safeguarding/", FIRST),
        Notice("code-of-contact", "Code of contact", "/code-of-contact/", FIRST),
        Notice(
            "privacy",
            "Privacy",
            "/privacy/",
            (
                *since_chat("What our own chat keeps."),
                Version(3, date(2026, 11, 25), "How long we keep a record, if you want one."),
                Version(4, date(2026, 11, 26), "How long we keep what you ask us to do for you."),
                Version(5, date(2026, 11, 26), "How long we keep other things we write down."),
                Version(6, date(2026, 11, 26), "What we keep when you text or e-mail us."),
            ),
        ),
        Notice(
            "cookies",
            "Cookies",
            "/cookies/",
            (
                *since_chat("The cookie of the chat."),
                Version(3, date(2026, 11, 26), "The form about your data needs it too."),
            ),
        ),
        Notice("accessibility", "Accessibility", "/accessibility/", FIRST),
    )
}


class Slug(StringConverter):
    """The first part of a notice's address, and nothing else."""

    regex = "|".join(NOTICES)


class Kept(NamedTuple):
    """A class of the retention schedule as the public reads it."""

    what: str
    how_long: str
    then: str


PLAINLY = {
    WORDS: (
        "Your words: chats, texts, e-mails, our notes, a nickname, and your answers if we ask how"
        " we did",
        "We destroy the key that opens them and delete them.",
    ),
    ADDRESSES: (
        "Your phone number or e-mail address, if you text or write to us, so that our answer"
        " reaches you. It is locked, and the person who answers never sees it",
        "We destroy the key that opens it and delete it. Later only if you ask us to keep it, and"
        " never longer than your words.",
    ),
    ASKED: (
        "What you ask us to do for you: a message, who it is for, and the details you give for it",
        "We destroy the key that opens it and delete it.",
    ),
    PEOPLE: (
        "Who you are and how we helped you, if you said that we may keep a record",
        "We destroy the key that opens it and delete it. Sooner, if you change your mind.",
    ),
    HANDED_OVER: (
        "A copy of an Is This OK? chat, if we told you that we pass it on to our helpline team",
        "We destroy the key that opens it and delete it. The chat itself goes after 18 months.",
    ),
    SAFEGUARDING: (
        "What we write down when we fear that someone may come to harm, and what we decide then",
        "We destroy the key that opens it and delete it.",
    ),
    RIGHTS: (
        "What you ask us about your own data, and what we answer",
        "We destroy the key that opens it and delete it.",
    ),
    EVIDENCE: (
        "Proof of who you are, if we have to ask for it to answer you",
        "We destroy it after 30 days. We keep that we saw it, and when.",
    ),
    BUNDLES: (
        "The file we make for you, if you ask for a copy",
        "We destroy the key that opens it and delete it after 90 days.",
    ),
    AUTHORITIES: (
        "What the police or a court asks us, and what we answer",
        "We destroy the key that opens it and delete it.",
    ),
    LOCATIONS: (
        "That we asked a phone company for help to find someone, when a life was in danger",
        "We destroy the key that opens it and delete it.",
    ),
    FOUND: (
        "What the phone company then told us about where they were",
        "We destroy it after 30 days. We keep that we asked, and when.",
    ),
    KEYS: ("The keys that open your words", "We destroy them with the words."),
    FACTS: ("Who in our team did what, and when, without your words", "We delete it."),
    STAFF: ("Who works here, and what they may see", "We delete it."),
    SECURITY: ("How our team signed in", "We delete it."),
    SENT: ("E-mails that we send out", "We delete them. The words go once they are sent."),
    FIGURES: ("Counts, such as how many people called, which are about nobody", "We keep them."),
}
UNTIMED = {FIGURES: "No limit", KEYS: "As long as your words"}
STARTS = {
    ADDRESSES: "you last wrote to us",
    WORDS: "you got in touch",
    ASKED: "you got in touch to ask for it",
    PEOPLE: "we were last in touch",
    HANDED_OVER: "we passed it on",
    SAFEGUARDING: "we closed it",
    RIGHTS: "we finished answering you",
    EVIDENCE: "we saw it",
    BUNDLES: "we made it",
    AUTHORITIES: "we answered it",
    LOCATIONS: "it was over",
    FOUND: "we were told",
    FACTS: "it was done",
    STAFF: "they left us",
    SECURITY: "it was last used",
    SENT: "it was sent",
}


def kept() -> Iterator[Kept]:
    """The classes that the schedule uses; one without public words is a `ValueError`."""
    used = {rule.kept for rule in SCHEDULE}
    for each in sorted(used, key=list(PLAINLY).index):
        what, then = PLAINLY[each]
        yield Kept(what, how_long(each), then)


def how_long(kept: Class) -> str:
    """A class's period in words: 18 months read as months, 72 as years."""
    if not kept.months:
        return UNTIMED[kept]
    years, months = divmod(kept.months, 12)
    count, unit = (kept.months, "month") if months else (years, "year")
    plural = "" if count == 1 else "s"
    return f"{count} {unit}{plural} from the day {STARTS[kept]}"


class Cookie(NamedTuple):
    """One cookie that we set: on which pages, what for, how long it lives, and which version of
    the notice was the first to name it."""

    name: str
    pages: str
    purpose: str
    life: str
    since: int


CHAT_ALONE = 2  # the version of the notice when only the chat had the cookie


def cookies(version: int | None = None) -> list[Cookie]:
    """Every cookie of this product (S2-01), or those that one version of the notice knew."""
    hours = int(settings.SESSION_LIMIT.total_seconds() // 3600)
    every = [
        Cookie(
            settings.VISIT_COOKIE_NAME,
            "The chat, once you open it"
            if version == CHAT_ALONE
            else "The chat and the form about your data, once you open them",
            "It lets this browser, and no other, go on with your chat. It holds a random number.",
            "It goes when you exit or close the browser. After 30 minutes in which you do nothing"
            " it opens nothing more.",
            since=2,
        ),
        Cookie(
            settings.SESSION_COOKIE_NAME,
            "Staff pages only",
            "It keeps a member of our team signed in.",
            f"It goes when they sign out or close the browser, and after {hours} hours at most.",
            since=1,
        ),
    ]
    return [each for each in every if version is None or each.since <= version]

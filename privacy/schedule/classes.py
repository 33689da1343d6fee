"""The retention classes, and what a rule of the schedule says."""

from typing import NamedTuple

from django.db.models import Model


class Class(NamedTuple):
    """A retention class: `months` from when it `starts`, 0 for as long as its owner lives."""

    name: str
    months: int
    starts: str
    then: str


WORDS = Class("Words of a contact", 18, "the contact began", "key destroyed, rows deleted")
ASKED = Class(
    "What people ask us to do for them",
    18,
    "the contact in which they asked began",
    "key destroyed, rows deleted",
)
PEOPLE = Class(
    "Records of people who chose to be known", 72, "the last contact", "key destroyed, rows deleted"
)
HANDED_OVER = Class(
    "Chats handed over into casework",
    72,
    "it was handed over",
    "key destroyed, rows deleted; the chat itself went after its 18 months",
)
SAFEGUARDING = Class(
    "Safeguarding records",
    72,
    "it was closed",
    "key destroyed, rows deleted; the person’s own words in one without action go with the contact",
)
RIGHTS = Class(
    "What people ask about their own data", 36, "it was closed", "key destroyed, rows deleted"
)
EVIDENCE = Class(
    "Proof of who somebody is",
    1,
    "it was seen",
    "key destroyed after 30 days; that it was seen stays with the request",
)
BUNDLES = Class("Files made for a request", 3, "it was made", "key destroyed, pieces deleted")
ADDRESSES = Class(
    "Numbers and mailboxes that answers go to",
    1,
    "they last wrote",
    "key destroyed, rows deleted, with their last conversation at the latest",
)
AUTHORITIES = Class(
    "What authorities ask of us", 72, "it was answered", "key destroyed, rows deleted"
)
LOCATIONS = Class(
    "That a provider was asked for a location", 72, "it was over", "key destroyed, rows deleted"
)
FOUND = Class(
    "Where somebody was found",
    1,
    "a provider told us",
    "key destroyed, row deleted after 30 days; that it was asked for stays",
)
FACTS = Class("Facts without words", 72, "the event", "deleted")
STAFF = Class("Staff records", 72, "the person left", "name, address and factors removed")
SECURITY = Class("Sessions and sign-in", 1, "the last use", "deleted within a day")
SENT = Class("What has left", 1, "it was sent", "words destroyed when sent, row deleted")
FIGURES = Class("Figures", 0, "never about a person", "kept")
KEYS = Class("Keys", 0, "with what they seal", "destroyed with it")


class Rule(NamedTuple):
    """What holds for one model. `words` are sealed and go; `plain` says nothing about a person."""

    model: type[Model]
    kept: Class
    because: str
    words: set[str]
    plain: set[str]

"""What we hold about where somebody is, by the way they got in touch, said before anybody is asked.

It is never a place (S0-01, S2-64). Of a text or an e-mail it is where answers go, sealed and for 30
days of silence at most. A provider may hold more; of a chat nobody does, because it is ours.
"""

from typing import NamedTuple

from django.db import models

from contacts.channels import Channel


class Provider(models.TextChoices):
    """A provider of ours that can be asked. Anybody else’s data only the police can get."""

    TELEPHONE = "telephone", "Our telephone provider"
    TEXT = "text", "Our provider of text messages"
    MAIL = "mail", "Our e-mail provider"


class Held(NamedTuple):
    """What we hold and what our provider may hold; no provider: there is nobody to ask."""

    ours: str
    theirs: str
    provider: Provider | None


CHAT = (
    "We hold nothing. A chat cannot be traced to the device it came from. We cannot find this"
    " person: ask them where they are."
)
SEALED = "The {} that answers go to, sealed, until they have been silent for 30 days; then nothing."
NO_PLACE = (
    "It says nothing of where they are. Two people together can open it from the conversation."
)
HELD: dict[str, Held] = {
    Channel.CHAT: Held(CHAT, "Nobody else carries our chats, so nobody can be asked.", None),
    Channel.PHONE: Held(
        "We hold nothing: no number is stored, and calls are not recorded.",
        "They may hold the number that rang, when and for how long. A withheld number may be there"
        " too. They do not know where a mobile phone is: only the police can find that out.",
        Provider.TELEPHONE,
    ),
    Channel.TEXT: Held(
        f"{SEALED.format('number')} {NO_PLACE}",
        "They may hold the number that the message came from.",
        Provider.TEXT,
    ),
    Channel.EMAIL: Held(
        f"{SEALED.format('address')} {NO_PLACE}",
        "They may hold the address it came from, and which server passed it on.",
        Provider.MAIL,
    ),
}
NO_CONTACT = "This escalation is about no contact of ours, so there is nothing to ask anybody for."
NEVER_A_BASIS = (
    "We have no power to get anybody’s communications data. The police have, and act on it at once"
    " when a life is at risk: ring 999 first, and do not wait for this."
)

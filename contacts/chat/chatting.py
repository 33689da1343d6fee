"""Which services answer chats, and whether somebody is on now."""

from typing import NamedTuple

from contacts.hours import Hours
from contacts.hours_words import now_words
from contacts.models import BotScript, Opening
from helpline.foundation.staff.roles import Service

ABOUT = {
    Service.HELPLINE: "Anything that worries you, whoever you are.",
    Service.IS_THIS_OK: "For young people who wonder if what happens to them is OK.",
}


class Chatting(NamedTuple):
    """One service as somebody chooses it."""

    value: str
    label: str
    about: str
    hours: str
    is_open: bool
    has_bot: bool


def chatting() -> list[Chatting]:
    """The services that have opening hours; the helpline always."""
    with_hours = set(Opening.objects.values_list("service", flat=True).distinct())
    bots = set(BotScript.objects.filter(status="published").values_list("service", flat=True))
    return [
        described(service, service in bots)
        for service in Service
        if service == Service.HELPLINE or service in with_hours
    ]


def described(service: Service, has_bot: bool) -> Chatting:
    """A service with its hours in words."""
    is_open = Hours.of(service).now() is not None
    hours = now_words(service)
    return Chatting(service, service.label, ABOUT[service], hours, is_open, has_bot)

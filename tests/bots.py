"""Small scripts for the chatbot, hours, and people who talk to it."""

from datetime import time

from django.utils import timezone

from contacts.bot import Choice, Fixed, Kind, Step, written
from contacts.chat import walking
from contacts.first_scripts import SCRIPTS
from contacts.models import BotScript, Contact, Day, Line, Opening, Visit
from helpline.foundation.staff.roles import Service

SERVICE = Service.HELPLINE
SMALL = [
    Step("hello", Kind.SAY, "Hello, I am a chatbot.", "what"),
    Step(
        "what",
        Kind.CHOOSE,
        "What is going on?",
        "words",
        (
            Choice("At home", "help"),
            Choice("Online", "words"),
            Choice("I’m not safe", not_safe=True),
        ),
    ),
    Step("words", Kind.ASK, "Tell me more.", "end"),
    Step("help", Kind.SIGNPOST, "They can help too.", "again", place=Fixed.ELSEWHERE),
    Step(
        "again", Kind.CHOOSE, "And now?", "end", (Choice("A person", "end"), Choice("Bye", "bye"))
    ),
    Step("end", Kind.HAND_OVER, "A person is coming."),
    Step("bye", Kind.GOODBYE, "Goodbye."),
]


def publish(steps=None, service=SERVICE) -> BotScript:
    """A script in force: the small one, unless others are given."""
    return in_force([written(step) for step in steps or SMALL], service)


def publish_first(service=SERVICE) -> BotScript:
    """The script that a service begins with."""
    return in_force(SCRIPTS[service], service)


def in_force(stored: list[dict], service: str) -> BotScript:
    status, now = BotScript.Status.PUBLISHED, timezone.now()
    return BotScript.objects.create(
        service=service, number=1, status=status, published_at=now, steps=stored
    )


def always_open(service=SERVICE) -> None:
    """Somebody answers day and night."""
    for day in Day:
        Opening.objects.create(service=service, day=day, opens=time(), closes=time())


def visitor(script: BotScript, token="a browser") -> Visit:  # noqa: S107 (no password)
    """A person who has just met the chatbot."""
    visit = Visit.objects.begin(token, service=script.service, bot=script, notices=(1, 1))
    walking.begin(visit)
    return visit


def said(visit: Visit) -> list[tuple[str, str]]:
    """The transcript: who, and what."""
    contact = Contact.objects.with_key().get(pk=visit.contact_id)
    return [(line.speaker, line.words) for line in Line.objects.opened(contact)]

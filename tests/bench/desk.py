"""The desk: its page while a call is open, and one note saved from it."""

from django.urls import reverse

from contacts.channels import Channel
from contacts.models import Contact
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from tests.bench.pages import Browser, quickest
from tests.bench.table import RUNS, Row, median, ms, several

ROUNDS = 60
NOTE = {"place": "notes", "kind": "fact", "text": "Asked how to pass on a message."}


def measure(staff: Staff, browser: Browser) -> list[Row]:
    """A call with a handful of notes; a save is the whole answer, with the card drawn again."""
    call = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=staff)
    for _ in range(5):
        call.add_note(NOTE["text"], by=staff)
    pages, saves = [], []
    for _ in range(RUNS):
        pages.append(quickest(lambda: browser.get(call.get_absolute_url()), ROUNDS))
        saves.append(quickest(lambda: browser.post(fresh_note_of(staff), NOTE), ROUNDS))
    return [
        Row(
            "– page of the desk",
            ms(median(pages)),
            "–",
            "≤ 25 ms",
            median(pages) <= 0.025,
            several(pages, ms),
        ),
        Row(
            "– a note saved",
            ms(median(saves)),
            "–",
            "≤ 30 ms",
            median(saves) <= 0.03,
            several(saves, ms),
        ),
    ]


def fresh_note_of(staff: Staff) -> str:
    """Where a note of a call without any is posted, so that no card grows with the rounds."""
    call = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=staff)
    return reverse("contact_note", args=[call.pk])

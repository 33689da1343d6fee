"""Contacts whose 18 months are over, many at once."""

from datetime import UTC, date, datetime, time

from contacts.handles import new_handle
from contacts.models import Channel, Contact, Line, Speaker
from helpline.foundation.calendar import add_months
from helpline.foundation.staff.roles import Service
from helpline.foundation.vault.models import DataKey

TODAY = date(2026, 11, 22)
OVER = add_months(TODAY, -18)
LINES = 3


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def contacts_of(count: int, *, began: date = OVER) -> list[Contact]:
    """`count` waiting contacts of `LINES` lines each, in bulk; due on `TODAY` by default."""
    keys = DataKey.objects.bulk_create(DataKey.made() for _ in range(count))
    made = [
        Contact.drawn_up(
            Service.HELPLINE, Channel.CHAT, noon(began), key, f"{new_handle()}-{key.pk.hex[:8]}"
        )
        for key in keys
    ]
    for contact in made:
        contact.last_line = LINES
    Contact.objects.bulk_create(made)
    Line.objects.bulk_create(
        Line(
            contact=contact,
            number=number,
            speaker=Speaker.PERSON,
            said_at=contact.started_at,
            text=f"words {number}",
        )
        for contact in made
        for number in range(1, LINES + 1)
    )
    return made

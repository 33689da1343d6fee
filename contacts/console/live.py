"""What an open console is told: one stream for the queue, the chats and the one that is read."""

from typing import NamedTuple

from contacts.console import positions, showing
from contacts.console.following import Following
from contacts.console.rail import Rail
from contacts.live import lines_after, read_first
from contacts.models import Contact
from helpline.foundation.live import WRITING, requires_stream
from helpline.foundation.staff.roles import Permission


@requires_stream(Permission.TAKE_CONTACTS, bell="contacts")
async def chats(stream):
    """Send new lines of the chats that the page shows, and whatever else has changed around them.

    Lines come first, for somebody waits for them; what stands around is drawn after that.
    """
    seen, told = positions.read(stream.position), {}
    with Following(stream) as following:
        while True:
            await send_lines(stream, seen)
            around = await stream.read(around_of, tuple(seen))
            if following.only(around.bells, around.signs):
                continue  # something may have happened before these bells were hung
            await send_around(stream, around.fragments, told)
            for name in following.writing():
                await stream.send("now", event=f"writing-{name.rpartition(':')[2]}")
            await stream.bell()


async def send_lines(stream, seen):
    """Send what was said since, and that a chat may not be read any more; `seen` moves on."""
    for pk, found in (await stream.read(lines_of, dict(seen))).items():
        if found is None:
            seen.pop(pk)
            await stream.send("now", event=f"gone-{pk}", id=positions.written(seen))
        for number, html in found or ():
            seen[pk] = number
            await stream.send(html, event=f"line-{pk}", id=positions.written(seen))


async def send_around(stream, fragments, told):
    """Send each fragment that differs from what the page was told last."""
    for event, html in fragments.items():
        if told.get(event) != html:
            await stream.send(html, event=event)
            told[event] = html


def lines_of(staff, seen):
    """New lines of each chat that the page shows; None for one this person may not read now."""
    return {pk: lines_after(staff, pk, after) for pk, after in seen.items()}


class Around(NamedTuple):
    """What stands around the lines, and whose bells the page then waits for."""

    bells: set[str]
    signs: set[str]
    fragments: dict[str, str]


def around_of(staff, shown):
    """The rail, and for each chat that the page shows who is there and what helps."""
    rail = Rail(staff)
    fragments = {"rail": rail.drawn(shown), "news": rail.news(shown)}
    readable = Contact.objects.readable_by(staff).filter(pk__in=shown, visit__isnull=False)
    for contact in readable.with_key().select_related("visit", "worker"):
        read_first(contact, staff)  # what others wrote beside it is opened, whoever asked for lines
        fragments[f"state-{contact.pk}"] = showing.state_drawn(contact, staff)
        fragments[f"beside-{contact.pk}"] = showing.beside_drawn(contact, staff)
    followed = {*shown, *(chat.pk for chat in rail.own)}
    return Around(
        bells={f"contact:{pk}" for pk in followed},
        signs={f"{WRITING}:person:{pk}" for pk in followed},
        fragments=fragments,
    )

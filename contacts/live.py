"""What open pages about contacts are told: the same fragments that the pages show."""

from contacts.models import Contact, Line
from contacts.showing import said
from helpline.foundation.audit.models import TrailUnavailable, record_reading
from helpline.foundation.live import Ended, requires_stream
from helpline.foundation.staff.roles import Permission


@requires_stream(Permission.READ_TRANSCRIPTS, bell="contact")
async def transcript(stream, pk):
    """Send each new line of one contact, starting after the last line this page has seen."""
    after = stream.number
    while True:
        for number, html in await stream.read(lines_after, pk, after):
            await stream.send(html, id=number)
            after = number
        await stream.bell()


def lines_after(staff, pk, after):
    """New lines, numbered and as the page shows them; None once this person may not read them."""
    contact = Contact.objects.readable_by(staff).with_key().filter(pk=pk).first()
    if contact is None:
        return None
    if contact.last_line <= after:
        return []
    read_first(contact, staff)
    lines = Line.objects.filter(number__gt=after).opened(contact)
    return [(line.number, said(line)) for line in lines]


def read_first(contact, staff):
    """Write down that this person reads on; a stream that cannot have it written ends (F10)."""
    try:
        record_reading(contact, by=staff, shared=True)
    except TrailUnavailable:
        raise Ended(503) from None


@requires_stream(Permission.SEE_CONTACTS, bell="contacts", pause=1)
async def changes(stream):
    """Tell a list to fetch its rows: at first, for what it missed, and whenever something moves."""
    moved = True
    while True:
        await stream.read(may_see_lists)
        if moved:
            await stream.send("now", event="changed")
        moved = await stream.bell()


def may_see_lists(staff):
    """The permission has been checked; the rows themselves are fetched from the list's page."""
    return True

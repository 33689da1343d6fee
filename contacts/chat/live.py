"""What the page of a person's chat is told: new lines, where the chat is, and who is writing."""

from contacts.chat import showing
from helpline.foundation.live import visitor_stream


@visitor_stream
async def chat(stream):
    """Send each new line, the state whenever it changes, and that somebody is writing."""
    after, told = stream.number, None
    while True:
        lines, state = await stream.read(news, after)
        for number, html in lines:
            await stream.send(html, id=number)
            after = number
        if state != told:
            await stream.send(state, event="state")
            told = state
        if stream.writing.taken():
            await stream.send("now", event="writing")
        await stream.bell()


def news(visit, after):
    """The lines after one number, and the state; the visit has just been looked up."""
    lines = visit.lines_after(after)
    return [(line.number, showing.said(line)) for line in lines], showing.state_of(visit)

"""What we answer by ourselves to a text or an e-mail: short, neutral, and true.

A text is shown on a locked screen, so none of it says what we are; and texts can stand on a bill,
which nobody must learn too late (S0-15).
"""

from contacts.channels import Channel

BILL = "Texts can show on a phone bill and stay on your phone."
DANGER = "In danger now? Call 999."
STOP = "Reply STOP and we stop."


def received(channel: str) -> str:
    """Somebody is there, and answers."""
    said = ["Thank you for your message. Someone will answer you here."]
    return " ".join([*said, BILL, STOP, DANGER] if channel == Channel.TEXT else [*said, DANGER])


def closed(channel: str, opens: str) -> str:
    """Nobody is there: the message is kept, and when it is read."""
    when = f"We are here again {opens} and answer then." if opens else "We answer when we are back."
    said = ["Thank you for your message. We keep it.", when]
    return " ".join([*said, BILL, STOP, DANGER] if channel == Channel.TEXT else [*said, DANGER])


STOPPED = "We won’t write to you any more. If you write to us again, we answer again."
DELETE = (
    "You asked us to delete what you told us. Anybody could be holding your phone or mailbox, so"
    " our data protection officer looks at it first. You get an answer within one month."
)


def code(words: str) -> str:
    """The seven words that open what was said; they stand in no transcript."""
    return (
        f"These seven words open what you told us: {words}. Send them to us from anywhere, or use"
        " them on our website. Write them down where only you look, then delete this message."
    )


CODE_SENT = "Their seven words were sent to them. They are not kept here."
CODE_USED = "They sent their seven words. What they joined by them is listed as earlier."
MISSING = "[a part of this text did not arrive]"


def not_kept(left_out: tuple) -> str:
    """What a worker should know was there; it is not stored anywhere."""
    named = [str(each) for each in left_out]
    said = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"Not kept: {said}."

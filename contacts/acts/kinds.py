"""What people can ask us to do for them, and what each needs before it can be done.

There is no kind that meets anybody face to face, and the database knows no other kinds (S1-13).
"""

from datetime import timedelta
from typing import NamedTuple

from django.db import models


class Kind(models.TextChoices):
    """One thing that somebody can ask us to do."""

    PASS_MESSAGE = "pass-message", "Pass a message"
    CALL_SOMEONE = "call-someone", "Call somebody for them"
    THREE_WAY_CALL = "three-way-call", "A call of three, with us on the line"
    CALL_BACK = "call-back", "Ring them back"
    SAFE_AND_WELL = "safe-and-well", "Tell the police that they are safe and well"
    REFERRAL = "referral", "Refer them to another service"


class Needs(NamedTuple):
    """What one kind needs: the purpose they agree to, and whether it has recipient and words."""

    purpose: str
    recipient: bool = True
    words: bool = True


NEEDS = {
    Kind.PASS_MESSAGE: Needs("message"),
    Kind.CALL_SOMEONE: Needs("message"),
    Kind.THREE_WAY_CALL: Needs("message", words=False),
    Kind.CALL_BACK: Needs("call-back", recipient=False, words=False),
    Kind.SAFE_AND_WELL: Needs("share"),
    Kind.REFERRAL: Needs("share"),
}


class Side(models.TextChoices):
    """On which side of somebody's absence they stand. The sides are walled from each other."""

    AWAY = "away", "They are the one who is away"
    FAMILY = "family", "They miss somebody"
    NEITHER = "neither", "Nobody is away, or it was not said"


class Route(models.TextChoices):
    """By which way it reaches somebody. There is no other: nobody is met, nothing is posted."""

    PHONE = "phone", "By telephone: one of us says it"
    EMAIL = "email", "By e-mail: the system sends it"


class Checked(models.TextChoices):
    """How we know that the recipient is who they should be."""

    PUBLISHED = "published", "Rang back on a published number"
    FACT = "fact", "They knew something only the two of them know"
    PERSON = "person", "The person spelt out the number or address to us twice"


class Result(models.TextChoices):
    """What came of it."""

    PASSED = "passed", "It was done"
    NOT_REACHED = "not-reached", "We could not reach them"
    NOT_WANTED = "not-wanted", "They did not want to hear it"
    NOT_POSSIBLE = "not-possible", "It could not be done"


class Told(models.TextChoices):
    """By which way the person was told what came of it."""

    IN_CONTACT = "in-contact", "While they were in touch with us"
    CALLED = "called", "By ringing them, as they said is safe"
    WROTE = "wrote", "In writing, as they said is safe"


class StepKind(models.TextChoices):
    """One thing that happened to a request."""

    ASKED = "asked", "Asked for"
    GIVEN = "given", "Details written down"
    CHECKED = "checked", "Recipient checked"
    AGREED = "agreed", "Agreed with them, word for word"
    APPROVED = "approved", "Approved"
    OPENED = "opened", "Opened again to change it"
    SENT = "sent", "Given to the mail server"
    BEGUN = "begun", "Begun"
    REACHED = "reached", "Reached them"
    NO_ANSWER = "no-answer", "Nobody answered"
    VOICEMAIL = "voicemail", "Left a voicemail"
    SOMEBODY_ELSE = "somebody-else", "Somebody else answered, nothing was said"
    FINISHED = "finished", "What came of it"
    REPLY = "reply", "A reply came"
    TOLD = "told", "They were told"
    KEPT = "kept", "Kept until they return"
    HANDED_OVER = "handed-over", "Handed over"
    TAKEN = "taken", "Taken on"
    STOPPED = "stopped", "Stopped"


TRIES = {
    StepKind.REACHED,
    StepKind.NO_ANSWER,
    StepKind.VOICEMAIL,
    StepKind.SOMEBODY_ELSE,
}
MOST_TRIES = 3

# By when the next step is due, by where it stands (for a call-back: the end of its window).
DUE_WITHIN = {
    "asked": timedelta(hours=24),
    "agreed": timedelta(hours=12),
    "approved": timedelta(hours=12),
    "under-way": timedelta(hours=24),
    "done": timedelta(hours=48),
}

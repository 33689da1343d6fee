"""What an authority can ask of us, and what each kind of request must have before anybody agrees.

One table of kinds and requirements (rules 2.8.5). A form that cites an exemption permits us to
share and never obliges us; what obliges us is an order, and a person reads it.
"""

from typing import NamedTuple

from django.db import models


class Kind(models.TextChoices):
    """How they ask, which decides what they must show."""

    VOLUNTARY = "voluntary", "Voluntary request"
    VICTIM = "victim-information", "Victim information request"
    ORDER = "order", "Court or production order, or a summons"
    CLAIM = "claim", "Claim at law, by us or against us"
    MISSING = "missing-person", "Enquiry about a missing person"
    REGULATOR = "regulator", "Regulator or coroner"


class Came(models.TextChoices):
    """By which way it reached us."""

    WRITTEN = "written", "In writing"
    SPOKEN = "spoken", "Spoken: by telephone or at the door"


class Decision(models.TextChoices):
    """What we answer. An enquiry about a missing person knows only the last."""

    AGREE = "agree", "Agree"
    PARTLY = "partly", "Agree in part"
    DISAGREE = "disagree", "Disagree"
    NOTHING_HELD = "nothing-held", "Nothing is held"
    NEITHER = "neither", "Neither confirm nor deny"


OPENS_THE_GATE = frozenset({Decision.AGREE, Decision.PARTLY})
SAYS_SOMETHING = OPENS_THE_GATE | {Decision.NOTHING_HELD}  # only to whoever is verified


class VictimTold(models.TextChoices):
    """Whether the victim knows of the request, which the police see to (PCSC Act 2022, 44A–44F)."""

    UNKNOWN = "unknown", "We do not know yet"
    TOLD = "told", "Yes: told on or before the day of the request"
    EXCEPTED = "excepted", "No, and the police say in writing why they need not be"
    NOT_TOLD = "not-told", "No"


class How(models.TextChoices):
    """By which way the answer left."""

    POST = "post", "By post, to a published address"
    EMAIL = "email", "By e-mail, to a published address"
    SPOKEN = "spoken", "Read out, on a published number"


class StepKind(models.TextChoices):
    """One thing that was done with a request."""

    LOGGED = "logged", "Logged"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    PRESSED = "pressed", "They say that a life is at risk; the lead was called"
    TICKED = "ticked", "Requirements looked through"
    VICTIM = "victim", "Noted whether the victim knows"
    NAMED = "named", "A contact was named"
    VERIFIED = "verified", "Verified by ringing back"
    DOUBTED = "doubted", "Not verified any more"
    CONSIDERED = "considered", "Considered"
    ADVISED = "advised", "The data protection officer advised"
    DIRECTOR = "director", "A director agreed"
    DECIDED = "decided", "Decided"
    SENT_BACK = "sent-back", "Sent back by the second person"
    RECONSIDERED = "reconsidered", "To be decided again"
    SIGNED = "signed", "Signed by the second person"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Taken back by whoever asked"


class Requirement(NamedTuple):
    """One thing that must be there, as whoever looks for it reads it."""

    code: str
    words: str


class Needs(NamedTuple):
    """What one kind needs; `keeps` says that what it names is held, because destroying it would
    be an offence."""

    requirements: tuple[Requirement, ...]
    explained: str
    director: bool = False
    keeps: bool = False


R = Requirement
WRITTEN = R("written", "It is here in writing and dated")
ADVICE = R("advice", "We have taken legal advice on it")
NARROW = R("narrow", "Only what it obliges us to give is meant, and nothing beside it")

NEEDS: dict[str, Needs] = {
    Kind.VOLUNTARY: Needs(
        (
            WRITTEN,
            R("officer", "It names the officer, their rank, collar number and force"),
            R("purpose", "It names the crime or the purpose"),
            R("exact", "It says exactly which information is asked for"),
            R("necessary", "It says why that is necessary and in proportion"),
            R("prejudice", "It says what would go wrong if the person were told"),
            R("countersigned", "Somebody senior has countersigned it, as an inspector"),
        ),
        "The law lets us share and does not oblige us.",
    ),
    Kind.VICTIM: Needs(
        (
            WRITTEN,
            R("believed", "It says why they believe that we hold it"),
            R("line", "It belongs to a reasonable line of enquiry, which it names"),
            R("necessary", "It says why that is necessary and in proportion"),
            R("specified", "It says which information, why, and how it will be dealt with"),
        ),
        "The law lets us share and does not oblige us. Notes of counselling are presumed not to be"
        " shared.",
    ),
    Kind.ORDER: Needs(
        (
            R("copy", "A copy of the order is here, with its court and number"),
            R("scope", "We know exactly what it covers, and until when"),
            ADVICE,
            NARROW,
        ),
        "An order obliges us. It is obeyed as narrowly as it allows.",
        director=True,
        keeps=True,
    ),
    Kind.CLAIM: Needs(
        (R("copy", "A copy of the claim, or of the letter before it, is here"), ADVICE, NARROW),
        "A claim obliges nobody to share. What it is about must not be destroyed.",
        director=True,
        keeps=True,
    ),
    Kind.MISSING: Needs(
        (
            R("unsaid", "Nobody here has said, in any way, whether we know the person"),
            R("message", "They know that we pass a message on if the person ever rings"),
        ),
        "Everybody who asks about a missing person gets the same answer. An adult has the right to"
        " be missing.",
    ),
    Kind.REGULATOR: Needs(
        (
            R("copy", "The notice or letter is here, and names the power it rests on"),
            R("scope", "We know exactly what it covers, and until when"),
            NARROW,
        ),
        "What its power obliges us to give is given, and nothing beside it.",
        director=True,
        keeps=True,
    ),
}

CALL_BACK_SCRIPT = (
    "“I cannot say anything on this call, to anybody. That is the same for everyone who rings.”",
    "Take the name, rank, collar number and force, and what they ask for. Say nothing in return,"
    " not even whether we know the name.",
    "End the call. Do not let them put you through, and do not ring the number they give you.",
    "Find the number of the force yourself, where it is published. Ask the control room (101; for a"
    " life at risk 999) for the officer and the number of the incident.",
    "“If a life is at risk, ring the control room and ask them to send somebody. You do not have"
    " to wait for us.”",
)

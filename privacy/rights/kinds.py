"""What people can ask about their own data, and where a request can stand (rules 2.2).

A status says where the work is. It proves nothing: whatever is needed before a step stands in dates
and rows of its own, and is asked for anew.
"""

from django.db import models


class Kind(models.TextChoices):
    """One right (S2-41 to S2-52)."""

    ACCESS = "access", "Copy of their data"
    RECTIFY = "rectify", "Correction"
    ERASE = "erase", "Deletion"
    RESTRICT = "restrict", "Restriction"
    OBJECT = "object", "Objection"
    PORTABILITY = "portability", "Data to take elsewhere"
    WITHDRAW = "withdraw", "Consent taken back"
    COMPLAINT = "complaint", "Complaint about data"

    @property
    def told(self) -> str:
        """What was asked for, as we say it to whoever asked, for themselves or for others."""
        return TOLD[self]


TOLD = {
    Kind.ACCESS: "a copy of data",
    Kind.RECTIFY: "a correction",
    Kind.ERASE: "a deletion",
    Kind.RESTRICT: "not to use data for now",
    Kind.OBJECT: "to stop using data",
    Kind.PORTABILITY: "data to take elsewhere",
    Kind.WITHDRAW: "to take back a consent",
    Kind.COMPLAINT: "a complaint about data",
}


COPIES = (Kind.ACCESS, Kind.PORTABILITY)  # what is answered with a file


class Route(models.TextChoices):
    """How it reached us; what was said to any of us counts (rules 2.2.1)."""

    FORM = "form", "Our form"
    CODE = "code", "With their seven words"
    EMAIL = "email", "E-mail"
    POST = "post", "Post"
    PHONE = "phone", "Phone"
    TEXT = "text", "Text message"
    CHAT = "chat", "Said in a chat"
    SPOKEN = "spoken", "Said to one of us"


class Asker(models.TextChoices):
    """Who asks, and so what is needed before they are answered."""

    SELF = "self", "The person themselves"
    REPRESENTATIVE = "representative", "Somebody on their behalf"
    PARENT = "parent", "A parent of a young person"
    OTHER = "other", "Somebody else: family, a partner, the police"


class Age(models.TextChoices):
    """About how old the person is whom it is about, where a parent asks; nobody has to say."""

    NOT_SAID = "not-said", "Not said"
    UNDER_12 = "under-12", "Under 12"
    FROM_12 = "12-to-17", "12 to 17"
    ADULT = "adult", "18 or over"


class Nation(models.TextChoices):
    """Whose bank holidays and whose law of young people hold."""

    ENGLAND = "ENG", "England or Wales"
    SCOTLAND = "SCT", "Scotland"
    NORTHERN_IRELAND = "NIR", "Northern Ireland"


class Proof(models.TextChoices):
    """Why the answer goes to the right person. Nickname, date and topic are not among these."""

    NONE = "", "Nothing yet"
    CODE = "code", "Their seven words"
    EVIDENCE = "evidence", "Evidence that one of us has seen"
    KNOWN = "known", "There is no doubt who they are"
    TWO_FACTS = "two-facts", "Two facts that only they could know"


class EvidenceKind(models.TextChoices):
    """What was seen. Never a copy, never a number."""

    PASSPORT = "passport", "Passport"
    LICENCE = "licence", "Driving licence"
    BILL = "bill", "Letter with their address"
    CALL = "call", "Called back on the number of their record"
    ANSWERS = "answers", "Answers only they could give"
    AUTHORITY = "authority", "Signed authority"


class Extension(models.TextChoices):
    """The only two reasons for which the law gives two more months; being busy is none (B12)."""

    COMPLEX = "complex", "The request is complex"
    MANY = "many", "They have made a number of requests"


class Stance(models.TextChoices):
    """What is expected where a parent asks about a young person (rules 2.3)."""

    NONE = "", "No parent asks"
    AUTHORITY = "authority", "Nothing is given out without the authority of whom it is about"
    REFUSED_BY_DEFAULT = "refuse", "Refused, unless the young person agrees or it is plainly best"
    CASE_BY_CASE = "weigh", "Weighed case by case: a child under 12 in Scotland"
    CHILD_PRESUMED_ABLE = "child", "The child decides: presumed able at 12 in Scotland"


class Refusal(models.TextChoices):
    """On which ground a request is refused; there is none for notes that embarrass us."""

    EXEMPT = "exempt", "An exemption covers all of it"
    NO_AUTHORITY = "no-authority", "They have not shown that they may ask for somebody else"
    YOUNG_PERSON = "young-person", "It is the young person’s own to ask"
    NO_RIGHT = "no-right", "The law gives this right only in other circumstances"
    COMPELLING = "compelling", "Our grounds are compelling and weigh more (Art 21)"
    UNFOUNDED = "unfounded", "Manifestly unfounded"
    EXCESSIVE = "excessive", "Manifestly excessive"


class Found(models.TextChoices):
    """By which way a contact came into the scope of a request."""

    CODE = "code", "By their seven words"
    RECORD = "record", "Belongs to their record"
    SAID_IN = "said-in", "They asked in it"
    RECALLED = "recalled", "By what they recall, accepted by two people"


class Status(models.TextChoices):
    """Where a request stands (rules 2.2.1)."""

    RECEIVED = "received", "Received"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ID_REQUESTED = "id-requested", "Waiting for proof"
    ID_RECEIVED = "id-received", "Proof to look at"
    ID_CONFIRMED = "id-confirmed", "Identity confirmed"
    LOCATING = "locating", "Locating"
    CLOCK_STOPPED = "clock-stopped", "Clock stopped"
    COLLECTING = "collecting", "Collecting"
    REVIEW = "review", "In review"
    APPROVAL = "approval", "Waiting for approval"
    RELEASED = "released", "Done in full"
    PARTLY_RELEASED = "partly-released", "Done in part"
    REFUSED = "refused", "Refused"
    NOT_IDENTIFIABLE = "not-identifiable", "Not identifiable"
    NO_DATA_FOUND = "no-data", "Nothing found"
    WITHDRAWN = "withdrawn", "Withdrawn by them"
    CLOSED = "closed", "Closed"
    DUPLICATE_OF = "duplicate", "Joined to another"


S = Status
IDENTITY = (S.ID_REQUESTED, S.ID_RECEIVED, S.ID_CONFIRMED)
AT_WORK = (S.LOCATING, S.CLOCK_STOPPED, S.COLLECTING, S.REVIEW)
WORKING = (S.RECEIVED, S.ACKNOWLEDGED, *IDENTITY, *AT_WORK)
DECIDED = (S.RELEASED, S.PARTLY_RELEASED, S.REFUSED, S.NOT_IDENTIFIABLE, S.NO_DATA_FOUND)
OUTCOMES = tuple((each.value, each.label) for each in DECIDED)
OVER = (S.CLOSED, S.DUPLICATE_OF)  # nothing is owed, and nothing is kept for it any more
RELEASES = (S.RELEASED, S.PARTLY_RELEASED)
ANSWERED = (*DECIDED, S.WITHDRAWN, *OVER)  # no limit runs any more

CLOCK_RUNS = (S.RECEIVED, S.ACKNOWLEDGED, *IDENTITY, S.LOCATING, S.COLLECTING, S.REVIEW)

# From where each status can be reached. Nothing else exists (D18). An answer that is sent back goes
# to where it was prepared.
FROM: dict[Status, tuple[Status, ...]] = {
    S.RECEIVED: (),
    S.ACKNOWLEDGED: (S.RECEIVED, S.APPROVAL),
    S.ID_REQUESTED: (S.RECEIVED, S.ACKNOWLEDGED, S.LOCATING, S.APPROVAL),
    S.ID_RECEIVED: (S.ID_REQUESTED, S.APPROVAL),
    S.ID_CONFIRMED: (S.RECEIVED, S.ACKNOWLEDGED, S.ID_RECEIVED, S.LOCATING, S.APPROVAL),
    S.LOCATING: (S.ACKNOWLEDGED, S.ID_CONFIRMED, S.CLOCK_STOPPED, S.APPROVAL),
    S.CLOCK_STOPPED: (S.LOCATING, S.COLLECTING, S.APPROVAL),
    S.COLLECTING: (S.LOCATING, S.CLOCK_STOPPED, S.APPROVAL),
    S.REVIEW: (S.COLLECTING, S.APPROVAL, *RELEASES),
    S.APPROVAL: tuple(each for each in WORKING if each != S.RECEIVED),
    **dict.fromkeys(DECIDED, (S.APPROVAL,)),
    S.WITHDRAWN: (*WORKING, S.APPROVAL),
    S.CLOSED: (*DECIDED, S.WITHDRAWN),
    S.DUPLICATE_OF: WORKING,
}

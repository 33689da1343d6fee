"""The words of sharing what somebody told us: each of them from a closed list (rules 2.8.3)."""

from datetime import timedelta

from django.db import models

from contacts.vocabulary import Basis
from safeguarding.circumstances import Circumstance


class Status(models.TextChoices):
    """How far one sharing has come."""

    PREPARING = "preparing", "Being prepared"
    PREPARED = "prepared", "Waits for a second person"
    APPROVED = "approved", "Approved"
    LEAVING = "leaving", "Leaving"
    SHARED = "shared", "Shared"
    NOT_SHARED = "not-shared", "Decided not to share"


S = Status
DRAWN: frozenset[tuple[str, str]] = frozenset(
    {
        (S.PREPARING, S.PREPARED),
        (S.PREPARING, S.NOT_SHARED),
        (S.PREPARED, S.PREPARING),
        (S.PREPARED, S.APPROVED),
        (S.PREPARED, S.LEAVING),
        (S.PREPARED, S.NOT_SHARED),
        (S.APPROVED, S.PREPARING),
        (S.APPROVED, S.LEAVING),
        (S.APPROVED, S.NOT_SHARED),
        (S.LEAVING, S.PREPARING),
        (S.LEAVING, S.SHARED),
    }
)


class Harm(models.TextChoices):
    """One scale for “significant” (S0-17) and “serious” (S2-30), which are the same level."""

    NONE = "none", "No harm that we can see"
    LESS = "less", "Some harm, which is not serious"
    SERIOUS = "serious", "Serious (significant) harm"


class HarmTo(models.TextChoices):
    """Who may come to harm (S0-17)."""

    PERSON = "person", "The person who got in touch"
    OTHER = "other", "Somebody else"
    BOTH = "both", "Both"


# On these grounds the law or the person decides, and not how serious the harm is.
WITHOUT_HARM = {Circumstance.ASKED, Circumstance.LEGAL_COMPULSION, Circumstance.LEGAL_RIGHTS}


class Trusted(models.TextChoices):
    """Who the person in a position of trust is (S2-05c)."""

    TEACHER = "teacher", "A teacher"
    POLICE = "police", "A police officer"
    PARENT = "parent", "A parent"
    RELATIVE = "relative", "Another relative"
    OTHER = "other", "Somebody else"


class Condition(models.TextChoices):
    """What Articles 9 and 10 ask besides the basis (rules 2.4)."""

    NONE = "none", "Nothing of that kind leaves"
    EXPLICIT = "explicit", "Explicit consent"
    VITAL = "vital", "Vital interests, unable to consent"
    COUNSELLING = "counselling", "Confidential advice or support (Schedule 1, paragraph 17)"
    SAFEGUARDING = "safeguarding", "Safeguarding of individuals at risk (Schedule 1, paragraph 18)"
    CRIMINAL = "criminal", "What somebody is said to have done (Article 10, paragraph 36)"
    CLAIMS = "claims", "A legal claim (Article 9(2)(f))"


CONSENTS = {Basis.CONSENT, Condition.EXPLICIT}
VITAL = {Basis.VITAL, Condition.VITAL}
SENSITIVE = {
    Condition.EXPLICIT,
    Condition.VITAL,
    Condition.COUNSELLING,
    Condition.SAFEGUARDING,
}  # what Article 9 asks where health, sex life, belief or the like is spoken of


class TalkFirst(models.TextChoices):
    """Whether we talked about it with the person before (S0-20)."""

    TRIED = "tried", "We talked about it with them, or tried to"
    NOT_POSSIBLE = "not-possible", "It was not possible"
    DANGER = "danger", "It would have increased the danger"
    PREJUDICE = "prejudice", "It would have harmed an investigation"


class Way(models.TextChoices):
    """By which way it leaves."""

    EMAIL = "email", "By e-mail: the system sends it"
    PHONE = "phone", "By telephone: it is read out"
    POST = "post", "By post: it is printed"


class RecipientKind(models.TextChoices):
    """Who can be told at all (rules 2.8.3); each can help to make somebody safe (S2-04)."""

    EMERGENCY = "emergency", "Emergency services"
    POLICE = "police", "Police"
    CHILDREN = "children", "Children’s social care"
    ADULTS = "adults", "Adult social care"
    NHS = "nhs", "NHS"
    SAFETY = "safety", "Another body that keeps people safe"
    COURT = "court", "A court"
    AUTHORITY = "authority", "A public authority"
    ADVISER = "adviser", "A legal adviser"
    NAMED = "named", "Somebody the person named"


class ItemSource(models.TextChoices):
    """Where one thing that leaves comes from."""

    LINE = "line", "A line of the contact"
    NOTE = "note", "A note"
    IDENTITY = "identity", "Who they are"
    FACT = "fact", "Written for this"


class ShareStep(models.TextChoices):
    """One thing that was done with a sharing."""

    STARTED = "started", "Begun"
    WRITTEN = "written", "Written down"
    TALKED = "talked", "Talking first"
    TICKED = "ticked", "What leaves was ticked"
    DIRECTOR = "director", "A director’s approval"
    PREPARED = "prepared", "Ready for a second person"
    APPROVED = "approved", "Approved"
    OPENED = "opened", "Opened again to change it"
    LEFT = "left", "Set on its way"
    STOPPED = "stopped", "Stopped before it left"
    READ = "read", "Opened to read out or print"
    NOT_TAKEN = "not-taken", "Nobody took it"
    RECEIVED = "received", "Received"
    NOT_SHARED = "not-shared", "Decided not to share"
    ASTRAY = "astray", "It went to somebody else"


# Whoever did one of these has done their half, and cannot approve.
AUTHORS = (
    ShareStep.STARTED,
    ShareStep.WRITTEN,
    ShareStep.TALKED,
    ShareStep.TICKED,
    ShareStep.DIRECTOR,
    ShareStep.PREPARED,
)


class TaskKind(models.TextChoices):
    """What is still owed after something was shared, or after 999 was called."""

    REVIEW_CALL = "review-call", "Look at a 999 call"
    TELL_PERSON = "tell-person", "Tell the person what was shared"
    TELL_CORRECTED = "tell-corrected", "Tell the recipient that something was corrected"
    TELL_ERASED = "tell-erased", "Tell the recipient that something was erased"
    BREACH = "breach", "It went to the wrong recipient"


TASK_WITHIN = {
    TaskKind.REVIEW_CALL: timedelta(hours=24),
    TaskKind.TELL_PERSON: timedelta(hours=24),
    TaskKind.TELL_CORRECTED: timedelta(days=7),
    TaskKind.TELL_ERASED: timedelta(days=7),
    TaskKind.BREACH: timedelta(hours=72),  # Article 33
}


class TaskOutcome(models.TextChoices):
    """How a task ended."""

    DONE = "done", "Done"
    IMPOSSIBLE = "impossible", "Not possible, or not safe"


class Emergency(models.TextChoices):
    """Which of the emergency services was asked for."""

    POLICE = "police", "Police"
    AMBULANCE = "ambulance", "Ambulance"
    FIRE = "fire", "Fire and rescue"
    COAST = "coast", "Coastguard"


# Where 999 was called but nobody has written down what happened, after this long it counts as late.
WRITE_WITHIN = timedelta(minutes=30)

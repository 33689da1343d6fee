"""The words of the field that staff choose from. None of them judges anybody (S0-05)."""

from django.db import models


class NoteKind(models.TextChoices):
    """What a note is: kept apart, so that nobody mistakes a view for a fact (S1-16)."""

    FACT = "fact", "What happened"
    WORDS = "words", "In their words"
    VIEW = "view", "Worker’s view"
    NEED = "need", "What they need and want"
    DECISION = "decision", "Decided with them"
    ADVICE = "advice", "Advice given"
    INFORMATION = "information", "Information given"
    OPTION = "option", "Option talked through"
    ADJUSTMENT = "adjustment", "Language or other need"
    QUESTION = "question", "Question about confidentiality"
    EXPLAINED = "explained", "Why we could not help"
    THEIR_VIEW = "their-view", "What they think of the decision"
    HANDOVER = "handover", "For whoever takes over"


# What each card of the desk writes down, in the order of its choices.
NOTES = [NoteKind.FACT, NoteKind.WORDS, NoteKind.VIEW]
WANTED = [NoteKind.NEED, NoteKind.DECISION, NoteKind.ADJUSTMENT]
GIVEN = [NoteKind.INFORMATION, NoteKind.ADVICE, NoteKind.OPTION]


class StepKind(models.TextChoices):
    """Something said in every contact, written down when it was said."""

    CONFIDENTIALITY = "confidentiality", "Confidentiality explained"
    DEVICE_SAFETY = "device-safety", "Device safety advice given"
    REVIEW_RIGHT = "review-right", "Told that they can ask again"


class Topic(models.TextChoices):
    """What a contact was about; also what was no conversation at all."""

    AWAY_NOW = "away-now", "Away from home now"
    THINKING_OF_LEAVING = "thinking-of-leaving", "Thinking of leaving"
    BACK_HOME = "back-home", "Back after being away"
    SOMEONE_MISSING = "someone-missing", "Someone close is missing"
    LONG_MISSING = "long-missing", "Someone has been missing for long"
    SIGHTING = "sighting", "A sighting"
    MESSAGE_HOME = "message-home", "A message home"
    FAMILY = "family", "Family"
    HURT_AT_HOME = "hurt-at-home", "Hurt or afraid at home"
    RELATIONSHIP = "relationship", "A relationship"
    ONLINE = "online", "Someone met online"
    EXPLOITED = "exploited", "Being exploited"
    CARRYING = "carrying", "Asked to carry or sell things"
    SAFE_PLACE = "safe-place", "Somewhere safe to stay"
    CARE = "care", "Living in care"
    SCHOOL = "school", "School or work"
    FEELINGS = "feelings", "Feelings and mental health"
    SUICIDE = "suicide", "Thoughts of suicide"
    GRIEF = "grief", "Grief"
    ABROAD = "abroad", "Missing abroad or in migration"
    ABOUT_US = "about-us", "About the charity"
    SILENT = "silent", "Silent"
    HUNG_UP = "hung-up", "Ended before anything was said"
    WRONG_NUMBER = "wrong-number", "Wrong number"
    TESTING = "testing", "Trying out whether someone answers"
    OTHER = "other", "Something else"


TOPIC_GROUPS = [
    (
        "Being away",
        [Topic.AWAY_NOW, Topic.THINKING_OF_LEAVING, Topic.BACK_HOME, Topic.MESSAGE_HOME],
    ),
    (
        "Someone else",
        [Topic.SOMEONE_MISSING, Topic.LONG_MISSING, Topic.SIGHTING, Topic.GRIEF, Topic.ABROAD],
    ),
    ("Home and people", [Topic.FAMILY, Topic.HURT_AT_HOME, Topic.RELATIONSHIP, Topic.CARE]),
    ("Pressure", [Topic.ONLINE, Topic.EXPLOITED, Topic.CARRYING]),
    ("Getting by", [Topic.SAFE_PLACE, Topic.SCHOOL, Topic.FEELINGS, Topic.SUICIDE]),
    (
        "No conversation",
        [
            Topic.SILENT,
            Topic.HUNG_UP,
            Topic.WRONG_NUMBER,
            Topic.TESTING,
            Topic.ABOUT_US,
            Topic.OTHER,
        ],
    ),
]


class Outcome(models.TextChoices):
    """How a contact ended, seen from the person’s side."""

    LISTENED = "listened", "We listened"
    INFORMED = "informed", "They have the information they wanted"
    SIGNPOSTED = "signposted", "They know where else to turn"
    COMING_BACK = "coming-back", "They will come back"
    THEY_LEFT = "they-left", "They left before it was over"
    COULD_NOT_HELP = "could-not-help", "We could not help"
    NO_CONVERSATION = "no-conversation", "There was no conversation"


class Basis(models.TextChoices):
    """The lawful basis under Article 6 on which this contact’s words are kept (rules 2.4)."""

    CONSENT = "consent", "They agreed to it"
    VITAL = "vital", "A life is in danger and they cannot agree"
    RECOGNISED = "recognised", "Safeguarding somebody vulnerable"
    LEGAL_OBLIGATION = "legal-obligation", "A law obliges us"
    LEGITIMATE = "legitimate", "Our legitimate interest, nothing sensitive was said"


class Condition(models.TextChoices):
    """What Article 9 asks besides, once health, sex life, belief or the like was spoken of."""

    NONE = "none", "Nothing of that kind was said"
    EXPLICIT = "explicit", "Explicit consent"
    VITAL = "vital", "Vital interests, unable to consent"
    COUNSELLING = "counselling", "Confidential advice or support (Schedule 1, paragraph 17)"
    SAFEGUARDING = "safeguarding", "Safeguarding of individuals at risk (Schedule 1, paragraph 18)"


class NoConsent(models.TextChoices):
    """Why consent could not be had, one of the three the law knows."""

    NOT_NEEDED = "", "They did agree"
    CANNOT = "cannot", "They are not able to give it"
    UNREASONABLE = "unreasonable", "We cannot reasonably be expected to obtain it"
    PREJUDICE = "prejudice", "Asking would work against helping them"


class Announce(models.TextChoices):
    """How we say who we are when we get in touch."""

    NOT_ASKED = "not-asked", "Nobody has asked: say a first name only"
    OPENLY = "openly", "Say which charity is calling"
    FIRST_NAME = "first-name", "Say a first name only"
    AS_AGREED = "as-agreed", "Say what was agreed"


class WhyBothSides(models.TextChoices):
    """Why both sides of an absence are looked up together; a code for the trail."""

    SAFETY = "safety", "To keep somebody safe"
    ASTRAY = "astray", "A message or an answer may have gone to the wrong person"
    RIGHTS = "rights", "Somebody asks what we hold about them"


class WhyKnown(models.TextChoices):
    """Why somebody’s record is looked for or their identity opened; a code for the trail."""

    IN_CONTACT = "in-contact", "I am in touch with them now"
    CALL_BACK = "call-back", "They are to be called back or answered"
    PROMISE = "promise", "A promise made to them is due"
    SAFETY = "safety", "To keep somebody safe"
    CORRECT = "correct", "They ask to see, correct or delete it"
    DUPLICATE = "duplicate", "They may have two records"

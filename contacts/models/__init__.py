"""Someone gets in touch: the contact, its words, and the figures that outlive both."""

from contacts.channels import Channel
from contacts.models.bot import BotScript
from contacts.models.chat import Visit
from contacts.models.consent import Answer, Consent, Purpose
from contacts.models.console import Guidance, Joining, QuickReply, SentAnyway
from contacts.models.contact import Contact, Rank
from contacts.models.desk import (
    ContactTopic,
    LegalBasis,
    NoteReview,
    Pause,
    Signpost,
    Signposting,
    Step,
)
from contacts.models.figure import Figure, TopicFigure
from contacts.models.hours import Closure, Day, Opening
from contacts.models.imported import ImportedId
from contacts.models.limit import ChatLimit
from contacts.models.thread import Thread
from contacts.models.words import Draft, Line, Note, Speaker, SurveyAnswer

__all__ = [
    "Answer",
    "BotScript",
    "Channel",
    "ChatLimit",
    "Closure",
    "Consent",
    "Contact",
    "ContactTopic",
    "Day",
    "Draft",
    "Figure",
    "Guidance",
    "ImportedId",
    "Joining",
    "LegalBasis",
    "Line",
    "Note",
    "NoteReview",
    "Opening",
    "Pause",
    "Purpose",
    "QuickReply",
    "Rank",
    "SentAnyway",
    "Signpost",
    "Signposting",
    "Speaker",
    "Step",
    "SurveyAnswer",
    "Thread",
    "TopicFigure",
    "Visit",
]

"""Someone gets in touch: the contact, its words, and the figures that outlive both."""

from contacts.channels import Channel
from contacts.models.contact import Contact, Thread
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
from contacts.models.imported import ImportedId
from contacts.models.words import Draft, Line, Note, Speaker, SurveyAnswer

__all__ = [
    "Channel",
    "Contact",
    "ContactTopic",
    "Draft",
    "Figure",
    "ImportedId",
    "LegalBasis",
    "Line",
    "Note",
    "NoteReview",
    "Pause",
    "Signpost",
    "Signposting",
    "Speaker",
    "Step",
    "SurveyAnswer",
    "Thread",
    "TopicFigure",
]

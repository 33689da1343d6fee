"""Someone gets in touch: the contact, its words, and the figures that outlive both."""

from contacts.channels import Channel
from contacts.models.contact import Contact, Thread
from contacts.models.figure import Figure
from contacts.models.imported import ImportedId
from contacts.models.words import Draft, Line, Note, Speaker, SurveyAnswer

__all__ = [
    "Channel",
    "Contact",
    "Draft",
    "Figure",
    "ImportedId",
    "Line",
    "Note",
    "Speaker",
    "SurveyAnswer",
    "Thread",
]

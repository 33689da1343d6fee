"""Someone gets in touch: the contact, its words, and the figures that outlive both."""

from contacts.channels import Channel
from contacts.models.action import ActionRequest, ActionStep
from contacts.models.address import Address, Correspondence, Reveal
from contacts.models.amending import Amendment
from contacts.models.bot import BotScript
from contacts.models.chat import Visit
from contacts.models.colleague import ColleagueQuestion
from contacts.models.consent import Consent
from contacts.models.console import Guidance, Joining, QuickReply, SentAnyway
from contacts.models.contact import Contact, Rank
from contacts.models.correction import Correction
from contacts.models.desk import (
    ContactTopic,
    LegalBasis,
    NoteReview,
    Pause,
    Signpost,
    Signposting,
    Step,
)
from contacts.models.dispatch import AskedToDelete, Dispatch, Piece, Received, VendorCopy
from contacts.models.figure import Figure, TopicFigure
from contacts.models.forgotten import Forgotten
from contacts.models.handed_over import CopiedLine, HandOver
from contacts.models.helped import Entry, SupportPlan
from contacts.models.hours import Closure, Day, Opening
from contacts.models.imported import ImportedId
from contacts.models.limit import ChatLimit
from contacts.models.linking import Link
from contacts.models.losing import LostBasis
from contacts.models.objected import ObjectedUse
from contacts.models.record_basis import RecordBasis
from contacts.models.restricted import RestrictedUse
from contacts.models.service_user import Belonged, ServiceUser
from contacts.models.supplier import Supplier, SupplierStep
from contacts.models.thread import Thread
from contacts.models.words import Draft, Line, Note, Speaker, SurveyAnswer
from contacts.wordings import Answer, How, Purpose, Understanding

__all__ = [
    "ActionRequest",
    "ActionStep",
    "Address",
    "Amendment",
    "Answer",
    "AskedToDelete",
    "Belonged",
    "BotScript",
    "Channel",
    "ChatLimit",
    "Closure",
    "ColleagueQuestion",
    "Consent",
    "Contact",
    "ContactTopic",
    "CopiedLine",
    "Correction",
    "Correspondence",
    "Day",
    "Dispatch",
    "Draft",
    "Entry",
    "Figure",
    "Forgotten",
    "Guidance",
    "HandOver",
    "How",
    "ImportedId",
    "Joining",
    "LegalBasis",
    "Line",
    "Link",
    "LostBasis",
    "Note",
    "NoteReview",
    "ObjectedUse",
    "Opening",
    "Pause",
    "Piece",
    "Purpose",
    "QuickReply",
    "Rank",
    "Received",
    "RecordBasis",
    "RestrictedUse",
    "Reveal",
    "SentAnyway",
    "ServiceUser",
    "Signpost",
    "Signposting",
    "Speaker",
    "Step",
    "Supplier",
    "SupplierStep",
    "SupportPlan",
    "SurveyAnswer",
    "Thread",
    "TopicFigure",
    "Understanding",
    "VendorCopy",
    "Visit",
]

"""The retention schedule: every record and field we hold, why, how long, and what happens then.

It is code, not a setting: changing a period is a release, and nothing with a person's words can be
kept above 18 months (S2-36). Purge, disclosure and erasure read this one page, so they cannot
disagree.
"""

from django.db.models import Model

from contacts.models import (
    Consent,
    ContactTopic,
    Draft,
    Guidance,
    Joining,
    LegalBasis,
    Line,
    Note,
    NoteReview,
    SentAnyway,
    Signposting,
    Step,
    SurveyAnswer,
    Visit,
)
from privacy.schedule.classes import (
    FACTS,
    FIGURES,
    KEYS,
    SECURITY,
    SENT,
    STAFF,
    WORDS,
    Class,
    Rule,
)
from privacy.schedule.contacts import CONTACTS
from privacy.schedule.staff import STAFF_AND_TRAIL

__all__ = [
    "FACTS",
    "FIGURES",
    "GOES_WITH_A_CONTACT",
    "KEYS",
    "LONGEST_FOR_WORDS",
    "SCHEDULE",
    "SECURITY",
    "SENT",
    "STAFF",
    "WORDS",
    "Class",
    "Rule",
]

LONGEST_FOR_WORDS = 18  # months (S2-36)
SCHEDULE = [*CONTACTS, *STAFF_AND_TRAIL]

# The rows that go with their contact, in the order in which they can; released holds go before
# them.
GOES_WITH_A_CONTACT: list[type[Model]] = [
    Draft,
    NoteReview,
    Note,
    Step,
    ContactTopic,
    Signposting,
    LegalBasis,
    SurveyAnswer,
    Guidance,
    Joining,
    SentAnyway,
    Consent,
    Visit,
    Line,
]

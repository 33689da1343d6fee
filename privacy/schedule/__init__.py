"""The retention schedule: every record and field we hold, why, how long, and what happens then.

It is code, not a setting: changing a period is a release, and no words of a contact can be kept
above 18 months (S2-36). Records of people who chose to be known have a class of their own. Purge,
disclosure and erasure read this one page, so they cannot disagree.
"""

from django.db.models import Model

from contacts.models import (
    Amendment,
    AskedToDelete,
    Belonged,
    ColleagueQuestion,
    Consent,
    ContactTopic,
    Correction,
    Correspondence,
    Dispatch,
    Draft,
    Guidance,
    Joining,
    LegalBasis,
    Line,
    Link,
    LostBasis,
    Note,
    NoteReview,
    ObjectedUse,
    Piece,
    Received,
    RestrictedUse,
    Reveal,
    SentAnyway,
    Signposting,
    Step,
    SurveyAnswer,
    Visit,
)
from privacy.schedule.authorities import ASKED_BY_OTHERS
from privacy.schedule.classes import (
    ADDRESSES,
    ASKED,
    AUTHORITIES,
    BUNDLES,
    EVIDENCE,
    FACTS,
    FIGURES,
    FOUND,
    HANDED_OVER,
    KEYS,
    LOCATIONS,
    PEOPLE,
    RIGHTS,
    SAFEGUARDING,
    SECURITY,
    SENT,
    STAFF,
    WORDS,
    Class,
    Rule,
)
from privacy.schedule.contacts import CONTACTS
from privacy.schedule.people import PEOPLE_KNOWN
from privacy.schedule.rights import RIGHTS_REQUESTS
from privacy.schedule.safeguarding import WORRIES
from privacy.schedule.sharing import SHARED
from privacy.schedule.staff import STAFF_AND_TRAIL
from privacy.schedule.written import WRITTEN

__all__ = [
    "ADDRESSES",
    "ASKED",
    "AUTHORITIES",
    "BUNDLES",
    "EVIDENCE",
    "FACTS",
    "FIGURES",
    "FOUND",
    "GOES_WITH_A_CONTACT",
    "HANDED_OVER",
    "KEYS",
    "LOCATIONS",
    "LONGEST_FOR_RECORDS",
    "LONGEST_FOR_WORDS",
    "PEOPLE",
    "RECORDS",
    "RIGHTS",
    "SAFEGUARDING",
    "SCHEDULE",
    "SECURITY",
    "SENT",
    "STAFF",
    "WORDS",
    "Class",
    "Rule",
]

LONGEST_FOR_WORDS = 18  # months (S2-36)
LONGEST_FOR_RECORDS = 72
RECORDS = {PEOPLE, HANDED_OVER, RIGHTS, SAFEGUARDING}  # words that no contact's key opens
RECORDS |= {AUTHORITIES, LOCATIONS, FOUND}
SCHEDULE = [
    *CONTACTS,
    *WRITTEN,
    *PEOPLE_KNOWN,
    *WORRIES,
    *SHARED,
    *ASKED_BY_OTHERS,
    *RIGHTS_REQUESTS,
    *STAFF_AND_TRAIL,
]

# The rows that go with their contact, in the order in which they can; released holds go before
# them.
GOES_WITH_A_CONTACT: list[type[Model]] = [
    Draft,
    ColleagueQuestion,
    Correction,
    Amendment,
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
    Link,
    Belonged,
    LostBasis,
    Consent,
    RestrictedUse,
    ObjectedUse,
    Reveal,
    AskedToDelete,
    Piece,
    Received,
    Dispatch,
    Correspondence,
    Visit,
    Line,
]

"""The retention schedule: every record and field we hold, why, how long, and what happens then.

It is code, not a setting: changing a period is a release, and nothing with a person's words can be
kept above 18 months (S2-36). Purge, disclosure and erasure read this one page, so they cannot
disagree.
"""

from typing import NamedTuple

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.db.models import Model

from contacts.models import (
    Contact,
    ContactTopic,
    Draft,
    Figure,
    ImportedId,
    LegalBasis,
    Line,
    Note,
    NoteReview,
    Pause,
    Signpost,
    Signposting,
    Step,
    SurveyAnswer,
    Thread,
    TopicFigure,
)
from helpline.foundation.audit.models import AuditEvent, AuditSeal, Life
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import (
    Invitation,
    PartnerAnswer,
    PartnerKey,
    RoleGrant,
    Session,
    Staff,
    Team,
)
from helpline.foundation.vault.models import DataKey
from privacy.models import Brake, Clock, Disposal, LedgerPosition, PurgeRun
from safeguarding.models import Hold

LONGEST_FOR_WORDS = 18  # months (S2-36)


class Class(NamedTuple):
    """A retention class: `months` from when it `starts`, 0 for as long as its owner lives."""

    name: str
    months: int
    starts: str
    then: str


WORDS = Class("Words of a contact", 18, "the contact began", "key destroyed, rows deleted")
FACTS = Class("Facts without words", 72, "the event", "deleted")
STAFF = Class("Staff records", 72, "the person left", "name, address and factors removed")
SECURITY = Class("Sessions and sign-in", 1, "the last use", "deleted within a day")
SENT = Class("What has left", 1, "it was sent", "words destroyed when sent, row deleted")
FIGURES = Class("Figures", 0, "never about a person", "kept")
KEYS = Class("Keys", 0, "with what they seal", "destroyed with it")


class Rule(NamedTuple):
    """What holds for one model. `words` are sealed and go; `plain` says nothing about a person."""

    model: type[Model]
    kept: Class
    because: str
    words: set[str]
    plain: set[str]


SCHEDULE = [
    Rule(
        Contact,
        WORDS,
        "So that the person need not repeat themselves and we can keep them safe.",
        {"nickname"},
        {
            *(
                "id",
                "handle",
                "service",
                "channel",
                "status",
                "outcome",
                "worker",
                "team",
                "thread",
                "key",
            ),
            *("started_at", "answered_at", "ended_at", "last_line"),
            *("purge_on", "held", "spared_until", "purged_on"),
        },
    ),
    Rule(
        Line,
        WORDS,
        "The words of the contact.",
        {"text"},
        {"pk", "contact", "number", "speaker", "said_at"},
    ),
    Rule(
        Note,
        WORDS,
        "What the worker needs to remember to help.",
        {"text", "why_identifying"},
        {"id", "contact", "number", "kind", "corrects", "written_by", "written_at"},
    ),
    Rule(
        SurveyAnswer,
        WORDS,
        "To make the service better.",
        {"question", "answer"},
        {"pk", "contact", "number"},
    ),
    Rule(
        Draft,
        WORDS,
        "So that a note in the making survives a reload.",
        {"text"},
        {"id", "contact", "staff", "place", "version", "kept_at"},
    ),
    Rule(
        Hold,
        WORDS,
        "Who believes that keeping words longer keeps somebody safe, and why.",
        {"reason", "release_reason"},
        {
            *("id", "contact", "key", "kind", "ground", "status", "placed_by", "placed_at"),
            *("approved_by", "approved_at", "review_on", "reviewed_by"),
            *("released_by", "released_at"),
        },
    ),
    Rule(
        NoteReview,
        WORDS,
        "So that notes are factual and respectful.",
        {"question", "answer"},
        {"id", "contact", "note", "reviewed_by", "reviewed_at", "sent_back", "answered_at"},
    ),
    Rule(
        Step,
        WORDS,
        "To know that confidentiality and device safety were explained.",
        set(),
        {"id", "contact", "kind", "said_by", "said_at"},
    ),
    Rule(
        ContactTopic,
        WORDS,
        "To see what people need help with.",
        set(),
        {"id", "contact", "topic"},
    ),
    Rule(
        Signposting,
        WORDS,
        "To remember where else somebody was told they can turn.",
        set(),
        {"id", "contact", "signpost", "told_by", "told_at"},
    ),
    Rule(
        LegalBasis,
        WORDS,
        "The lawful basis as it was discerned at the time.",
        {"reason"},
        {
            *("id", "contact", "basis", "condition", "no_consent", "under_18", "needs_care"),
            *("at_risk", "cannot_protect", "recorded_by", "recorded_at", "late"),
        },
    ),
    Rule(
        Signpost,
        FIGURES,
        "Where else people can turn; nothing about any person.",
        set(),
        {"id", "name", "offers", "reached_by", "added_at", "dropped_at"},
    ),
    Rule(
        TopicFigure,
        FIGURES,
        "To know what people were helped with.",
        set(),
        {"id", "week", "service", "channel", "topic", "contacts"},
    ),
    Rule(
        Pause,
        SECURITY,
        "So that a break is not taken for absence; forgotten when it ends.",
        set(),
        {"staff", "kind", "since"},
    ),
    Rule(Thread, WORDS, "Joins one person’s contacts by their own code.", set(), {"id"}),
    Rule(
        ImportedId,
        FIGURES,
        "So that a second import cannot bring back what is gone.",
        set(),
        {"hash", "service"},
    ),
    Rule(
        Figure,
        FIGURES,
        "To know how many people were helped.",
        set(),
        {"id", "week", "service", "channel", "outcome", "waited", "talked", "contacts"},
    ),
    Rule(
        PartnerKey,
        SECURITY,
        "So that another system of ours or a partner’s is known and can be shut out.",
        set(),
        {
            *("id", "name", "service", "scopes", "key_hash", "made_on", "made_by"),
            *("until", "last_used_on", "ended_at", "ended_by"),
        },
    ),
    Rule(
        PartnerAnswer,
        SECURITY,
        "So that a system that asks again for a day stores nothing twice.",
        set(),
        {"id", "key", "token_hash", "body_hash", "outcome", "answered_at"},
    ),
    Rule(DataKey, KEYS, "Opens the words.", set(), {"id", "epoch", "wrapped"}),
    Rule(
        Staff,
        STAFF,
        "To know who may read, and who did.",
        set(),
        {
            *("id", "password", "email", "name", "alias", "person", "is_active", "services"),
            *("joined_at", "left_at"),
        },
    ),
    Rule(Team, FIGURES, "Who looks after contacts together.", set(), {"id", "name"}),
    Rule(
        RoleGrant,
        STAFF,
        "To show which two people gave a role.",
        set(),
        {
            *("id", "staff", "role", "status", "asked_by", "asked_at", "approved_by"),
            *("decided_at", "ended_at"),
        },
    ),
    Rule(
        Invitation,
        SECURITY,
        "So that nobody comes in without being asked.",
        set(),
        {"id", "staff", "token_hash", "invited_at", "expires_at", "accepted_at"},
    ),
    Rule(
        Session,
        SECURITY,
        "To know who is signed in.",
        set(),
        {"key_hash", "staff", "second_factor", "data", "started_at", "seen_at"},
    ),
    Rule(
        Authenticator,
        STAFF,
        "A second factor of somebody’s; its secret is sealed.",
        set(),
        {"id", "user", "type", "data", "created_at", "last_used_at"},
    ),
    Rule(
        EmailAddress,
        STAFF,
        "The address somebody signs in with.",
        set(),
        {"id", "user", "email", "verified", "primary"},
    ),
    Rule(
        EmailConfirmation,
        SECURITY,
        "Never used: an opened invitation has confirmed the address.",
        set(),
        {"id", "email_address", "created", "sent", "key"},
    ),
    Rule(
        Message,
        SENT,
        "So that what must leave leaves once.",
        {"to", "subject", "body"},
        {"id", "key", "put_at", "not_before", "attempts", "sent_at"},
    ),
    Rule(
        AuditEvent,
        FACTS,
        "To show who did what, and that our promises were kept.",
        set(),
        {
            *("id", "xid", "life", "at", "action", "subject", "subject_id", "actor", "detail"),
            *("once", "keep_until", "mac"),
        },
    ),
    Rule(
        AuditSeal,
        FIGURES,
        "So that nobody can edit the trail unseen.",
        set(),
        {
            *("number", "life", "from_xid", "to_xid", "count", "digest", "keep_until"),
            *("sealed_at", "before", "mac"),
        },
    ),
    Rule(
        Life,
        FIGURES,
        "So that a restored copy is not taken for a forgery.",
        set(),
        {"number", "cluster", "after_seal", "begun_at", "mac"},
    ),
    Rule(
        Disposal,
        FACTS,
        "To show that what was due is gone.",
        set(),
        {"id", "run", "retention_class", "contacts", "lines", "keys_destroyed", "oldest_start"},
    ),
    Rule(
        PurgeRun,
        FACTS,
        "To show that the purge runs.",
        set(),
        {"id", "started_at", "finished_at", "result", "purged", "held", "held_by_kind"},
    ),
    Rule(
        LedgerPosition,
        FIGURES,
        "So that a restored database is recognised.",
        set(),
        {"only", "number"},
    ),
    Rule(
        Brake,
        FACTS,
        "To show who let a stopped purge go on.",
        set(),
        {
            *("id", "reason", "status", "due", "living", "pulled_at"),
            *("asked_by", "lifted_by", "lifted_at"),
        },
    ),
    Rule(
        Clock,
        FIGURES,
        "So that a wrong clock deletes nothing.",
        set(),
        {"process", "its_time", "heard_at"},
    ),
]


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
    Line,
]

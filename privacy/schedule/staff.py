"""What holds for staff, partner systems, the trail, and the purge itself."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator

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
from privacy.schedule.classes import FACTS, FIGURES, KEYS, SECURITY, SENT, STAFF, Rule

STAFF_AND_TRAIL = [
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
        {"approved", "id", "way", "key", "put_at", "not_before", "attempts", "sent_at"},
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
        {"id", "run", "retention_class", "gone", "lines", "keys_destroyed", "oldest_start"},
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

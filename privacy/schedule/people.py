"""What holds for the records of people who chose to be known."""

from contacts.models import (
    Amendment,
    Belonged,
    CopiedLine,
    Entry,
    Forgotten,
    HandOver,
    Link,
    ObjectedUse,
    RecordBasis,
    RestrictedUse,
    ServiceUser,
    SupportPlan,
)
from privacy.schedule.classes import HANDED_OVER, PEOPLE, SECURITY, WORDS, Rule

PEOPLE_KNOWN = [
    Rule(
        ObjectedUse,
        WORDS,
        "For what something is not used any more, because somebody objected.",
        set(),
        {"id", "contact", "used_for", "since"},
    ),
    Rule(
        Amendment,
        WORDS,
        "So that what was not right is read as it should be, and what it was can be shown to them.",
        {"in_contact", "in_record", "was"},
        {"id", "contact", "service_user", "note", "line", "entry", "field", "way", "at"},
    ),
    Rule(
        RestrictedUse,
        WORDS,
        "Who may use what is restricted, for how long and on which ground.",
        set(),
        {"id", "contact", "service_user", "ground", "staff", "written_at", "until"},
    ),
    Rule(
        ServiceUser,
        PEOPLE,
        "So that we can see how they were helped last time, as they agreed.",
        {
            *("names", "born", "phone", "email", "address"),
            *("announce_as", "safe_times", "recognition_word", "access_needs"),
        },
        {
            *("id", "service", "status", "key", "announce", "last_contact_on"),
            *("may_call", "may_text", "may_voicemail", "may_email", "may_post"),
            *("phone_hash", "email_hash", "near", "looked_at_on", "looked_at_by"),
            *("asked_about", "restricted", "amended"),
        },
    ),
    Rule(
        RecordBasis,
        PEOPLE,
        "On what a record is kept, as it was written down at the time.",
        {"reason"},
        {
            *("id", "service_user", "basis", "condition", "no_consent", "consent", "wording"),
            *("agreed_at", "recorded_by", "recorded_at", "lost_at"),
        },
    ),
    Rule(
        Link,
        WORDS,
        "That somebody asked to put a contact together with their record.",
        set(),
        {"id", "service_user", "contact", "thread", "asked", "line", "recorded_by", "recorded_at"},
    ),
    Rule(
        Belonged,
        WORDS,
        "So that a hold on a contact keeps the record that it belonged to from being destroyed.",
        set(),
        {"id", "service_user", "contact"},
    ),
    Rule(
        Forgotten,
        SECURITY,
        "So that the erasure ledger is told what nobody may have again; gone with the next purge.",
        set(),
        {"id", "what", "which"},
    ),
    Rule(
        Entry,
        PEOPLE,
        "How they were helped, and what we promised them.",
        {"words"},
        {
            *("id", "service_user", "contact", "action", "happened_on", "channel", "status"),
            *("due_on", "written_by", "written_at", "done_by", "done_at"),
        },
    ),
    Rule(
        SupportPlan,
        PEOPLE,
        "Who is there for somebody who is often in touch, and what helps.",
        {"times", "helps"},
        {"service_user", "worker", "agreed_by", "agreed_at"},
    ),
    Rule(
        HandOver,
        HANDED_OVER,
        "So that casework can go on with a chat, and knows where it came from.",
        set(),
        {
            *("id", "service", "status", "key", "contact", "service_user", "came_from", "channel"),
            *("began_on", "told_in", "handed_by", "handed_at", "taken_by", "taken_at", "purge_on"),
        },
    ),
    Rule(
        CopiedLine,
        HANDED_OVER,
        "What was said in the chat until it was handed over.",
        {"text"},
        {"pk", "hand_over", "number", "speaker", "said_at"},
    ),
]

"""What holds for what was shared to keep somebody safe, and for what is still owed after it."""

from privacy.schedule.classes import SAFEGUARDING, Rule
from safeguarding.models import (
    Disclosure,
    DisclosureStep,
    EmergencyCall,
    Recipient,
    SharedItem,
    Task,
)

SHARED = [
    Rule(
        Disclosure,
        SAFEGUARDING,
        "What was shared or not, why, with whom and who decided (rules 2.8.4).",
        {
            *("wish", "officer_unit", "instrument", "power", "authority", "director", "harm_why"),
            *("told_why", "told_whom", "their_view", "talk_why_not", "attention", "purpose"),
            *("package", "went_to", "receipt", "why_not"),
        },
        {
            *("id", "escalation", "reference", "status", "started_by", "started_at", "ground"),
            *("trusted", "harms_person", "near_children", "officer_at", "harm", "harm_to"),
            *("basis", "condition", "no_consent", "under_18", "needs_care", "at_risk"),
            *("cannot_protect", "talk", "talked_at", "talked_by", "told_of_review", "tell_by"),
            *("recipient", "way", "prepared_by", "prepared_mark", "approved_by", "approved_at"),
            *("approved_mark", "alone", "leaves_at", "left_by", "left_mark", "letter_id"),
            *("received_at", "ended_by", "ended_at"),
        },
    ),
    Rule(
        SharedItem,
        SAFEGUARDING,
        "Each thing that was shared, and why it had to be.",
        {"words", "why"},
        {"id", "disclosure", "number", "source", "of", "ref"},
    ),
    Rule(
        DisclosureStep,
        SAFEGUARDING,
        "Who did what with a sharing, and when.",
        {"words"},
        {"id", "disclosure", "number", "kind", "by", "at"},
    ),
    Rule(
        EmergencyCall,
        SAFEGUARDING,
        "That 999 was called, by whom, and what was said.",
        {"said", "answered"},
        {"id", "escalation", "by", "service", "called_at", "written_at"},
    ),
    Rule(
        Task,
        SAFEGUARDING,
        "What is owed to the person, to recipients and to the law.",
        {"words"},
        {
            *("id", "escalation", "disclosure", "call", "kind", "opened_by", "opened_at"),
            *("due_at", "outcome", "ended_by", "ended_at"),
        },
    ),
    Rule(
        Recipient,
        SAFEGUARDING,
        "Whom we may tell, and how we know that they are who they should be.",
        {"body", "mails_to", "rings_at", "posts_to", "found_at", "spoke_to"},
        {
            *("id", "kind", "status", "escalation", "key", "secure"),
            *("added_by", "added_at", "approved_by", "approved_at"),
        },
    ),
]

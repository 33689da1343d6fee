"""What holds for worries about somebody’s safety: a class of its own, with an end."""

from privacy.schedule.classes import FACTS, SAFEGUARDING, Rule
from safeguarding.models import (
    Assessment,
    Debrief,
    Escalation,
    EscalationStep,
    Handover,
    OnCall,
)

WORRIES = [
    Rule(
        Escalation,
        SAFEGUARDING,
        "To act when somebody may come to harm, and to be able to show why.",
        set(),
        {
            *("id", "name", "contact", "service", "team", "kind", "urgency", "status", "decision"),
            *("told_by_police", "key", "said_key", "raised_by", "raised_at", "owner"),
            *("acknowledge_by", "acknowledged_by", "acknowledged_at"),
            *("decide_by", "decided_by", "decided_at", "closed_at", "keep_until"),
            *("hold_proposal", "looked_at_on", "looked_at_by"),
        },
    ),
    Rule(
        Assessment,
        SAFEGUARDING,
        "What was judged, and on which words.",
        {
            *("said", "intent", "means", "plan", "timescale"),
            *("protective", "wants", "tried", "concern"),
        },
        {"id", "escalation", "number", "by", "at"},
    ),
    Rule(
        EscalationStep,
        SAFEGUARDING,
        "Who did what, when and why.",
        {"words"},
        {"id", "escalation", "number", "kind", "by", "to", "at"},
    ),
    Rule(
        OnCall,
        FACTS,
        "To know whom to alert, and to show that somebody was there.",
        set(),
        {"id", "service", "post", "staff", "begins", "ends"},
    ),
    Rule(
        Handover,
        SAFEGUARDING,
        "What whoever took it over needed to know.",
        {"summary", "worry", "protections", "contacted", "next_steps"},
        {"id", "escalation", "number", "by", "to", "at"},
    ),
    Rule(
        Debrief,
        SAFEGUARDING,
        "That whoever raised it was offered a talk afterwards; nothing of what was said.",
        set(),
        {
            *("id", "escalation", "worker", "status", "offered_by", "offered_at"),
            *("given_by", "answered_at"),
        },
    ),
]

"""What holds for worries about somebody’s safety: a class of its own, with an end."""

from privacy.schedule.classes import FACTS, FIGURES, SAFEGUARDING, SECURITY, Rule
from safeguarding.models import (
    Alert,
    Alerted,
    Assessment,
    Consultation,
    Debrief,
    Dispute,
    Escalation,
    EscalationStep,
    Handover,
    OnCall,
    Presence,
    Sweep,
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
            *("hold_proposal", "hastened_at", "looked_at_on", "looked_at_by"),
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
        Dispute,
        SAFEGUARDING,
        "What its person says about a judgement, for as long as that stands.",
        {"words"},
        {"id", "assessment", "number", "at"},
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
        Consultation,
        SAFEGUARDING,
        "Whom outside we asked, and whether they could know who it was about.",
        {"body", "asked", "answered", "why_named"},
        {"id", "escalation", "number", "profession", "anonymised", "by", "at"},
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
    Rule(
        Alert,
        SAFEGUARDING,
        "To show that somebody was told in time, and that nobody was told twice.",
        set(),
        {
            "id",
            "escalation",
            "step",
            "due_at",
            "alerted_at",
            "owner_away",
            "nobody_on_call",
            "hastened_step",
        },
    ),
    Rule(Alerted, SAFEGUARDING, "Who was told.", set(), {"id", "alert", "staff"}),
    Rule(
        Presence,
        SECURITY,
        "So that somebody else is alerted when the owner of an escalation goes; forgotten after a"
        " day.",
        set(),
        {"staff", "here_at"},
    ),
    Rule(
        Sweep,
        FIGURES,
        "So that it is noticed when nobody looks for overdue alerts.",
        set(),
        {"only", "swept_at"},
    ),
]

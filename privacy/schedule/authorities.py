"""What holds for what authorities ask of us, and for asking a provider where somebody is."""

from privacy.schedule.classes import AUTHORITIES, FOUND, LOCATIONS, Rule
from safeguarding.models import (
    AuthorityContact,
    AuthorityRequest,
    AuthorityStep,
    LocationFound,
    LocationRequest,
    LocationStep,
)

ASKED_BY_OTHERS = [
    Rule(
        AuthorityRequest,
        AUTHORITIES,
        "To consider carefully what an authority asks, and to be able to show how.",
        {
            *("body", "person", "number", "given", "their_reference", "subject", "wanted"),
            *("purpose", "published", "published_in", "consideration", "director"),
            "director_reasons",
        },
        {
            *("id", "name", "kind", "came", "service", "status", "key", "logged_by"),
            *("received_at", "acknowledge_by", "acknowledged_by", "acknowledged_at", "about"),
            *("met", "counselling", "victim", "verified_by", "verified_at", "advised_by"),
            *("advised_at", "director_noted_by", "director_at", "decision", "decided_by"),
            *("decided_at", "signed_by", "signed_at", "answered_how", "pressed", "closed_at"),
            "keep_until",
        },
    ),
    Rule(
        AuthorityContact,
        AUTHORITIES,
        "Which contact somebody named because a request is about it.",
        set(),
        {"id", "request", "contact", "escalation", "named_by", "named_at"},
    ),
    Rule(
        AuthorityStep,
        AUTHORITIES,
        "Who did what, when and why.",
        {"words"},
        {"id", "request", "number", "kind", "by", "at"},
    ),
    Rule(
        LocationRequest,
        LOCATIONS,
        "To show that a provider was asked for a location only to save a life, and by two people.",
        {"answered", "wanted"},
        {
            *("id", "escalation", "service", "status", "ground", "purpose", "channel", "provider"),
            *("key", "asked_by", "asked_at", "requested_by", "requested_at", "approved_by"),
            *("approved_at", "sent_by", "sent_at", "closed_at", "keep_until"),
        },
    ),
    Rule(
        LocationFound,
        FOUND,
        "So that the emergency services can find somebody whose life is in danger.",
        {"where"},
        {"id", "request", "key", "received_by", "received_on"},
    ),
    Rule(
        LocationStep,
        LOCATIONS,
        "Who did what, when and why.",
        {"words"},
        {"id", "request", "number", "kind", "by", "at"},
    ),
]

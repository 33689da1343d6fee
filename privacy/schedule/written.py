"""What holds for texts and e-mail: where answers go, what is on its way, what suppliers hold."""

from contacts.models import (
    Address,
    AskedToDelete,
    Correspondence,
    Dispatch,
    Piece,
    Received,
    Reveal,
    VendorCopy,
)
from privacy.schedule.classes import ADDRESSES, SENT, WORDS, Rule

WRITTEN = [
    Rule(
        Address,
        ADDRESSES,
        "So that an answer reaches whoever wrote, without anybody seeing where.",
        {"address"},
        {"id", "channel", "key", "index", "heard_on", "keep", "stopped", "by_itself"},
    ),
    Rule(
        Correspondence,
        WORDS,
        "Which address a conversation goes on with, and what is owed.",
        set(),
        {
            *("contact", "address", "heard_at", "heard_line", "unanswered", "told_hours"),
            *("automatic", "safe_to_write", "shut"),
        },
    ),
    Rule(
        Dispatch,
        WORDS,
        "So that an answer leaves once, and its worker knows whether it arrived.",
        {"words"},
        {
            *("id", "contact", "number", "part", "parts", "status", "why", "in_hand", "attempts"),
            *("put_at", "not_before", "moved_at", "reference", "first"),
        },
    ),
    Rule(
        Received,
        WORDS,
        "So that no message comes twice; keyed hashes.",
        set(),
        {"mark", "contact"},
    ),
    Rule(
        Piece,
        WORDS,
        "Parts of a long text until the last has come.",
        {"text"},
        {"id", "contact", "whole", "part", "parts", "came_at"},
    ),
    Rule(
        Reveal,
        WORDS,
        "Who asked to see an address and why, who decided, and that it was seen.",
        {"reason"},
        {
            *("id", "contact", "status", "asked_by", "asked_at", "decided_by", "decided_at"),
            "seen_at",
        },
    ),
    Rule(
        AskedToDelete,
        WORDS,
        "That somebody sent DELETE, until it is a request.",
        set(),
        {"contact", "asked_at", "taken_up_at"},
    ),
    Rule(
        VendorCopy,
        SENT,
        "So that what a supplier holds of our messages is deleted there too.",
        {"reference"},
        {"id", "provider", "key", "status", "attempts", "put_at", "not_before", "gone_at"},
    ),
]

"""What holds for requests about people's own data."""

from privacy.models import (
    Bundle,
    BundlePiece,
    Concern,
    Erasure,
    ErasureItem,
    Evidence,
    Objection,
    Rectification,
    Restriction,
    ReviewChange,
    ReviewItem,
    ReviewNames,
    RightsLetter,
    RightsPause,
    RightsRequest,
    RightsStep,
)
from privacy.schedule.classes import BUNDLES, EVIDENCE, RIGHTS, Rule

RIGHTS_REQUESTS = [
    Rule(
        RightsRequest,
        RIGHTS,
        "To answer what somebody asks about their own data, and to show that we did.",
        {"words", "name", "reach", "recalled", "on_behalf", "reasons"},
        {
            *("id", "reference", "follow_up", "key", "kind", "status", "route", "asker", "nation"),
            *("age", "service_user", "said_in", "duplicate_of", "received_on", "acknowledged_on"),
            *("identity_asked_on", "identity_received_on", "identity_confirmed_on", "proof"),
            *("authority_asked_on", "authority_received_on", "extended_on", "extension"),
            *("statutory_on", "promised_on", "due_on", "preparer", "proposed", "decided_by"),
            *("best_interests", "refusal", "decided_on", "closed_on", "logged_by", "logged_at"),
        },
    ),
    Rule(
        Concern,
        RIGHTS,
        "Which contacts a request is about, so that nothing of them goes before it is answered.",
        {"because"},
        {
            *("id", "request", "contact", "found", "added_by", "added_at", "accepted_by"),
            *("hold_id", "kept_on", "kept_by"),
        },
    ),
    Rule(
        RightsPause,
        RIGHTS,
        "When the clock of a request stood still, and for which question.",
        {"question"},
        {"id", "request", "asked_on", "answered_on", "asked_by"},
    ),
    Rule(
        Evidence,
        EVIDENCE,
        "That somebody saw proof of who asks.",
        {"details"},
        {"id", "request", "key", "kind", "seen_on", "seen_by", "forget_on"},
    ),
    Rule(
        RightsStep,
        RIGHTS,
        "Who did what with a request, and why.",
        {"why"},
        {"id", "request", "number", "status", "what", "field", "was", "became", "by", "at"},
    ),
    Rule(
        RightsLetter,
        RIGHTS,
        "What we wrote to whoever asked.",
        {"text"},
        {"id", "request", "kind", "written_by", "written_at", "sent_on"},
    ),
    Rule(
        ReviewItem,
        RIGHTS,
        "So that every single thing is decided about before anything leaves.",
        set(),
        {
            *("id", "request", "number", "kind", "contact", "record", "line", "own"),
            *("choice", "exemption", "health", "decided_by"),
        },
    ),
    Rule(
        ReviewChange,
        RIGHTS,
        "Why something left, left in part or stayed, and who decided it.",
        {"test", "who", "known", "cuts"},
        {
            *("id", "item", "number", "round", "choice", "exemption", "health", "opinion_on"),
            *("mark", "undoes", "by", "at"),
        },
    ),
    Rule(
        Objection,
        RIGHTS,
        "To what somebody objected, and what was stopped.",
        set(),
        {"id", "request", "uses", "drawn_by", "done_on"},
    ),
    Rule(
        Rectification,
        RIGHTS,
        "What was put right, on which ground, and who prepared it.",
        {"words", "why"},
        {
            *("id", "request", "number", "what", "of", "which", "way", "ground"),
            *("prepared_by", "done_on", "amendment"),
        },
    ),
    Rule(
        Restriction,
        RIGHTS,
        "That something is kept and not used, on which ground, since when and until when.",
        {"why"},
        {"id", "request", "status", "ground", "drawn_by", "began_on", "lifted_on", "lifted_by"},
    ),
    Rule(
        Erasure,
        RIGHTS,
        "To carry a deletion out once, and to be able to say that it was.",
        set(),
        {
            *("id", "request", "status", "drawn_by", "by_person", "asked_on", "not_before"),
            "done_at",
        },
    ),
    Rule(
        ErasureItem,
        RIGHTS,
        "What went, and on which ground something stayed.",
        {"why"},
        {
            *("id", "erasure", "number", "what", "which", "began_on", "choice", "ground"),
            *("decided_by", "done_at"),
        },
    ),
    Rule(
        ReviewNames,
        RIGHTS,
        "So that no name of somebody else is overlooked in the review.",
        {"names"},
        {"request"},
    ),
    Rule(
        Bundle,
        BUNDLES,
        "So that somebody can fetch what they asked for.",
        set(),
        {
            *("id", "request", "key", "made_by", "begun_at", "done", "steps", "made_at", "failed"),
            *("size", "link", "passphrase", "link_until", "tries", "fetched_at", "gone_on"),
        },
    ),
    Rule(
        BundlePiece,
        BUNDLES,
        "The file itself, sealed.",
        set(),
        {"pk", "bundle", "number", "sealed"},
    ),
]

"""The closed list of what the trail can say was done."""

from django.db import models


class Action(models.TextChoices):
    """What was done. Facts only: no member may need a sentence to explain itself."""

    # Contacts
    BASIS_RECORDED = "basis-recorded"
    BOT_CHANGED = "bot-changed"
    BOT_PUBLISHED = "bot-published"
    CHAT_JOINED = "chat-joined"
    CHAT_LEFT = "chat-left"
    CHAT_PASSED_ON = "chat-passed-on"
    CHAT_TAKEN_BACK = "chat-taken-back"
    CODE_MADE = "code-made"
    CODE_USED = "code-used"
    CONSENT_ANSWERED = "consent-answered"
    CONTACT_ENDED = "contact-ended"
    CONTACT_IMPORTED = "contact-imported"
    CONTACT_STARTED = "contact-started"
    CONTACT_TAKEN = "contact-taken"
    GUIDANCE_ANSWERED = "guidance-answered"
    GUIDANCE_ASKED = "guidance-asked"
    HOURS_CHANGED = "hours-changed"
    IDENTIFIER_KEPT = "identifier-kept"
    NOTE_ADDED = "note-added"
    NOTE_ANSWERED = "note-answered"
    NOTE_REVIEWED = "note-reviewed"
    QUICK_REPLY_CHANGED = "quick-reply-changed"
    SENT_ANYWAY = "sent-anyway"
    SENT_ANYWAY_SEEN = "sent-anyway-seen"
    SIGNPOST_CHANGED = "signpost-changed"
    STEP_SAID = "step-said"
    TRANSCRIPT_READ = "transcript-read"

    # Safeguarding
    HOLD_APPROVED = "hold-approved"
    HOLD_PLACED = "hold-placed"
    HOLD_RELEASED = "hold-released"
    HOLD_REVIEWED = "hold-reviewed"

    # Privacy
    BRAKE_LIFT_ASKED = "brake-lift-asked"
    BRAKE_LIFTED = "brake-lifted"
    BRAKE_PULLED = "brake-pulled"
    LEDGER_REPLAYED = "ledger-replayed"
    PURGED = "purged"

    # Keys and the trail itself
    KEYS_TURNED = "keys-turned"
    LIFE_BEGAN = "life-began"

    # Staff
    ACCESS_REFUSED = "access-refused"
    FACTOR_ADDED = "factor-added"
    FACTOR_REMOVED = "factor-removed"
    INVITATION_ACCEPTED = "invitation-accepted"
    PARTNER_KEY_ENDED = "partner-key-ended"
    PARTNER_KEY_MADE = "partner-key-made"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    ROLE_APPROVED = "role-approved"
    ROLE_ASKED = "role-asked"
    ROLE_ENDED = "role-ended"
    ROLE_TURNED_DOWN = "role-turned-down"
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    SIGN_IN_FAILED = "sign-in-failed"
    STAFF_CHANGED = "staff-changed"
    STAFF_DEACTIVATED = "staff-deactivated"
    STAFF_INVITED = "staff-invited"
    STAFF_REACTIVATED = "staff-reactivated"

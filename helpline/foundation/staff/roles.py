"""Who may do what: the whole access model on one page."""

import functools
import uuid
from typing import NamedTuple

from django.db import models


class Service(models.TextChoices):
    """A service of the charity; staff see only the services they belong to (S2-69)."""

    HELPLINE = "helpline", "Helpline"
    IS_THIS_OK = "is-this-ok", "Is This OK?"


class Role(models.TextChoices):
    """What a member of staff is here to do. A person may hold several and counts as one person."""

    WORKER = "worker", "Helpline worker"
    SUPERVISOR = "supervisor", "Supervisor"
    LEAD = "lead", "Safeguarding lead"
    DPO = "dpo", "Data protection officer"
    ADMINISTRATOR = "administrator", "Administrator"


class Permission(models.TextChoices):
    """One thing a role allows; `requires` names it on every page and stream."""

    SEE_CONTACTS = "see_contacts", "See contacts"
    TAKE_CONTACTS = "take_contacts", "Start, take, note and end contacts"
    READ_TRANSCRIPTS = "read_transcripts", "Read transcripts"
    SEE_READERS = "see_readers", "See who has read a transcript"
    RAISE_ESCALATIONS = "raise_escalations", "Raise an escalation"
    SEE_ESCALATIONS = "see_escalations", "See the escalations that are theirs to see"
    LOOK_INTO_ESCALATIONS = "look_into_escalations", "Acknowledge, assess and decide escalations"
    DECIDE_PLANNED = "decide_planned", "Decide to share where it can wait"
    KEEP_ROTA = "keep_rota", "Keep the list of who is on call"
    SHARE = "share", "Prepare, approve and send what is shared to keep somebody safe"
    SHARE_WHOLE = "share_whole", "Share a whole record"
    KEEP_RECIPIENTS = "keep_recipients", "Keep the verified list of whom we may tell"
    SETTLE_OWED = "settle_owed", "Settle what is still owed after something was shared"
    SEE_AUTHORITY_REQUESTS = "see_authority_requests", "See what authorities ask of us"
    PREPARE_AUTHORITY_REQUESTS = (
        "prepare_authority_requests",
        "Log and prepare what authorities ask, and sign what another decided",
    )
    DECIDE_AUTHORITY_REQUESTS = "decide_authority_requests", "Decide what authorities are answered"
    ADVISE_ON_AUTHORITY_REQUESTS = "advise_on_authority_requests", "Advise on what authorities ask"
    COUNT_AUTHORITY_REQUESTS = "count_authority_requests", "Count what was asked, for publication"
    ASK_FOR_LOCATION = "ask_for_location", "Ask where somebody is whose life is in danger"
    APPROVE_LOCATION = "approve_location", "Approve that another asks where somebody is"
    PLACE_HOLDS = "place_holds", "Place a hold"
    APPROVE_HOLDS = "approve_holds", "Approve a hold that another placed"
    RELEASE_HOLDS = "release_holds", "Release a hold"
    SEE_RETENTION = "see_retention", "See what is kept and what has gone"
    LIFT_BRAKE = "lift_brake", "Let a purge go on that the brake has stopped"
    MANAGE_STAFF = (
        "manage_staff",
        "Invite staff, place them in services and teams, deactivate them",
    )
    APPROVE_ROLES = "approve_roles", "Approve a role that another asked for"
    REVIEW_NOTES = "review_notes", "Review colleagues’ notes and send one back"
    KEEP_SIGNPOSTS = "keep_signposts", "Keep the list of places people can turn to"
    SUPERVISE_CHATS = "supervise_chats", "Join chats, give guidance, see what was sent anyway"
    KEEP_CHAT = "keep_chat", "Keep the chatbot, the opening hours and shared replies"
    SEE_WHO = "see_who", "See records and requests and, with a reason, who somebody is"
    KEEP_RECORDS = "keep_records", "Keep the records of people who chose to be known"
    FIND_PEOPLE = "find_people", "Find such a record again while in touch with the person"
    LOOK_UP_PEOPLE = "look_up_people", "Find such a record without being in touch, with a reason"
    ACT_FOR_PEOPLE = "act_for_people", "Do something for a person who asks for it"
    APPROVE_ACTIONS = "approve_actions", "Approve what is done for a person"
    SEE_BOTH_SIDES = "see_both_sides", "Look up both sides of somebody’s absence, with a reason"
    REVEAL_ADDRESSES = (
        "reveal_addresses",
        "See the number or mailbox behind a conversation, with a reason and a second person",
    )
    READ_WORDINGS = "read_wordings", "Read every wording in which people are asked to agree"
    SETTLE_CONSENTS = "settle_consents", "Remove what lost its basis when a consent was taken back"
    SEE_FIGURES = "see_figures", "See figures, which are counts and never about one person"
    LOG_RIGHTS = "log_rights", "Write down what people ask about their own data"
    ANSWER_RIGHTS = "answer_rights", "Answer what people ask about their own data"
    APPROVE_RIGHTS = "approve_rights", "Approve an answer that another prepared"
    SEE_SUPPLIERS = "see_suppliers", "See who carries what for us, and when they were reviewed"
    KEEP_SUPPLIERS = "keep_suppliers", "Keep that register: review, approve, suspend"


class Scope(models.TextChoices):
    """One thing a partner system's key allows; `Requires` names it on every endpoint."""

    ADD_TRANSCRIPTS = "transcripts:add", "Add transcripts"
    READ_FIGURES = "figures:read", "Read figures"


# People in these roles see what callers said, or decide how long it stays: two people appoint them.
SEES_CONTENT = frozenset({Role.WORKER, Role.SUPERVISOR, Role.LEAD, Role.DPO})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.WORKER: frozenset(
        {
            Permission.RAISE_ESCALATIONS,
            Permission.SEE_ESCALATIONS,
            Permission.SEE_CONTACTS,
            Permission.TAKE_CONTACTS,
            Permission.READ_TRANSCRIPTS,
            Permission.SEE_WHO,
            Permission.KEEP_RECORDS,
            Permission.FIND_PEOPLE,
            Permission.ACT_FOR_PEOPLE,
            Permission.READ_WORDINGS,
            Permission.LOG_RIGHTS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Permission.SEE_AUTHORITY_REQUESTS,
            Permission.PREPARE_AUTHORITY_REQUESTS,
            Permission.ASK_FOR_LOCATION,
            Permission.RAISE_ESCALATIONS,
            Permission.SEE_ESCALATIONS,
            Permission.LOOK_INTO_ESCALATIONS,
            Permission.KEEP_ROTA,
            Permission.SHARE,
            Permission.SETTLE_OWED,
            Permission.KEEP_RECIPIENTS,
            Permission.SEE_CONTACTS,
            Permission.TAKE_CONTACTS,
            Permission.READ_TRANSCRIPTS,
            Permission.SEE_READERS,
            Permission.PLACE_HOLDS,
            Permission.APPROVE_HOLDS,
            Permission.SEE_FIGURES,
            Permission.REVIEW_NOTES,
            Permission.KEEP_SIGNPOSTS,
            Permission.SUPERVISE_CHATS,
            Permission.KEEP_CHAT,
            Permission.SEE_WHO,
            Permission.KEEP_RECORDS,
            Permission.FIND_PEOPLE,
            Permission.LOOK_UP_PEOPLE,
            Permission.ACT_FOR_PEOPLE,
            Permission.APPROVE_ACTIONS,
            Permission.REVEAL_ADDRESSES,
            Permission.READ_WORDINGS,
            Permission.LOG_RIGHTS,
        }
    ),
    Role.LEAD: frozenset(
        {
            Permission.SEE_AUTHORITY_REQUESTS,
            Permission.PREPARE_AUTHORITY_REQUESTS,
            Permission.ASK_FOR_LOCATION,
            Permission.DECIDE_AUTHORITY_REQUESTS,
            Permission.COUNT_AUTHORITY_REQUESTS,
            Permission.APPROVE_LOCATION,
            Permission.RAISE_ESCALATIONS,
            Permission.SEE_ESCALATIONS,
            Permission.LOOK_INTO_ESCALATIONS,
            Permission.DECIDE_PLANNED,
            Permission.KEEP_ROTA,
            Permission.SHARE,
            Permission.SETTLE_OWED,
            Permission.SHARE_WHOLE,
            Permission.KEEP_RECIPIENTS,
            Permission.SEE_CONTACTS,
            Permission.READ_TRANSCRIPTS,
            Permission.SEE_READERS,
            Permission.PLACE_HOLDS,
            Permission.APPROVE_HOLDS,
            Permission.RELEASE_HOLDS,
            Permission.SEE_WHO,
            Permission.LOOK_UP_PEOPLE,
            Permission.SEE_BOTH_SIDES,
            Permission.REVEAL_ADDRESSES,
            Permission.READ_WORDINGS,
            Permission.SETTLE_CONSENTS,
            Permission.LIFT_BRAKE,
            Permission.APPROVE_ROLES,
            Permission.SEE_FIGURES,
            Permission.LOG_RIGHTS,
            Permission.APPROVE_RIGHTS,
        }
    ),
    Role.DPO: frozenset(
        {
            Permission.SETTLE_OWED,
            Permission.SEE_AUTHORITY_REQUESTS,
            Permission.ADVISE_ON_AUTHORITY_REQUESTS,
            Permission.COUNT_AUTHORITY_REQUESTS,
            Permission.SEE_RETENTION,
            Permission.READ_WORDINGS,
            Permission.SETTLE_CONSENTS,
            Permission.LIFT_BRAKE,
            Permission.APPROVE_ROLES,
            Permission.SEE_FIGURES,
            Permission.LOG_RIGHTS,
            Permission.ANSWER_RIGHTS,
            Permission.APPROVE_RIGHTS,
            Permission.SEE_SUPPLIERS,
            Permission.KEEP_SUPPLIERS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {Permission.MANAGE_STAFF, Permission.APPROVE_ROLES, Permission.SEE_SUPPLIERS}
    ),
}


@functools.cache
def allowed(roles: frozenset[Role]) -> frozenset[Permission]:
    """What these roles allow together."""
    return frozenset().union(*(GRANTS[role] for role in roles))


class Rights(NamedTuple):
    """All that decides which contacts somebody sees: with the same rights it is the same ones."""

    pk: uuid.UUID
    roles: frozenset[Role]
    services: tuple[str, ...]
    team_ids: tuple[int, ...]

    def may(self, permission: Permission) -> bool:
        """Whether a role in force allows `permission`."""
        return permission in allowed(self.roles)

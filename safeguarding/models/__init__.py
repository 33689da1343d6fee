"""Someone is worried or asks: escalations, what is shared because of them, requests of authorities
and for a location, and holds, which keep words beyond their 18 months."""

from safeguarding.models.alert import Alert, Alerted, Sweep
from safeguarding.models.assessment import Assessment, Dispute
from safeguarding.models.authority_request import (
    AuthorityContact,
    AuthorityRequest,
    AuthorityStep,
)
from safeguarding.models.consultation import Consultation
from safeguarding.models.debrief import Debrief
from safeguarding.models.disclosure import Disclosure
from safeguarding.models.emergency import EmergencyCall
from safeguarding.models.escalation import Escalation, recompute_escalated
from safeguarding.models.escalation_step import EscalationStep
from safeguarding.models.handover import Handover
from safeguarding.models.held_contact import SPARED_FOR, HeldContact, lock_for_hold
from safeguarding.models.hold import (
    APPROVE_WITHIN,
    MOST_COVERED,
    REVIEW_MONTHS,
    SHORTEST_REASON,
    Hold,
)
from safeguarding.models.location_request import LocationFound, LocationRequest, LocationStep
from safeguarding.models.presence import Presence
from safeguarding.models.recipient import Recipient
from safeguarding.models.rota import Gap, OnCall, Post
from safeguarding.models.shared_item import DisclosureStep, SharedItem
from safeguarding.models.task import Task

__all__ = [
    "APPROVE_WITHIN",
    "MOST_COVERED",
    "REVIEW_MONTHS",
    "SHORTEST_REASON",
    "SPARED_FOR",
    "Alert",
    "Alerted",
    "Assessment",
    "AuthorityContact",
    "AuthorityRequest",
    "AuthorityStep",
    "Consultation",
    "Debrief",
    "Disclosure",
    "DisclosureStep",
    "Dispute",
    "EmergencyCall",
    "Escalation",
    "EscalationStep",
    "Gap",
    "Handover",
    "HeldContact",
    "Hold",
    "LocationFound",
    "LocationRequest",
    "LocationStep",
    "OnCall",
    "Post",
    "Presence",
    "Recipient",
    "SharedItem",
    "Sweep",
    "Task",
    "lock_for_hold",
    "recompute_escalated",
]

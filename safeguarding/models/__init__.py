"""Someone is worried: escalations, and holds, which keep words beyond their 18 months."""

from safeguarding.models.assessment import Assessment
from safeguarding.models.escalation import Escalation
from safeguarding.models.escalation_step import EscalationStep
from safeguarding.models.held_contact import SPARED_FOR, HeldContact
from safeguarding.models.hold import (
    APPROVE_WITHIN,
    MOST_COVERED,
    REVIEW_MONTHS,
    SHORTEST_REASON,
    Hold,
)
from safeguarding.models.rota import Gap, OnCall, Post, who_may_stand

__all__ = [
    "APPROVE_WITHIN",
    "MOST_COVERED",
    "REVIEW_MONTHS",
    "SHORTEST_REASON",
    "SPARED_FOR",
    "Assessment",
    "Escalation",
    "EscalationStep",
    "Gap",
    "HeldContact",
    "Hold",
    "OnCall",
    "Post",
    "who_may_stand",
]

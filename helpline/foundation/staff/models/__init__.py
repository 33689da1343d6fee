"""The people who answer: what callers call them, what they may do, how they come in and leave."""

from helpline.foundation.staff.models.grants import RoleGrant
from helpline.foundation.staff.models.invitations import Invitation
from helpline.foundation.staff.models.partners import PartnerAnswer, PartnerKey
from helpline.foundation.staff.models.people import Staff, Team
from helpline.foundation.staff.models.sessions import Session

__all__ = [
    "Invitation",
    "PartnerAnswer",
    "PartnerKey",
    "RoleGrant",
    "Session",
    "Staff",
    "Team",
]

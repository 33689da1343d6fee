"""We answer for what we keep: what was destroyed, and what people ask about their own data."""

from privacy.models.bundle import Bundle, BundlePiece
from privacy.models.erasure import Erasure, ErasureItem
from privacy.models.objection import Objection
from privacy.models.purging import (
    Brake,
    Clock,
    Disposal,
    LedgerPosition,
    PurgeRun,
)
from privacy.models.rectification import Rectification
from privacy.models.restriction import Restriction
from privacy.models.review import ReviewChange, ReviewItem, ReviewNames
from privacy.models.rights import RightsRequest
from privacy.models.rights_facts import (
    Concern,
    Evidence,
    RightsLetter,
    RightsPause,
    RightsStep,
)

__all__ = [
    "Brake",
    "Bundle",
    "BundlePiece",
    "Clock",
    "Concern",
    "Disposal",
    "Erasure",
    "ErasureItem",
    "Evidence",
    "LedgerPosition",
    "Objection",
    "PurgeRun",
    "Rectification",
    "Restriction",
    "ReviewChange",
    "ReviewItem",
    "ReviewNames",
    "RightsLetter",
    "RightsPause",
    "RightsRequest",
    "RightsStep",
]

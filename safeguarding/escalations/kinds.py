"""What an escalation can be about, how soon somebody must look, and what can be decided.

There is no score and no low, medium or high: judgement is written in words (NICE NG225).
"""

from django.db import models


class Kind(models.TextChoices):
    """What somebody is worried about (rules 2.8.2)."""

    SUICIDE = "suicide", "Suicide"
    SELF_HARM = "self-harm", "Self-harm"
    IN_DANGER_NOW = "in-danger-now", "In danger now"
    ABUSE_PHYSICAL = "abuse-physical", "Physical abuse"
    ABUSE_SEXUAL = "abuse-sexual", "Sexual abuse"
    ABUSE_EMOTIONAL = "abuse-emotional", "Emotional abuse"
    NEGLECT = "neglect", "Neglect"
    EXPLOITATION = "exploitation", "Exploitation or trafficking"
    DOMESTIC_ABUSE = "domestic-abuse", "Domestic abuse"
    HONOUR = "honour", "FGM, forced marriage or “honour”"
    MISSING_NOW = "missing-now", "Missing now"
    HARM_TO_OTHERS = "harm-to-others", "Harm to somebody else"
    POSITION_OF_TRUST = "position-of-trust", "Somebody in a position of trust"
    TERRORISM = "terrorism", "Terrorism"
    OTHER = "other", "Something else"


class Urgency(models.TextChoices):
    """How soon somebody must look at it: a duty of ours, never a measure of the person."""

    IMMEDIATE = "immediate", "Immediate: a life may be at risk now"
    TODAY = "today", "Today"
    PLANNED = "planned", "Planned: within two working days"

    @property
    def word(self) -> str:
        """The urgency as it stands on a tag."""
        return str(self.label).split(":")[0]


def more_urgent(than: str) -> list[Urgency]:
    """The urgencies above this one, the highest first."""
    return list(Urgency)[: list(Urgency).index(Urgency(than))]


LIFE = (Kind.SUICIDE, Kind.IN_DANGER_NOW, Kind.MISSING_NOW, Kind.HARM_TO_OTHERS, Kind.TERRORISM)


def usual_urgency(kind: str) -> Urgency:
    """How soon somebody looks at such a worry unless whoever raises it says otherwise."""
    return Urgency.IMMEDIATE if kind in LIFE else Urgency.TODAY


class Decision(models.TextChoices):
    """What came of looking at it; not to share is decided as carefully as to share."""

    NO_ACTION = "no-action", "Nothing more is needed"
    SUPPORT_PLAN = "support-plan", "Support them, and share nothing"
    DISCLOSE = "disclose", "Share what is needed to keep somebody safe"
    SEEK_LOCATION = "seek-location", "Ask where they are"


class ToldByPolice(models.TextChoices):
    """The police’s own level for somebody missing, noted as they told it and never ours."""

    NONE_APPARENT = "none-apparent", "No apparent risk"
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class StepKind(models.TextChoices):
    """What was done with an escalation."""

    RAISED = "raised", "Raised"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ASSESSED = "assessed", "Assessed"
    DECIDED = "decided", "Decided"
    ACTED = "acted", "Acted on"
    INFORMED = "informed", "The person was told"
    NOT_INFORMED = "not-informed", "The person could not be told"
    REVIEWED = "reviewed", "Looked back on"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Opened again"
    HANDED_OVER = "handed-over", "Handed over"
    HELD = "held", "The contact was held"
    HOLD_NOT_NEEDED = "hold-not-needed", "No hold was needed"
    TAKEN_ON = "taken-on", "Taken on"
    HASTENED = "hastened", "Could wait no more"
    POLICE_LEVEL = "police-level", "The police’s own level noted"
    CALLED = "called", "999 was called"


class Proposal(models.TextChoices):
    """What came of the hold that an escalation proposes."""

    NONE = "", "None"
    PROPOSED = "proposed", "Proposed"
    HELD = "held", "Held"
    NOT_NEEDED = "not-needed", "Not needed"

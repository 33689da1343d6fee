"""What can be an item of a review."""

from django.db import models


class ItemKind(models.TextChoices):
    """One sort of thing that a person may be given a copy of (Art 15)."""

    LINE = "line", "Line of the conversation"
    NOTE = "note", "Note of ours"
    CORRECTION = "correction", "Correction of theirs"
    SURVEY = "survey", "Answer about how we did"
    CONSENT = "consent", "Agreement or refusal"
    BASIS = "basis", "Legal basis we wrote down"
    ASSESSMENT = "assessment", "What we judged about their safety"
    DECISION = "decision", "What we decided about their safety"
    ASKED = "asked", "What they asked us to do"
    RECORD = "record", "Their record"
    ENTRY = "entry", "How they were helped"
    COPIED = "copied", "Line of the copy in casework"
    READING = "reading", "Who has looked at it"

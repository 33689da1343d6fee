"""What an erasure can be of, and the grounds on which something stays (Art 17)."""

from datetime import timedelta

from django.db import models

COPIES_GONE_AFTER = timedelta(days=35)  # 7 between turnings, 21 retired, 7 of ring copies


class What(models.TextChoices):
    """One record that goes as a whole, with its own key."""

    CONTACT = "contact", "Conversation"
    RECORD = "record", "Record"
    COPY = "copy", "Copy in casework"


class Choice(models.TextChoices):
    """What happens with it."""

    GOES = "goes", "Goes"
    STAYS = "stays", "Stays"


class Ground(models.TextChoices):
    """Why something stays. A safeguarding hold is none of these by itself: what is recorded is the
    ground on which it rests (rules 2.2.2)."""

    STILL_NEEDED = "still-needed", "Still needed for what it was told to us for, not on consent"
    EXPRESSION = "expression", "Freedom of expression and information (Art 17(3)(a))"
    LEGAL = "legal", "A legal obligation or a public task (Art 17(3)(b))"
    HEALTH = "health", "Public health (Art 17(3)(c))"
    RESEARCH = "research", "Research in the public interest (Art 17(3)(d))"
    CLAIMS = "claims", "Legal claims (Art 17(3)(e))"


class Stop(models.TextChoices):
    """What stands in the way of destroying a contact, record or copy now, whoever asks."""

    HELD = "held", "A hold keeps it"
    WORRY = "worry", "Somebody is worried, and it is not closed"
    ASKED = "asked", "Something they asked us to do is not over"
    OPEN = "open", "The conversation is going on"
    COPY_OWED = "copy-owed", "A copy of it is owed to them"
    NOT_THEIRS = "not-theirs", "It is not part of the request"
    RESTRICTED = "restricted", "It is restricted"
    ASKED_ABOUT = "asked-about", "Another request about it is not closed"

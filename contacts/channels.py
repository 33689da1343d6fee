"""The channels people use."""

from django.db import models


class Channel(models.TextChoices):
    """How somebody got in touch: one set of rules for all four (S0-13)."""

    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    TEXT = "text", "Text"
    CHAT = "chat", "Web chat"


WRITTEN = frozenset({Channel.TEXT, Channel.EMAIL})  # what is said there reaches people by an outbox

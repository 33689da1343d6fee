"""What was removed of something that stays, until the erasure ledger has been told of it."""

import uuid
from collections.abc import Iterable

from django.db import models


class ForgottenQuerySet(models.QuerySet["Forgotten"]):
    def note(self, what: str, ids: Iterable[uuid.UUID]) -> None:
        """Have the next purge tell the ledger: a restored database would bring it back (C17)."""
        self.bulk_create(self.model(what=what, which=pk) for pk in ids)


class Forgotten(models.Model):
    """One thing that nobody may have again: the id of a link, of a worry, or of the contact."""

    class What(models.TextChoices):
        LINK = "unlinked", "That a contact belonged to a record"
        NICKNAME = "nickname", "The nickname of a contact"
        SURVEY = "survey", "The answers about how we did, of a contact"
        QUOTES = "quotes", "What the person said, in a worry of which nothing came"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField(max_length=10, choices=What)
    which = models.UUIDField()  # no key to it: a link is gone, and its contact may be by then

    objects = ForgottenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Forgotten {self.id}"

"""Contacts that one person has joined together by their own return code."""

import uuid

from django.db import models

from contacts import codes
from helpline.foundation.vault import blind

CODE = "return code"  # the purpose of the codes' hashes


class ThreadQuerySet(models.QuerySet["Thread"]):
    def behind(self, typed: str) -> "ThreadQuerySet":
        """The thread that this code opens, as a query: the same one whatever was typed (K08)."""
        return self.filter(code__in=blind.indexes(CODE, codes.normal(typed)))

    def of(self, typed: str) -> "Thread | None":
        """The thread that this code opens, or None."""
        return self.behind(typed).first()


class Thread(models.Model):
    """Contacts that one person has joined together by their own return code, of which only a keyed
    hash is kept; it says nothing itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (none: no code)

    objects = ThreadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Thread {self.id}"

    def new_code(self) -> str:
        """A new return code, told once and kept as a keyed hash; the one before opens nothing
        more."""
        words = codes.new()
        self.code = blind.index(CODE, words)
        self.save(update_fields=["code"])
        return words

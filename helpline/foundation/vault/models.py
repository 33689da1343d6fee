"""Data keys: one for each record that has a life of its own."""

import os
import uuid
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from helpline.foundation.vault import ring
from helpline.foundation.vault.sealed import CannotOpen

NONCE = 12


class DataKeyQuerySet(models.QuerySet):
    def destroy(self, ids) -> int:
        """Delete these keys in one statement; PostgreSQL refuses one that a hold in force refers
        to.

        What they sealed is unreadable at once, and in every backup once their epoch is gone.
        """
        return self.filter(pk__in=ids)._raw_delete(self.db) or 0  # None for no ids at all


class DataKey(models.Model):
    """A random 256-bit key, stored wrapped by an epoch of the ring, never in clear."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    epoch = models.IntegerField(db_index=True)
    wrapped = models.BinaryField()

    objects = DataKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return "A data key"

    @classmethod
    def made(cls) -> "DataKey":
        """A new key that is not saved yet, for records that are inserted in bulk."""
        key = cls()
        key.wrap(AESGCM.generate_key(256), ring.newest().number)
        return key

    @classmethod
    def new(cls) -> "DataKey":
        """A new key, saved."""
        key = cls.made()
        key.save(force_insert=True)
        return key

    def wrap(self, raw: bytes, epoch: int) -> None:
        """Wrap `raw` under `epoch`; the key's own id is bound in, so wrapped keys cannot be
        swapped."""
        nonce = os.urandom(NONCE)
        place = self.id.bytes + b"%d" % epoch
        self.epoch, self.wrapped = epoch, nonce + ring.cipher(epoch).encrypt(nonce, raw, place)

    def unwrapped(self) -> bytes:
        """The raw key; raises `CannotOpen` when it is damaged or its epoch has been destroyed."""
        wrapped = bytes(self.wrapped)
        place = self.id.bytes + b"%d" % self.epoch
        try:
            return ring.cipher(self.epoch).decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
        except (InvalidTag, ValueError, ring.EpochGone):
            raise CannotOpen("The key of these words cannot be opened.") from None

    @cached_property
    def cipher(self) -> AESGCM:
        """The cipher, unwrapped once and kept as long as this instance lives."""
        return AESGCM(self.unwrapped())

"""Words that are ciphertext in the database, and open only in the place they were written for.

AES-256-GCM under the data key of the record they belong to. The plain columns that give the words
their meaning are the associated data, so moved, swapped or relabelled words do not open (K03).
"""

import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from django.db.models.query_utils import DeferredAttribute

FORMAT = b"\x01"
NONCE = 12
BUCKETS = (32, 64, 128, 256, 512, 1024)


class CannotOpen(Exception):
    """Moved, damaged or shredded words, or a key that was not fetched with its record."""


class Ciphertext(bytes):
    """What the column holds; it never prints as words, and never fetches its key by itself."""

    def __repr__(self) -> str:
        return "<sealed>"

    def __str__(self) -> str:
        raise CannotOpen("These words are sealed: fetch their key together with the record.")

    def __format__(self, spec: str) -> str:
        return str(self)


def padded(words: bytes) -> bytes:
    """`words` filled up to a bucket, so that a length says little about a short answer (K05)."""
    length = len(words) + 1
    bucket = next((b for b in BUCKETS if b >= length), -(-length // 1024) * 1024)
    return words + b"\x80" + b"\0" * (bucket - length)


def seal(cipher: AESGCM, words: str, place: bytes) -> Ciphertext:
    """Seal `words` for `place`; raises `UnicodeEncodeError` for text that is not Unicode."""
    nonce = os.urandom(NONCE)
    return Ciphertext(FORMAT + nonce + cipher.encrypt(nonce, padded(words.encode()), place))


def unseal(cipher: AESGCM, sealed: bytes, place: bytes) -> str:
    """The words of `sealed`; raises `CannotOpen` when a byte or the place is not as it was."""
    if sealed[:1] != FORMAT:
        raise CannotOpen("These words cannot be opened: they were damaged.")
    try:
        words = cipher.decrypt(sealed[1:13], sealed[13:], place)
    except (InvalidTag, ValueError):
        raise CannotOpen("These words cannot be opened: they were moved or damaged.") from None
    return words.rstrip(b"\0")[:-1].decode()


def _plain(value) -> bytes:
    """One bound column as bytes; ids by their bytes, because printing a UUID costs more."""
    return value.bytes if isinstance(value, uuid.UUID) else str(value).encode()


class SealedAttribute(DeferredAttribute):
    """Opens on reading, with a key already in memory, and never by a query.

    It has `__set__` because Django writes loaded values into the instance dictionary, which a
    descriptor without one would lose to.
    """

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = super().__get__(instance, owner)
        if not isinstance(value, Ciphertext):
            return value
        key = self.field.key_of(instance)
        return value if key is None else unseal(key.cipher, value, self.field.place_of(instance))

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class SealedText(models.BinaryField):
    """A text column that is ciphertext in the database.

    `key` is the path to the record's `DataKey` (`contact__key`), `bound` the plain columns that
    give the words their place; they must be known before the first save. `update`, `bulk_update`,
    `filter` and serialisation are refused: words are set on the record and saved.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args, key: str = "key", bound: tuple[str, ...] = ("pk",), **options):
        self.key, self.bound = key, tuple(bound)
        options["editable"] = True
        super().__init__(*args, **options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        options.pop("editable", None)
        return name, path, args, options | {"key": self.key, "bound": self.bound}

    def key_of(self, record):
        """The data key if it is in memory, else None; raises `CannotOpen` once it is shredded."""
        for name in self.key.split("__"):
            field = record._meta.get_field(name)
            if getattr(record, field.attname) is None:
                raise CannotOpen("These words were destroyed.")
            if not field.is_cached(record):
                return None
            record = field.get_cached_value(record)
        return record

    def place_of(self, record) -> bytes:
        """The associated data: this column, and the columns it is bound to."""
        meta = record._meta
        names = [meta.pk.attname if b == "pk" else meta.get_field(b).attname for b in self.bound]
        values = [getattr(record, name) for name in names]
        if None in values:
            raise CannotOpen(f"{self} needs {self.bound} before it can be sealed.")
        return self.place(*values)

    def place(self, *values) -> bytes:
        """The associated data for these values of the bound columns."""
        label = f"{self.model._meta.label_lower}.{self.name}".encode()
        return b"\x1f".join([label, *map(_plain, values)])

    def pre_save(self, record, add):
        value = record.__dict__.get(self.attname)
        if value is None or isinstance(value, Ciphertext):
            return value
        key = self.key_of(record)
        if key is None:
            raise CannotOpen("No key at hand: fetch the record together with its key.")
        return seal(key.cipher, value, self.place_of(record))

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, str):
            raise TypeError(f"{self.name} is sealed: set it on the record and save the record.")
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value, expression, connection):
        return None if value is None else Ciphertext(value)

    def get_lookup(self, name):
        if name != "isnull":
            raise TypeError(f"{self.name} is sealed and cannot be searched.")
        return super().get_lookup(name)

    def value_to_string(self, record):
        raise TypeError(f"{self.name} is sealed and is not serialised.")

    def to_python(self, value):
        return value

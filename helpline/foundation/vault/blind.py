"""Keyed hashes that find a value again without storing it, under long-lived, versioned keys."""

import base64
import functools
import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@functools.lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return kdf.derive(base64.b64decode(secret))


def key(purpose: str, version: str | None = None) -> tuple[str, bytes]:
    """The version and the 32-byte key for `purpose`; the newest unless one is named."""
    version = version or max(settings.INDEX_KEYS, key=int)
    return version, _derived(settings.INDEX_KEYS[version], purpose)


def index(purpose: str, value: str) -> str:
    """64 hex digits that stand for `value` in `purpose` and in nothing else."""
    return hmac.new(key(purpose)[1], value.encode(), hashlib.sha256).hexdigest()


def indexes(purpose: str, value: str) -> list[str]:
    """The hash under every key version: look a value up with all of them while keys change."""
    versions = [key(purpose, version)[1] for version in settings.INDEX_KEYS]
    return [hmac.new(k, value.encode(), hashlib.sha256).hexdigest() for k in versions]

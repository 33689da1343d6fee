"""Small secrets that must outlive every epoch, sealed for one purpose: a second factor's seed."""

import base64

from helpline.foundation.vault import blind, sealed


def seal(purpose: str, text: str) -> str:
    """`text` as an ASCII token that opens for `purpose` alone."""
    version, key = blind.key(f"box {purpose}")
    words = sealed.seal(sealed.AESGCM(key), text, purpose.encode())
    return f"{version}.{base64.urlsafe_b64encode(words).decode()}"


def open(purpose: str, token: str) -> str:
    """The text of a token; raises `CannotOpen` when it is damaged or meant for something else."""
    version, _, words = token.partition(".")
    try:
        key = blind.key(f"box {purpose}", version)[1]
        return sealed.unseal(sealed.AESGCM(key), base64.urlsafe_b64decode(words), purpose.encode())
    except (KeyError, ValueError):
        raise sealed.CannotOpen("This secret cannot be opened.") from None

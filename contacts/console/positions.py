"""What a console has seen, as `contact:number` pairs: it selects, and never authorises."""

import uuid

AT_MOST = 6  # chats; nobody has more at once


def read(said: str) -> dict[uuid.UUID, int]:
    """The pairs in it; what makes no sense is left out, for it only selects."""
    seen = {}
    for pair in said.split(",")[:AT_MOST]:
        pk, _colon, number = pair.partition(":")
        try:
            contact = uuid.UUID(pk)
        except ValueError:
            continue
        seen[contact] = (
            int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
        )
    return seen


def written(seen: dict[uuid.UUID, int]) -> str:
    """The pairs as the page gives them back."""
    return ",".join(f"{pk}:{number}" for pk, number in seen.items())

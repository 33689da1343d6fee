"""While somebody asks what a record holds, it stays as it is (DPA 2018 s.173)."""

from typing import Any

from helpline.foundation.states import Refused

FROZEN = ("names", "born", "phone", "email", "address", "access_needs")


def must_stay(record, details: dict[str, Any]) -> None:
    """Raise `Refused` for a change to what a record says while a request about it is open.

    How it is safe to reach them can always be changed.
    """
    changed = [name for name in FROZEN if (details.get(name) or None) != getattr(record, name)]
    if record.asked_about and {*changed} & {*details}:
        raise Refused(
            "Somebody asks what this record holds, and is not answered yet. Until then only how it"
            " is safe to reach them can be changed."
        )

"""One number or mailbox, however it is written: what is hashed to find it again, and answered."""

import re

import phonenumbers

COUNTRY = "GB"  # of a number without one
MAILBOX = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f]{1,64}@[^\s@<>\"(),:;\\\x00-\x1f]{1,255}")


def number(written: str) -> str:
    """A telephone number with its country, `+447700900123`; empty for whatever cannot be answered.

    Short codes and names that a network shows in place of a number are such.
    """
    try:
        read = phonenumbers.parse(written, COUNTRY)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(read):
        return ""
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)


def mailbox(written: str) -> str:
    """A mailbox in small letters, without the name beside it; empty for what is none (H05)."""
    return written.lower() if MAILBOX.fullmatch(written) else ""

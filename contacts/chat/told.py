"""Which notices a person was shown before their first word, by version (S2-08)."""

# As they are in force; a test holds them to the notices' own list, which this app cannot see.
CONFIDENTIALITY = 1
PRIVACY = 6


def notices() -> tuple[int, int]:
    """The confidentiality and the privacy notice that the first page tells and links to."""
    return CONFIDENTIALITY, PRIVACY

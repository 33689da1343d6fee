"""Handles: what staff call an anonymous contact, sayable aloud and impossible to count through.

The words, in `handles.txt`, are chosen to be kind: nobody who is frightened should be filed under a
harsh one.
"""

import random
import secrets
from pathlib import Path

WORDS = Path(__file__).with_suffix(".txt").read_text()
FIRST, SECOND = (half.split() for half in WORDS.split("\n\n"))


def new_handle(rng: random.Random | None = None) -> str:
    """Two words and three digits at random, as `velvet-canoe-471`: about 80 million in all."""
    rng = rng or secrets.SystemRandom()
    return f"{rng.choice(FIRST)}-{rng.choice(SECOND)}-{rng.randint(100, 999)}"


def normal(typed: str) -> str:
    """A handle as somebody says or types it, as it is stored."""
    return "-".join(typed.casefold().replace("-", " ").split())

"""What in a note could say who somebody is, or judges them: asked about before it is saved, never
forbidden.

Only the kinds that were found are ever passed on; what was found stays in the note.
"""

import re

from django.utils.text import get_text_list

from helpline.foundation.calendar import london_today

PATTERNS = {
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "postcode": re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[abd-hjlnp-uw-z]{2}\b", re.I),
    "ni-number": re.compile(r"\b[a-z]{2}\s?(?:\d\s?){6}[a-d]\b", re.I),
    "date-of-birth": re.compile(
        r"\b(?:born|birth\w*|d\.?o\.?b\.?)\b[^\n]{0,20}?\d|\b\d{1,2}[/.-]\d{1,2}[/.-]\d\d\b", re.I
    ),
    "phone-number": re.compile(r"(?<![\d.])(?:\+|00)?\d(?:[\s().-]{0,2}\d){8,13}(?!\.?\d)"),
}

A_DATE = re.compile(
    r"\b\d{1,2}(?:[/.-]\d{1,2}[/.-]|(?:st|nd|rd|th)?\s+"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+)((?:19|20)\d\d)\b",
    re.I,
)
YOUNGEST = 4  # years; a later date is taken for the day something happened

SAID = {
    "e-mail": "an e-mail address",
    "postcode": "a postcode",
    "ni-number": "a National Insurance number",
    "date-of-birth": "a date of birth",
    "phone-number": "a phone number",
}

JUDGING = [
    "attention seeking",
    "attention-seeking",
    "attention seeker",
    "time waster",
    "timewaster",
    "time wasting",
    "manipulative",
    "manipulating us",
    "hysterical",
    "promiscuous",
    "lying",
    "liar",
    "making it up",
    "drama queen",
    "frequent flyer",
    "putting themselves at risk",
    "chose to be exploited",
    "lifestyle choice",
    "asking for it",
    "refuses to engage",
    "non-compliant",
    "troublemaker",
    "crazy",
    "psycho",
    "junkie",
    "druggie",
]
JUDGING_WORDS = re.compile(rf"\b(?:{'|'.join(map(re.escape, JUDGING))})\b", re.I)


def identifying(words: str) -> list[str]:
    """The kinds of identifying detail in `words`, as codes for the trail (A15)."""
    found = [kind for kind, pattern in PATTERNS.items() if pattern.search(words)]
    latest = london_today().year - YOUNGEST
    if any(int(year) <= latest for year in A_DATE.findall(words)):
        found.append("date-of-birth")
    return sorted(set(found))


def in_words(kinds: list[str]) -> str:
    """These kinds for a sentence: “an e-mail address, a postcode and a phone number”."""
    return get_text_list([SAID[kind] for kind in kinds], "and")


def judging(words: str) -> list[str]:
    """The judging words in `words`, for the person who typed them alone (H15)."""
    return sorted({found.group().lower() for found in JUDGING_WORDS.finditer(words)})

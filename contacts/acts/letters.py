"""The letter that carries somebody's words: what a recipient reads, whole, before anyone approves.

Nothing in it is written when it is sent. It says who passes it on and how to answer through us, and
nothing about where, when or from which number the person was in touch.
"""

from typing import NamedTuple

from django.conf import settings
from django.template import Context
from django.template.loader import get_template

from helpline.foundation.outbox.models import fingerprint

SUBJECT = "A message for you"
TEMPLATE = "emails/passed_message.txt"


class Letter(NamedTuple):
    """One letter as it would leave now, and its fingerprint."""

    to: str
    subject: str
    template: str
    context: dict[str, str]
    body: str
    mark: str


def letter(*, to: str, words: str, reference: str) -> Letter:
    """The whole letter for these words."""
    context = {
        "words": words,
        "reference": reference.replace("-", " "),
        "organisation": settings.ORGANISATION,
        "email": settings.HELPLINE_EMAIL,
        "number": settings.HELPLINE_NUMBER,
    }
    body = get_template(TEMPLATE).template.render(Context(context, autoescape=False))
    return Letter(to, SUBJECT, TEMPLATE, context, body, fingerprint(to, SUBJECT, body))

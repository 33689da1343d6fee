"""What a recipient gets, whole: to be read before anybody approves it, and fixed when it leaves.

It says who it is from and what was ticked. That the person rang a helpline, when, why and by which
channel stands nowhere in it, unless somebody ticked that with a reason.
"""

from typing import NamedTuple

from django.conf import settings
from django.template import Context
from django.template.loader import get_template

from helpline.foundation.outbox.models import fingerprint

SUBJECT = "A confidential letter"
TEMPLATE = "emails/shared.txt"


class Package(NamedTuple):
    """One package as it would leave now, and its fingerprint."""

    to: str
    subject: str
    template: str
    context: dict
    body: str
    mark: str


def package(*, to: str, body: str, attention: str, reference: str, items: list[str]) -> Package:
    """The whole package for these items, in their order."""
    context = {
        "body": body,
        "attention": attention,
        "reference": reference.replace("-", " "),
        "items": items,
        "organisation": settings.ORGANISATION,
        "number": settings.HELPLINE_NUMBER,
    }
    plain = Context(context, autoescape=False)  # it is text: nothing in it is markup
    text = get_template(TEMPLATE).template.render(plain)  # type: ignore[attr-defined]
    return Package(to, SUBJECT, TEMPLATE, context, text, fingerprint(to, SUBJECT, text))

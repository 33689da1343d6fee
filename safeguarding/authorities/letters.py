"""What we answer authorities, in words of ours that nobody writes anew.

Nothing in a letter comes from anywhere but the request itself. No letter says whether we know
somebody, unless it was decided to share or to say that nothing is held.
"""

from typing import NamedTuple

from safeguarding.authorities.kinds import Decision
from safeguarding.models import AuthorityRequest

ACKNOWLEDGEMENT = "authorities/letters/acknowledgement.html"
REPLIES: dict[str, str] = {
    Decision.AGREE: "authorities/letters/agree.html",
    Decision.PARTLY: "authorities/letters/partly.html",
    Decision.DISAGREE: "authorities/letters/disagree.html",
    Decision.NOTHING_HELD: "authorities/letters/nothing-held.html",
    Decision.NEITHER: "authorities/letters/neither.html",
}


class Letter(NamedTuple):
    """One letter as it is printed."""

    to: str
    body: str
    their_reference: str
    template: str


def acknowledgement(request: AuthorityRequest) -> Letter:
    """That we have it, and what happens next."""
    return _to(request, ACKNOWLEDGEMENT)


def reply(request: AuthorityRequest) -> Letter | None:
    """The answer, once it has been signed; None before."""
    return _to(request, REPLIES[request.decision]) if request.signed_by_id else None


def _to(request: AuthorityRequest, template: str) -> Letter:
    return Letter(
        to=str(request.person or ""),
        body=str(request.body or ""),
        their_reference=str(request.their_reference or ""),
        template=template,
    )

"""Refusals as machines read them: problem details (RFC 9457), without a word of what was sent."""

from http import HTTPStatus

PROBLEM = "application/problem+json"


def problem(status: int, detail: str = "") -> dict[str, object]:
    """The members of one problem; its type is `about:blank`, so the title is the status's own."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status)}
    return told | ({"detail": detail} if detail else {})

"""Whoever was asked something and has not answered is asked again after 14 and after 28 days, while
the clock stands or has not begun; a letter sent since then has done it (rules 2.1.2)."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Case, DateField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Greatest

from privacy.models import RightsPause, RightsRequest
from privacy.rights.kinds import Status

AGAIN = (timedelta(days=14), timedelta(days=28))


class Question(NamedTuple):
    """What they were asked last, and with which letter they are asked again."""

    asked_on: date
    letter: str
    words: str


def unanswered(request: RightsRequest) -> Question | None:
    """The question that is open, if there is one; of two the later."""
    found = []
    if request.status == Status.ID_REQUESTED:
        found.append(Question(request.identity_asked_on, "id-requested", "who they are"))
    if request.authority_asked_on and not request.authority_received_on:
        found.append(Question(request.authority_asked_on, "authority", "for their authority"))
    if pause := request.pauses.filter(answered_on=None).first():
        found.append(Question(pause.asked_on, "clock-stopped", "what they are after"))
    return max(found) if found and not request.is_answered() else None


def owed(request: RightsRequest, today: date) -> str:
    """What the DPO has to do about a question that nobody has answered, or nothing."""
    question = unanswered(request)
    if question is None:
        return ""
    passed = [question.asked_on + each for each in AGAIN if question.asked_on + each <= today]
    letters = request.letters.filter(kind=question.letter)
    if not passed or letters.filter(sent_on__gte=passed[-1]).exists():
        return ""
    days = (today - question.asked_on).days
    return f"They were asked {question.words} {days} days ago and have not answered. Ask once more."


def with_question(rows: QuerySet) -> QuerySet:
    """These requests with the day of their open question as `asked_last`, in the same query."""
    pause = RightsPause.objects.filter(request=OuterRef("pk"), answered_on=None)
    stood = Subquery(pause.values("asked_on")[:1], output_field=DateField())
    identity = Case(When(identity_received_on=None, then="identity_asked_on"))
    authority = Case(When(authority_received_on=None, then="authority_asked_on"))
    return rows.annotate(asked_last=Greatest(stood, identity, authority))

"""What somebody asks with their seven words and nothing else (S2-40): one request for all of it,
which keeps what it is about by a hold of nobody’s."""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from contacts.models import Contact
from privacy.models import RightsRequest
from privacy.rights.kinds import Found, Kind, Proof, Route, Status

WITH_WORDS = {
    Kind.ERASE: "Delete what my seven words open.",
    Kind.RESTRICT: "Keep it, and do not use it for now.",
}
LATER = "They asked for it with their words, and something came in its way before it was done."
LOCK = 73_116_033  # of PostgreSQL's advisory locks: two pages of one person ask one after the other
TOO_FAR = (Status.REVIEW, Status.APPROVAL)  # somebody has listed what these are about


@transaction.atomic
def ask(
    kind: Kind, chats: Sequence[Contact], *, received_on: date | None = None
) -> RightsRequest | None:
    """The request of this kind that these chats are part of now; none without chats.

    What is asked already is not asked twice; what is not is added to what the same words have asked
    before, as long as nobody reviews that. `received_on` is the day on which they asked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    by_words = RightsRequest.objects.to_answer().filter(kind=kind, route=Route.CODE)
    asked = by_words.filter(concerns__contact__in=chats).order_by("received_on", "pk")
    there = set(asked.values_list("concerns__contact", flat=True))
    missing = [chat for chat in chats if chat.pk not in there]
    if not missing:
        return asked.first()
    threads = {chat.thread_id for chat in chats} - {None}
    same = by_words.filter(concerns__contact__thread__in=threads).exclude(status__in=TOO_FAR)
    request = same.order_by("received_on", "pk").first() or _taken_in(kind, received_on)
    for chat in missing:
        request.keep_for_itself(chat, Found.CODE)
    request.noted("found-by-code", by=None)
    return request


def _taken_in(kind: Kind, received_on: date | None) -> RightsRequest:
    """A new one; their words are proof of who asks."""
    said = {"route": Route.CODE, "words": WITH_WORDS[kind], "received_on": received_on}
    late = LATER if received_on else ""
    made = RightsRequest.objects.take_in(kind, by=None, late_because=late, **said)
    RightsRequest.objects.filter(pk=made.pk).update(proof=Proof.CODE)
    return made

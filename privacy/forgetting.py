"""What was removed of something that stays stands in the erasure ledger too, and is removed again
after a restore: who was made anonymous must not be identified once more (C17)."""

import uuid
from collections.abc import Mapping

from django.db import transaction

from contacts.models import Contact, Forgotten, Link, SurveyAnswer
from privacy import ledger
from safeguarding.models import Escalation

BATCH = 500


@transaction.atomic
def enter() -> int:
    """Tell the ledger of up to `BATCH` things that were removed since the last purge; how many.

    The caller holds the purge's lock: the ledger gives its numbers out one at a time.
    """
    rows = list(Forgotten.objects.select_for_update(skip_locked=True)[:BATCH])
    if rows:
        parts = {
            what: [str(row.which) for row in rows if row.what == what]
            for what in Forgotten.What.values
        }
        ledger.write([], **parts)
        Forgotten.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def again(parts: Mapping[str, list[uuid.UUID]]) -> None:
    """Remove what one entry of the ledger says was removed, where a restore has brought it back."""
    what = Forgotten.What
    for link in Link.objects.filter(pk__in=parts.get(what.LINK, [])):
        link.unlink(by=None)
    Contact.objects.filter(pk__in=parts.get(what.NICKNAME, [])).update(nickname=None)
    SurveyAnswer.objects.filter(contact__in=parts.get(what.SURVEY, [])).delete()
    Escalation.objects.filter(pk__in=parts.get(what.QUOTES, [])).forget_said()

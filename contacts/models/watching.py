"""What many pages that look on want to know in the same moment, by one question.

The rule is `Visit.objects.of`; with each visit come the lines that its page has not seen.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db import connection
from django.utils import timezone

from contacts.models.chat import QUIET_FOR, TOKEN, Visit
from contacts.models.contact import Contact
from contacts.models.words import Line
from helpline.foundation.calendar import london_date
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

ALIVE = """v.active_at > %(lately)s
    AND c.purged_on IS NULL AND (c.held OR c.purge_on > %(today)s)"""
PARTS = {"v": Visit, "c": Contact, "k": DataKey, "l": Line}
COLUMNS = {
    alias: [field for field in model._meta.concrete_fields if field.column]
    for alias, model in PARTS.items()
}
STARTS = dict(zip(COLUMNS, accumulate([0, *map(len, COLUMNS.values())]), strict=False))
SEEN = f"""
SELECT asked.nth, {", ".join(f"{a}.{f.column}" for a, fields in COLUMNS.items() for f in fields)}
FROM unnest(%(tokens)s::text[], %(nths)s::int[], %(seen)s::int[]) AS asked (token, nth, seen)
JOIN contacts_visit v ON v.token = asked.token
JOIN contacts_contact c ON c.id = v.contact_id
JOIN vault_datakey k ON k.id = c.key_id
LEFT JOIN contacts_line l ON l.contact_id = c.id AND l.number > asked.seen
WHERE {ALIVE}
ORDER BY asked.nth, l.number
"""  # noqa: S608 (names of columns)


def alive(now: datetime) -> dict[str, Any]:
    """What `ALIVE` compares with."""
    return {"lately": now - QUIET_FOR, "today": london_date(now)}


def visits_of(asked: Sequence[tuple[str, int | None]]) -> list[Visit | None]:
    """`Visit.objects.of` for many tokens, in their order, by one question.

    A number beside a token fetches what was said after that line too, for `lines_after`.
    """
    indexes = [
        (index, nth)
        for nth, (token, _seen) in enumerate(asked)
        for index in blind.indexes(TOKEN, token)
    ]
    values = alive(timezone.now()) | {
        "tokens": [index for index, _nth in indexes],
        "nths": [nth for _index, nth in indexes],
        "seen": [asked[nth][1] for _index, nth in indexes],
    }
    visits: list[Visit | None] = [None] * len(asked)
    for nth, *row in connection.ask(SEEN, values):
        visit = visits[nth] = visits[nth] or whole(row, asked[nth][1])
        if row[STARTS["l"]] is not None:
            visit.unread[asked[nth][1]].append(drawn(row, "l"))
    return visits


def whole(row: list, seen: int | None) -> Visit:
    """The visit of a row, with its contact and its key at hand."""
    visit, contact, key = (drawn(row, alias) for alias in "vck")
    visit.contact, contact.key = contact, key
    if seen is not None:
        visit.unread[seen] = []
    return visit


def drawn(row: list, alias: str) -> Any:
    """One record of a row."""
    start = STARTS[alias]
    fields = COLUMNS[alias]
    values = [
        field.from_db_value(value, None, connection) if isinstance(field, SealedText) else value
        for field, value in zip(fields, row[start : start + len(fields)], strict=True)
    ]
    return PARTS[alias].from_db(connection.alias, [field.attname for field in fields], values)

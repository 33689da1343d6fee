"""Lists of safeguarding, paged by what was seen last: page 600 costs what page 1 costs."""

import uuid
from datetime import UTC, datetime

from django.db.models import Q, QuerySet

PAGE = 50
POSITION = "%Y%m%d%H%M%S%f"


def page_of(
    rows: QuerySet, column: str, position: str, *, newest_first: bool = False
) -> tuple[list, str]:
    """Up to `PAGE` rows behind a position, by a moment and the id; the next position, if any.

    Raises `ValueError` for a position that no page of ours gave out.
    """
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    rows = rows.order_by(f"{sign}{column}", f"{sign}pk")
    if position:
        at, pk = position.split("-")
        moment, last = datetime.strptime(at, POSITION).replace(tzinfo=UTC), uuid.UUID(hex=pk)
        behind = Q(**{f"{column}__{beyond}": moment}) | Q(**{f"pk__{beyond}": last})
        rows = rows.filter(behind, **{f"{column}__{beyond}e": moment})
    found = list(rows[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    last_row = found[PAGE - 1]
    moment = getattr(last_row, column).astimezone(UTC)
    return found[:PAGE], f"{moment.strftime(POSITION)}-{last_row.pk.hex}"

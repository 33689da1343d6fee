"""Suppliers as the register shows them: by when each is to be reviewed, and what it lacks."""

from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from contacts.models import Supplier, VendorCopy
from contacts.suppliers.kinds import Carries
from helpline.foundation.calendar import day_words, moment_words

TONES = {
    Supplier.Status.APPROVED: "good",
    Supplier.Status.CONDITIONAL: "warn",
    Supplier.Status.SUSPENDED: "bad",
}


class Row(NamedTuple):
    """One supplier in the list."""

    pk: object
    name: str
    carries: str
    reviewed: str
    due: str
    overdue: bool
    standing: str
    tone: str


def row(supplier: Supplier, today: date) -> Row:
    """One supplier as a row, on a day."""
    return Row(
        supplier.pk,
        supplier.name,
        ", ".join(str(Carries(each).label) for each in supplier.carries),
        day_words(supplier.last_review_on),
        day_words(supplier.next_review_on),
        supplier.is_overdue(today),
        supplier.get_status_display(),
        TONES[supplier.status],
    )


def rows(suppliers: QuerySet[Supplier], today: date) -> list[Row]:
    """All of them."""
    return [row(each, today) for each in suppliers]


def facts(supplier: Supplier) -> list[tuple[str, str]]:
    """What the register says about one."""
    signed = day_words(supplier.contract_on) if supplier.contract_on else "None"
    return [
        ("Where the data is", supplier.place),
        ("Whom they use in turn", supplier.sub_processors or "Nobody"),
        ("Connections", ", ".join(supplier.adapters) or "None"),
        ("Contract of", signed),
        ("The contract lacks", "\n".join(supplier.lacks()) or "Nothing"),
        (
            "Standing since",
            f"{moment_words(supplier.moved_at)}, by {supplier.moved_by.alias}",
        ),
    ]


def copies(supplier: Supplier) -> dict[str, int]:
    """How many copies of our messages are still there to be deleted, and how many of them for more
    than 72 hours (C16)."""
    there = VendorCopy.objects.filter(provider__in=supplier.adapters)
    return {"pending": there.pending().count(), "stuck": there.stuck().count()}


def history(supplier: Supplier) -> list[dict]:
    """What was done about it, the newest first."""
    return [
        {
            "label": step.get_kind_display(),
            "at": moment_words(step.at),
            "by": step.by.alias,
            "words": step.words,
        }
        for step in supplier.steps.select_related("by")
    ]

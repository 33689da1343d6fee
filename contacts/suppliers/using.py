"""May an adapter be used? Not when its supplier is suspended, or has long not been reviewed.

What comes by such an adapter is kept and waits, because a supplier that is turned away may never
bring it again; nothing goes out to who began by it, and conversations that had begun before are
finished (S2-60, L07). On a machine without https nothing is anybody's, so there no entry is needed;
one that exists counts there too.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from contacts.models.supplier import Supplier
from contacts.suppliers.connected import used_by


def is_shut(channel: str) -> bool:
    """Whether nobody who begins now by this channel may be answered by it."""
    return bool(stopped(used_by(channel)))


def stopped(adapter_names: Iterable[str]) -> list[str]:
    """For each of these adapters that stays shut, what to do; the rest of the helpline works, so
    that somebody can do it."""
    return [why for name in adapter_names if (why := why_not(name))]


def why_not(adapter_name: str) -> str:
    """A sentence on what to do before this adapter may be used; empty while it may be."""
    behind = list(Supplier.objects.behind(adapter_name))
    if not behind:
        return unknown(adapter_name) if settings.SECURE else ""
    now = timezone.now()
    shut = [each for each in behind if each.unusable_since(now)]
    if not shut:
        return ""
    if any(each.status == Supplier.Status.SUSPENDED for each in shut):
        return (
            f"The supplier of the adapter {adapter_name} is suspended. The data protection officer"
            " has to approve it under “Suppliers”, or another must be set up."
        )
    return (
        f"The review of the supplier of the adapter {adapter_name} is more than"
        f" {settings.SUPPLIER_REVIEW_GRACE.days} days overdue. The data protection officer has to"
        " review it under “Suppliers”."
    )


def unknown(adapter_name: str) -> str:
    """What to do about an adapter of which the register knows nothing."""
    return (
        f"The adapter {adapter_name} has no supplier in the register. The data protection officer"
        " has to add it under “Suppliers” and approve it."
    )

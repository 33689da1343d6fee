"""Suppliers as the tests bring them about."""

from datetime import timedelta

from contacts.models import Supplier
from contacts.suppliers.kinds import Term
from helpline.foundation.calendar import london_today

FINDINGS = "All eight terms are in the contract."
WHY = "Nothing speaks against them."


def entered(by, *, name="A carrier", days_ago=0, **changes) -> Supplier:
    """A supplier of texts as the data protection officer enters it."""
    today = london_today()
    said = {
        "carries": ["texts"],
        "adapters": ["twilio"],
        "place": "Ireland",
        "contract_on": today - timedelta(days=400),
        "terms": list(Term.values),
        "reviewed_on": today - timedelta(days=days_ago),
        "findings": FINDINGS,
    }
    return Supplier.objects.add(by=by, name=name, **said | changes)


def approved(by, **changes) -> Supplier:
    """One that may be used, as far as its reviews allow."""
    supplier = entered(by, **changes)
    supplier.approve(by=by, why=WHY)
    return supplier


def overdue(by, days: int, **changes) -> Supplier:
    """An approved one, whose review was due so many days ago."""
    supplier = approved(by, days_ago=400, **changes)
    due = london_today() - timedelta(days=days)
    Supplier.objects.filter(pk=supplier.pk).update(next_review_on=due)
    supplier.refresh_from_db()
    return supplier

"""Words are gone after 18 calendar months, unless held (S2-36, S2-37, D-05)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from contacts.models import Contact, Line
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention
from privacy.models import Disposal, PurgeRun

pytestmark = pytest.mark.django_db


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "goes"),
    [
        (date(2025, 8, 31), date(2027, 2, 28)),
        (date(2024, 2, 29), date(2025, 8, 29)),
        (date(2025, 1, 1), date(2026, 7, 1)),
    ],
)
def test_c01_words_go_on_the_day_18_calendar_months_are_over(make_contact, began, goes):
    contact = make_contact("words", started_at=on(began), ended=True)

    retention.purge_all(goes - timedelta(days=1))
    assert Line.objects.filter(contact=contact).exists()

    retention.purge_all(goes)
    assert not Contact.objects.exists() and not Line.objects.exists() and not DataKey.objects.exists()

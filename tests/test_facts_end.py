"""Facts end after six years, as the schedule says; until then nobody removes them."""

from datetime import UTC, datetime, timedelta

import pytest

from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from privacy import facts
from privacy.models import Brake, Disposal, PurgeRun

pytestmark = pytest.mark.django_db

SIX_YEARS_AGO = add_months(london_today(), -72)


def at(day) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def a_run(day) -> PurgeRun:
    run = PurgeRun.objects.create(finished_at=at(day), result=PurgeRun.Result.DONE)
    Disposal.objects.create(run=run, retention_class="Words of a contact")
    return run


def test_disposal_records_and_runs_end_after_six_years_and_not_a_day_before():
    a_run(SIX_YEARS_AGO - timedelta(days=1))
    kept = a_run(SIX_YEARS_AGO)
    assert facts.end_all(london_today())["disposals"] == 1
    assert list(PurgeRun.objects.all()) == [kept]


def test_a_stop_that_still_stands_is_never_removed():
    long_ago = at(SIX_YEARS_AGO - timedelta(days=9))
    Brake.objects.create(reason="clocks", due=1, living=1, pulled_at=long_ago)
    assert facts.end_all(london_today())["stops"] == 0


def test_who_left_six_years_ago_is_an_id_without_name_address_or_factor(worker, admin, contact):
    worker.deactivate(by=admin)
    Staff.objects.filter(pk=worker.pk).update(left_at=at(SIX_YEARS_AGO - timedelta(days=1)))
    assert facts.end_all(london_today())["staff"] == 1
    assert facts.end_all(london_today())["staff"] == 0

    row = Staff.objects.get(pk=worker.pk)
    assert (row.name, row.alias, row.email) == ("", "", f"{worker.pk}@left.invalid")
    assert not row.authenticator_set.exists()
    assert contact.worker_id == worker.pk

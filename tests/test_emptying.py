"""What a transactional test wrote is gone before the next one begins."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Team
from tests import emptying
from tests.racing import outcome, rivals, somebody_waits, until


def rows_left() -> list[str]:
    """The tables that hold anything, but for those that come with the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = {name for (name,) in cursor.fetchall()} - set(emptying.KEPT)
        cursor.execute(
            " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in names)
        )
        return sorted(name for (name,) in cursor.fetchall())


def many_teams() -> None:
    """More than the megabyte from which a table is truncated."""
    longest = Team._meta.get_field("name").max_length
    Team.objects.bulk_create(Team(name=f"{n}".zfill(longest)) for n in range(12_000))


def test_nothing_is_left_of_a_transactional_test(transactional_db, contact, supervisor):
    AuditEvent.objects.record(Action.ACCESS_REFUSED, on=contact, by=supervisor)
    many_teams()
    assert {"audit_auditevent", "contacts_contact", "staff_team"} <= set(rows_left())

    emptying.empty()

    assert rows_left() == []
    assert ContentType.objects.exists()


def test_nothing_comes_in_behind_its_end(transactional_db):
    with rivals() as start:
        with transaction.atomic():
            Team.objects.create(name="Evening team")
            emptied = start(emptying.empty)
            until(somebody_waits)
        outcome(emptied)

    assert rows_left() == []


def test_the_trail_is_guarded_again_after_it(transactional_db, worker):
    emptying.empty()
    AuditEvent.objects.record(Action.ACCESS_REFUSED, on=worker, by=worker)

    with pytest.raises(ProgrammingError, match="never changed"):
        AuditEvent.objects.update(actor="somebody else")

"""The application's own role can add to the trail, and PostgreSQL refuses it the rest (F14)."""

import pytest
from django.db import ProgrammingError, connection

from contacts.models import ActionRequest, Contact, ServiceUser
from helpline.dev.postgres import GRANTS
from helpline.foundation.audit import lives, seals
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, AuditSeal
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from privacy import ledger, retention
from privacy.models import PurgeRun
from safeguarding.models import Hold
from tests.asking import ask
from tests.clusters import DATABASE, at, cluster, living_in, migrate, run
from tests.due import contacts_of
from tests.known import make_link, make_record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("privileges")]
MAKE = "CREATE ROLE helpline_owner LOGIN; CREATE ROLE helpline LOGIN"


@pytest.fixture(scope="module")
def production(django_db_setup, django_db_blocker):
    """A database as `./run` makes it: one role owns the tables and migrates, another works."""
    with django_db_blocker.unblock(), cluster() as made:
        run("psql", *at(made), "-d", "postgres", "-c", MAKE)
        run("createdb", *at(made), "-O", "helpline_owner", DATABASE)
        run("psql", *at(made), "-d", DATABASE, "-c", GRANTS)
        run("psql", *at(made), "-d", DATABASE, "-c", "GRANT ALL ON SCHEMA public TO helpline_owner")
        with living_in(made, role="helpline_owner"):
            migrate()
        yield made


@pytest.fixture
def application(production):
    """From here on every query is the application's."""
    with living_in(production, role="helpline"):
        lives.current.cache_clear()
        ledger.reach(0)  # every test has a ledger of its own, and they share this database
        yield


def refuses(statement: str) -> str:
    """The words with which PostgreSQL refuses a statement of the application's."""
    with connection.cursor() as cursor, pytest.raises(ProgrammingError) as refusal:
        cursor.execute(statement)
    assert refusal.value.__cause__.pgcode == "42501"
    return str(refusal.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET actor = 'nobody'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "UPDATE audit_auditseal SET count = 0",
        "DELETE FROM audit_auditseal",
        "TRUNCATE audit_auditseal",
        "UPDATE audit_life SET cluster = ''",
        "DELETE FROM audit_life",
        "TRUNCATE audit_life",
        "UPDATE contacts_line SET text = ''",
        "UPDATE contacts_note SET text = ''",
        "UPDATE contacts_consent SET answer = 'given'",
        "UPDATE contacts_legalbasis SET recorded_at = now()",
        "UPDATE contacts_actionstep SET kind = 'agreed'",
        "UPDATE contacts_supplierstep SET words = ''",
    ],
)
def test_f14_it_cannot_change_what_was_written(application, statement):
    AuditEvent.objects.record(Action.NOTE_ADDED, on=None, by=None)
    before = AuditEvent.objects.count()
    assert "permission denied" in refuses(statement)
    assert AuditEvent.objects.count() == before > 0


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE audit_auditevent",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "DROP TRIGGER event_kept ON audit_auditevent",
        "CREATE TABLE elsewhere (words text)",
        "ALTER TABLE contacts_contact ADD COLUMN ip inet",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "SET session_replication_role = replica",
        "CREATE INDEX ON audit_auditevent (at)",
        "CREATE ROLE another",
    ],
)
def test_f14_it_cannot_change_the_tables(application, statement):
    message = refuses(statement)
    assert "permission denied" in message or "must be owner" in message


def test_f14_it_can_do_all_of_its_own_work(application, production):
    """Otherwise the refusals above would show only that it can do nothing."""
    assert lives.is_new()
    lives.begin()
    assert not lives.is_new()
    by, other = (Staff.objects.create(email=f"{name}@helpline.example") for name in "ab")
    contact, held = contacts_of(2, began=add_months(london_today(), -18))
    hold = Hold.objects.place(
        held,
        by=by,
        kind=Hold.Kind.SAFEGUARDING,
        ground=Hold.Ground.LIFE_IN_DANGER,
        reason="She said he will come back tonight",
        review_on=add_months(london_today(), 1),
    )
    hold.approve(by=other)
    assert retention.purge_all(london_today()).purged == 1
    assert list(Contact.objects.all()) == [held]
    assert seals.seal() > 0
    assert AuditSeal.objects.exists()
    assert seals.first_fault(london_today()) is None
    assert contact.pk != held.pk


def test_f14_it_can_forget_purge_and_replay_what_was_asked_and_linked(application):
    """Locking a row needs the right to change it, which it does not have everywhere."""
    by = Staff.objects.create(email="c@helpline.example")
    contact = Contact.objects.start(service="helpline", channel="phone", by=by)
    record = make_record(contact, by)
    make_link(contact, record, by).unlink(by=by)
    make_link(contact, record, by)
    ask(contact, by).stop(by=by)
    assert record.lose_consent(by=by)
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today())
    ActionRequest.objects.update(purge_on=london_today())
    run = PurgeRun.objects.create()
    retention.purge_all(london_today())
    left = Contact.objects.filter(pk=contact.pk), ServiceUser.objects, ActionRequest.objects
    assert not any(rows.exists() for rows in left)
    for entry in ledger.entries():
        retention.replay(entry, london_today(), run)


def test_f14_it_is_neither_owner_nor_superuser(application):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolcreaterole, rolcreatedb, rolreplication,"
            " (SELECT count(*) FROM pg_tables WHERE tableowner = current_user)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("helpline", False, False, False, False, 0)

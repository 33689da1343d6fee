"""The database of these tests is a copy that nobody has written in before."""

import os

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import database


@pytest.fixture
def source(db) -> str:
    """The name of the one that this test's database was copied from."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return database.MADE + database.fingerprint(cursor.fetchone()[0], database.sources())


def test_what_is_copied_takes_no_connections(source):
    before, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")

    with pytest.raises(psycopg2.OperationalError, match="not currently accepting connections"):
        psycopg2.connect(f"{before}/{source}")


def test_those_of_other_migrations_are_forgotten(source):
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'migrated_')")
        assert cursor.fetchall() == [(source,)]


def test_a_copy_lacks_no_migration(db):
    executor = MigrationExecutor(connection)

    assert executor.loader.applied_migrations
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.parametrize(
    "path",
    [
        "contacts/migrations/0001_initial.py",
        "contacts/first_scripts.py",
        "helpline/foundation/vault/sealed.py",
        "requirements.lock",
        "tests/database.py",
    ],
)
def test_it_is_made_from_migrations_and_what_they_import(path):
    assert settings.BASE_DIR / path in database.sources()


def test_it_is_made_anew_when_its_sources_or_the_server_change(tmp_path):
    migration = tmp_path / "0001_initial.py"
    migration.write_text("operations = []")
    before = database.fingerprint("18.1", {migration})
    assert database.fingerprint("18.1", {migration}) == before

    assert database.fingerprint("18.2", {migration}) != before
    migration.write_text("operations = [1]")
    assert database.fingerprint("18.1", {migration}) != before

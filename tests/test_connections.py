"""Connections to the database: kept between requests, and replaced when the server ends one."""

import psycopg2
import pytest
from django.conf import settings
from django.db import DataError, close_old_connections, connection, transaction
from django.db.backends.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)


def answers() -> int:
    """The process of the server that answers now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end(process: int) -> None:
    """As a restart of the server does, and not before it is done."""
    there = psycopg2.connect(**connection.get_connection_params())
    there.autocommit = True
    with there.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [process])
        assert cursor.fetchone()[0]
    there.close()


def test_a_connection_that_the_server_has_ended_costs_nobody_an_answer():
    before = answers()
    end(before)
    close_old_connections()  # as before every request
    assert answers() != before


def test_a_quiet_connection_is_used_again_without_asking(monkeypatch):
    before = answers()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: pytest.fail("It asked."))
    close_old_connections()
    assert answers() == before


def test_after_an_error_the_server_is_asked(monkeypatch):
    answers()
    asked = []
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: asked.append(1) or True)
    connection.errors_occurred = True
    close_old_connections()
    assert asked


def planned() -> list[str]:
    """The statements that the server has planned for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def plus(first: int, second: int) -> int:
    values = {"first": first, "second": second}
    return connection.ask("SELECT %(first)s::int + %(second)s::int", values)[0][0]


def test_a_statement_is_planned_once_for_each_connection():
    connection.close()
    assert [plus(1, 2), plus(3, 4)] == [3, 7]
    assert len(planned()) == 1
    connection.close()
    assert plus(5, 6) == 11
    assert len(planned()) == 1


def test_a_plan_outlives_a_transaction_that_failed():
    connection.close()
    with pytest.raises(DataError), transaction.atomic():
        plus(2_000_000_000, 2_000_000_000)  # planned, then too large
    assert plus(3, 4) == 7
    assert len(planned()) == 1


def test_connections_outlive_their_request():
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] is None
    assert connection.health_check_enabled

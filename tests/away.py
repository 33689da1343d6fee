"""PostgreSQL as it is away: for this test's database alone, and for a while."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from django.db import connection

from tests.racing import until


@contextmanager
def database_away() -> Iterator[None]:
    """This test's database refuses every connection meanwhile, and has ended those there were."""
    name = connection.settings_dict["NAME"]
    before, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    connection.close()
    with closing(psycopg2.connect(f"{before}/postgres")) as other:
        other.autocommit = True
        with other.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            until(lambda: nobody_is_connected(cursor, name))
            try:
                yield
            finally:
                cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def nobody_is_connected(cursor, name: str) -> bool:
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
    return cursor.fetchone()[0] == 0

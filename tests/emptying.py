"""After a transactional test every row goes that it left, in whatever table.

Django truncates every table there is and makes its content types and permissions again, which
takes ten times as long as it takes to delete the few rows.
"""

from django.db import connection
from django.test import TransactionTestCase

KEPT = ["django_migrations", "django_content_type", "auth_permission"]  # they came with the tables
# With triggers off, which only a superuser can do: the trail lets nobody else empty it, and what
# belongs to a row goes too. Like TRUNCATE it waits for whoever is still writing, so that nothing
# comes in behind it.
EMPTY = """
DO $$
DECLARE
    tables text[] := ARRAY(
        SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> ALL (%s) ORDER BY tablename
    );
    name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE 'LOCK TABLE ' || array_to_string(tables, ', ') || ' IN EXCLUSIVE MODE';
    FOREACH name IN ARRAY tables LOOP
        IF pg_relation_size(name::regclass) > 1000000 THEN  -- bytes, too many to read every time
            EXECUTE 'TRUNCATE ' || name || ' CASCADE';
        ELSE
            EXECUTE 'DELETE FROM ' || name;
        END IF;
    END LOOP;
END $$
"""


def by_deleting() -> None:
    """From now on."""
    TransactionTestCase._fixture_teardown = empty


def empty(self=None) -> None:
    """Remove every row but those that came with the tables."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [KEPT])

"""The one clock by which alerts are due: the database’s, whatever our machines think (E11)."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """What time it is in the database; it moves on within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]

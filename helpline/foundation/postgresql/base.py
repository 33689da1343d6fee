"""Django's PostgreSQL with fewer and shorter questions in every request.

Django looks for a database by the name of a package with a module `base`.
"""

import select
from collections.abc import Iterable

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    def get_new_connection(self, parameters):
        """A connection that has planned nothing yet."""
        self.planned: dict[str, str] = {}
        return super().get_new_connection(parameters)

    def prepared(self, sql: str, names: Iterable[str]) -> str:
        """What to execute instead of `sql`, with the same named parameters: its plan is made only
        once.

        For the few statements of every request and every line, whose planning costs more than
        their doing. They name their columns: a plan is refused once `*` has come to mean something
        else.
        """
        self.ensure_connection()
        if sql not in self.planned:
            plan, names = f"planned_{len(self.planned)}", list(names)
            numbered = sql % {name: f"${number}" for number, name in enumerate(names, start=1)}
            with self.cursor() as cursor:
                cursor.execute(f"PREPARE {plan} AS {numbered}")
            self.planned[sql] = f"EXECUTE {plan} ({', '.join(f'%({name})s' for name in names)})"
        return self.planned[sql]

    def ask(self, sql: str, values: dict[str, object]) -> list[tuple]:
        """The rows that a prepared statement answers with these named values."""
        statement = self.prepared(sql, values)
        with self.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def is_usable(self):
        """As Django answers it, but a connection on which nothing happened needs no round trip.

        When its server ends one, that can be read from it; so could be anything else unexpected.
        """
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return super().is_usable()
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()

"""Django's PostgreSQL with fewer and shorter questions in every request.

Django looks for a database by the name of a package with a module `base`.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    def get_new_connection(self, parameters):
        """A connection that has planned nothing yet."""
        self.planned: dict[str, str] = {}
        return super().get_new_connection(parameters)

    def prepared(self, sql: str) -> str:
        """What to execute instead of `sql`, with the same parameters: its plan is made only once.

        For the few statements of every request, whose planning costs more than their doing. They
        name their columns: a plan is refused once `*` has come to mean something else.
        """
        self.ensure_connection()
        if sql not in self.planned:
            count, name = sql.count("%s"), f"planned_{len(self.planned)}"
            numbered = sql % tuple(f"${number + 1}" for number in range(count))
            with self.cursor() as cursor:
                cursor.execute(f"PREPARE {name} AS {numbered}")
            self.planned[sql] = f"EXECUTE {name} ({', '.join(['%s'] * count)})"
        return self.planned[sql]

    def is_usable(self):
        """As Django answers it, but a connection on which nothing happened needs no round trip.

        When its server ends one, that can be read from it; so could be anything else unexpected.
        """
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return super().is_usable()
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()

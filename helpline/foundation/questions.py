"""Questions that pages ask the database all day: put into SQL once, then only asked."""

from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, Value


class Blank(Value):
    """In a queryset: a value that is said only when the question is asked."""

    def __init__(self, name: str) -> None:
        super().__init__(None)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class Question(NamedTuple):
    """The SQL of a queryset of plain values, so that Django need not build it for every page."""

    sql: str
    parameters: tuple

    @classmethod
    def of(cls, rows: QuerySet) -> "Question":
        """As Django would ask for these rows; the SQL is empty where there can be none."""
        try:
            return cls(*rows.query.sql_with_params())
        except EmptyResultSet:
            return cls("", ())

    def answer(self, **said) -> list[tuple]:
        """The rows as they are now, with what is said in place of the `Blank` of each name."""
        if not self.sql:
            return []
        parameters = [said[p.name] if isinstance(p, Blank) else p for p in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            return cursor.fetchall()

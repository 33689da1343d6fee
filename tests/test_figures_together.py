"""All that is told of the figures, held against each other: nothing hidden comes out (M02)."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Figure, TopicFigure
from helpline.dashboards import api, views
from helpline.dashboards.figures import DIMENSIONS, SHARED
from helpline.dashboards.periods import Quarter, months, weeks_of
from helpline.foundation.staff.roles import Scope
from tests.figuring import figures
from tests.partners import make_key, system

pytestmark = pytest.mark.django_db

QUARTER = Quarter(date(2026, 7, 1))
MONTHS = months(date(2026, 7, 1), date(2026, 9, 1))
WEEKS = [week for month in MONTHS for week in weeks_of(month)]
OVER = [date(2026, 8, 3), date(2026, 8, 31), date(2026, 9, 28)]  # when each of them is
SPLITS = [name for name in DIMENSIONS if name != "topic"]  # these add up to all contacts

Equation = tuple[dict[tuple, int], int]


def test_m02_a_quarter_less_the_months_of_the_interface_gives_nothing_away(lead, admin, signed_in):
    """27 texts in the quarter, 12 and 12 in two months, would leave the 3 that are hidden."""
    for month, texts in zip(MONTHS, (12, 12, 3), strict=True):
        figures(weeks_of(month)[0], texts, channel="text")
        figures(weeks_of(month)[0], 50)

    with time_machine.travel(OVER[-1]):
        partner = system(make_key(admin, Scope.READ_FIGURES, days=30)[1])
        answer = partner.get("/api/figures/", {"from": "2026-07", "to": "2026-09"}).json()
        file = signed_in(lead).get("/staff/figures/file/", {"quarter": QUARTER.code})
    texts = [row["contacts"] for row in answer["counts"] if row["group"] == "text"]
    rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    quarter = {(by, group): count for _, by, group, count in rows}

    assert texts == [12, 12, None]
    assert quarter["Channel", "Text"] == quarter["Channel", "Phone"] == "Not shown"


def published() -> Iterator[tuple[tuple, list[tuple], int | None]]:
    """Name, what it is the sum of, and the count, of all that anybody is ever told."""
    asked = api.Asked(MONTHS[0], MONTHS[-1], SHARED)
    for month, by, group, count in api.told(asked):
        group = "" if group == api.NONE else group
        yield ("month", month, by, group), [(month, by, group)], count
    for over, today in enumerate(OVER, 1):
        with time_machine.travel(today):
            told = views.counted(QUARTER)
        so_far = MONTHS[:over]
        yield ("all", today), [(month, "all", "all") for month in so_far], told.contacts
        for week, count in told.weeks.items():
            yield ("week", today, week), [(week,)], count
        for by, groups in told.splits.items():
            for group, count in groups.items():
                yield (today, by, group), [(month, by, group) for month in so_far], count


def adding_up() -> Iterator[Equation]:
    """What everybody knows: weeks and groups add up to their month."""
    for month in MONTHS:
        yield {(month, "all", "all"): -1} | {(week,): 1 for week in weeks_of(month)}, 0
        for by in SPLITS:
            groups = {(month, by, group): 1 for group in DIMENSIONS[by].labels()}
            yield groups | {(month, "all", "all"): -1}, 0


def solved(equations: list[Equation]) -> dict[tuple, Fraction]:
    """Every count that these equations fix, by Gauss and Jordan."""
    rows: dict[tuple, tuple[dict, Fraction]] = {}
    for terms, total in equations:
        left, right = {name: Fraction(n) for name, n in terms.items()}, Fraction(total)
        for name in [name for name in left if name in rows]:
            left, right = less(left, right, rows[name], left[name])
        if not left:
            assert right == 0
            continue
        pivot = next(iter(left))
        by = left[pivot]
        row = {name: n / by for name, n in left.items()}, right / by
        for other, (terms_, total_) in rows.items():
            if pivot in terms_:
                rows[other] = less(terms_, total_, row, terms_[pivot])
        rows[pivot] = row
    return {name: total for name, (terms, total) in rows.items() if len(terms) == 1}


def less(left: dict, right: Fraction, row: tuple[dict, Fraction], times: Fraction) -> tuple:
    """One equation less so many times another."""
    terms = dict(left)
    for name, n in row[0].items():
        terms[name] = terms.get(name, Fraction(0)) - times * n
    return {name: n for name, n in terms.items() if n}, right - times * row[1]


def known() -> tuple[list[Equation], set[tuple]]:
    """What is told as equations, and the single counts that are hidden in it."""
    equations, hidden = list(adding_up()), set()
    for _, terms, count in published():
        if count is not None:
            equations.append((dict.fromkeys(terms, 1), count))
        elif len(terms) == 1:
            hidden.add(terms[0])
    return equations, hidden


ROWS = st.dictionaries(
    st.tuples(
        st.sampled_from(WEEKS[::3]),
        st.sampled_from(["phone", "chat", "text", "email"]),
        st.sampled_from(["to-1", "to-5"]),
    ),
    st.integers(1, 14),
    min_size=4,
    max_size=14,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS)
def test_m02_nobody_can_solve_for_a_hidden_count_from_all_that_is_told(db, rows):
    Figure.objects.all().delete()
    TopicFigure.objects.all().delete()
    for (week, channel, waited), contacts in rows.items():
        figures(week, contacts, channel=channel, waited=waited)

    equations, hidden = known()

    assert not hidden & solved(equations).keys()


def test_the_solver_finds_what_a_quarter_by_itself_would_give_away():
    equations = [({"a": 1, "b": 1, "c": 1}, 27), ({"a": 1}, 12), ({"b": 1}, 12)]

    assert solved(equations) == {"a": 12, "b": 12, "c": 3}

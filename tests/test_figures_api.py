"""Another system reads figures: months, never days; groups, never a person."""

from datetime import date, timedelta

import pytest
import time_machine

from contacts.models import Contact
from helpline.dashboards.periods import first_week, last_whole_month
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Scope
from tests.figuring import figures, topics
from tests.partners import make_key, system

pytestmark = pytest.mark.django_db

PATH = "/api/figures/"


@pytest.fixture
def reader(admin):
    return system(make_key(admin, Scope.READ_FIGURES, days=300)[1])


@pytest.fixture
def month() -> date:
    return last_whole_month(london_today())


@pytest.fixture
def week(month) -> date:
    return first_week(month)


def told(answer) -> dict[tuple[str, str], int | None]:
    """Counts by split and group, of an answer about one month."""
    assert answer.status_code == 200, answer.content
    return {(row["by"], row["group"]): row["contacts"] for row in answer.json()["counts"]}


def one(reader, month: date, **query):
    return told(reader.get(PATH, {"from": f"{month:%Y-%m}", "to": f"{month:%Y-%m}"} | query))


def test_contacts_are_counted_by_month_and_each_split(reader, month, week):
    figures(week, 30)
    figures(week, 20, channel="chat", outcome="")
    topics(week, 25, "family")

    counts = one(reader, month)

    assert counts["all", "all"] == 50
    assert (counts["channel", "phone"], counts["channel", "chat"]) == (30, 20)
    assert (counts["service", "helpline"], counts["service", "is-this-ok"]) == (50, 0)
    assert (counts["outcome", "listened"], counts["outcome", "none"]) == (30, 20)
    assert counts["topic", "family"] == 25


def test_one_split_can_be_asked_for(reader, month, week):
    figures(week, 30)

    assert {by for by, _group in one(reader, month, by="channel")} == {"all", "channel"}


def test_m02_a_small_group_is_hidden_with_what_would_give_it_away(reader, month, week):
    figures(week, 9)
    figures(week, 40, channel="chat")
    figures(week, 60, channel="text")

    counts = one(reader, month)

    assert counts["channel", "phone"] is counts["channel", "chat"] is None
    assert (counts["channel", "text"], counts["channel", "email"]) == (60, 0)
    assert counts["all", "all"] == 109


def test_m02_a_small_month_tells_nothing(reader, month, week):
    figures(week, 9)

    assert set(one(reader, month).values()) == {None, 0}


def test_a_week_counts_into_the_month_of_its_thursday(reader):
    figures(date(2026, 9, 28), 40)
    with time_machine.travel(date(2026, 11, 22)):
        assert one(reader, date(2026, 10, 1))["all", "all"] == 40
        assert one(reader, date(2026, 9, 1))["all", "all"] == 0


def test_a12_months_and_nothing_finer(reader, month, week):
    figures(week, 30)

    answer = reader.get(PATH)

    assert {len(row["month"]) for row in answer.json()["counts"]} == {len("2026-05")}
    assert week.isoformat() not in answer.content.decode()
    assert len({row["month"] for row in answer.json()["counts"]}) == 12


def test_a_month_that_is_not_over_is_not_told(reader, month):
    nearly = first_week(month) + timedelta(days=45)
    answer = reader.get(PATH, {"to": f"{nearly:%Y-%m}"})

    assert answer.status_code == 400
    assert f"{month:%Y-%m} at most" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize(
    "text",
    [
        *("", "0000-01", "0001-01", "9999-12", "2026-13", "2026-00", "30/02/2026", "02/30/2026"),
        *("2026-02-30", "2026", "202605", "-2026-05", "2026-05 ", "٢٠٢٦-٠٥", "now", "99999999-01"),
    ],
)
def test_h09_a_month_that_cannot_be_is_refused_in_words(reader, name, text):
    answer = reader.get(PATH, {name: text})

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(name) or "from is" in answer.json()["detail"]


def test_h09_months_the_wrong_way_round_are_refused(reader):
    assert reader.get(PATH, {"from": "2026-03", "to": "2026-02"}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        *(
            "by=",
            "by=waited",
            "by=week",
            "by=channel__startswith",
            "by='; DROP TABLE staff",
            "by=id",
        ),
        *("service=helpline", "channel__startswith=p", "week=2026-01-05", "ordering=contacts"),
        *(
            "pk__class=1",
            "from__gte=2026-01",
            "page_size=100000",
            "format=api",
            "by=topic&by=topic",
        ),
        *("limit=1", "fields=*", "worker__email__startswith=a", "by[$ne]=1", "select=", "=1"),
    ],
)
def test_h03_f05_an_unknown_filter_is_refused(reader, query):
    answer = reader.get(f"{PATH}?{query}")

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_f12_36_months_at_most(reader):
    assert reader.get(PATH, {"from": "2023-10", "to": "2026-09"}).status_code == 200
    assert reader.get(PATH, {"from": "2023-09", "to": "2026-09"}).status_code == 400


def test_f12_the_answer_does_not_grow_with_the_figures(reader, month, week):
    before = len(reader.get(PATH).json()["counts"])
    for number in range(4):
        figures(week + timedelta(weeks=number), 500, channel="chat", waited="none")

    assert len(reader.get(PATH).json()["counts"]) == before


def test_a11_f05_no_staff_and_no_contact_is_in_an_answer(reader, make_contact, worker, supervisor):
    contact = make_contact("hello", worker=worker)
    contact.end(by=worker)

    said = reader.get(PATH).content.decode() + reader.get("/api/schema.json").content.decode()

    for staff in Staff.objects.all():
        assert str(staff.pk) not in said
        assert staff.email not in said
        assert not staff.name or staff.name not in said
    for secret in Contact.objects.values_list("handle", flat=True):
        assert secret not in said


def test_figures_take_the_same_few_queries_for_any_span(reader, week, django_assert_num_queries):
    figures(week, 30)
    reader.get(PATH)
    for query in ({"from": "2026-09", "to": "2026-09"}, {"from": "2023-10", "to": "2026-09"}):
        with django_assert_num_queries(6):
            assert reader.get(PATH, query).status_code == 200

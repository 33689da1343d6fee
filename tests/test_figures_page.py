"""The page of figures: charts with their tables, the same as a file, and nobody in either."""

import csv
import io
import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, Line
from helpline.dashboards import charts
from helpline.foundation.sheets import neutral, sheet
from tests.figuring import figures, topics

pytestmark = pytest.mark.django_db

NOW = date(2026, 11, 30)
WEEK = date(2026, 11, 16)


@pytest.fixture
def browser(lead, signed_in):
    with time_machine.travel(NOW):
        yield signed_in(lead)


def table(page: str, title: str) -> dict[str, str]:
    """The rows of one table."""
    (found,) = re.findall(rf'<caption class="unseen">{title}</caption>.*?</table>', page, re.S)
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="amount">(.*?)</td>', found)
    return dict(rows)


def opened(browser, **query) -> str:
    answer = browser.get("/staff/figures/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_chart_has_its_table(browser):
    figures(WEEK, 30)
    figures(WEEK, 20, channel="chat", waited="to-5", talked="over-60", outcome="")
    topics(WEEK, 25, "family")

    page = opened(browser)

    assert page.count('class="drawing"') + page.count('class="lying"') == 7
    assert table(page, "Contacts by week")["16 November 2026"] == "50"
    assert table(page, "Channel")["Phone"] == "30"
    assert table(page, "Service") == {"Helpline": "50", "Is This OK?": "0"}
    assert table(page, "Topic")["Family"] == "25"
    assert table(page, "Outcome")["Not noted"] == "20"
    assert table(page, "Time until answered")["Up to 5 minutes"] == "20"
    assert table(page, "Time talked")["Over an hour"] == "20"


def test_m02_small_groups_are_hidden_on_the_page_and_in_the_file(browser):
    figures(WEEK, 9)
    figures(WEEK, 40, channel="chat")
    figures(WEEK, 60, channel="text")
    hidden = {"Phone": "Not shown", "Web chat": "Not shown", "E-mail": "0", "Text": "60"}

    page = opened(browser)

    assert table(page, "Channel") == hidden
    assert {row[2]: row[3] for row in in_file(browser) if row[1] == "Channel"} == hidden
    assert ">9<" not in page
    assert ">40<" not in page


def test_a_month_that_is_not_over_does_not_count_yet(browser):
    figures(NOW, 50)
    assert sum(int(count) for count in table(opened(browser), "Contacts by week").values()) == 0


def test_an_earlier_quarter_can_be_chosen(browser):
    figures(date(2026, 8, 3), 50)

    assert table(opened(browser, quarter="2026-3"), "Channel")["Phone"] == "50"
    assert table(opened(browser), "Channel")["Phone"] == "0"


@pytest.mark.parametrize("path", ["/staff/figures/", "/staff/figures/file/"])
@pytest.mark.parametrize(
    "quarter", ["", "2026-5", "0000-1", "9999-4", "2027-1", "30/02/2026", "'--"]
)
def test_h09_a_quarter_that_cannot_be_is_refused_in_words(browser, path, quarter):
    answer = browser.get(path, {"quarter": quarter})

    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()


def in_file(browser) -> list[list[str]]:
    answer = browser.get("/staff/figures/file/")
    assert answer.headers["content-disposition"] == 'attachment; filename="figures-2026-4.csv"'
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_has_what_the_page_has(browser):
    figures(WEEK, 30)
    rows = in_file(browser)

    assert rows[0] == ["Quarter", "By", "Group", "Contacts"]
    assert ["October to December 2026", "Week", "16 November 2026", "30"] in rows
    assert {len(row) for row in rows} == {4}
    page = opened(browser)
    assert all(row[3] in page for row in rows[1:])


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  ="]
)
def test_h02_no_cell_of_a_file_starts_a_formula(start):
    cell = f'{start}HYPERLINK("https://elsewhere.example";"a,b")'

    assert neutral(cell) == f"'{cell}"
    (row,) = csv.reader(io.StringIO(sheet([[cell, "plain"]]).decode("utf-8-sig"), newline=""))
    assert row == [f"'{cell}", "plain"]


def test_h02_plain_cells_stay_as_they_are():
    assert [neutral(cell) for cell in ("Phone", 12, "Is This OK?", "")] == [
        "Phone",
        "12",
        "Is This OK?",
        "",
    ]


def test_figures_stay_when_their_contact_goes(browser, make_contact, worker):
    for number in range(10):
        with time_machine.travel(f"2026-11-1{6 + number % 3} 10:00"):
            make_contact("hello", worker=worker).end(by=worker)
    before = opened(browser)

    Line.objects.all().delete()
    Contact.objects.all().delete()

    assert table(opened(browser), "Channel") == table(before, "Channel")
    assert table(before, "Channel")["Web chat"] == "10"


def test_one_query_for_each_chart_however_many_figures(browser):
    for number, channel in enumerate(("phone", "chat", "text", "email")):
        figures(WEEK, 30 + number, channel=channel)
    with CaptureQueriesContext(connection) as asked:
        opened(browser)

    assert sum("figure" in query["sql"] for query in asked.captured_queries) == 7


@pytest.mark.parametrize(("most", "step"), [(0, 1), (4, 1), (5, 2), (9, 5), (200, 50), (201, 100)])
def test_grid_lines_have_round_numbers_and_reach_the_highest_bar(most, step):
    assert charts.step(most) == step
    assert step * charts.GRID >= most


def test_bars_stand_within_their_drawing():
    chart = charts.columns([(str(n), n * 7 % 40 or None) for n in range(14)])

    for bar in chart.bars:
        assert charts.LEFT <= bar.x <= bar.x + bar.width <= chart.width
        assert charts.TOP <= bar.y <= charts.BOTTOM
    assert sum(bool(bar.label) for bar in chart.bars) <= charts.LABELS

"""The board of escalations: what waits, against which limit, who owns it; nothing of whom."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from helpline.foundation.staff.roles import Role
from safeguarding.escalations import board
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision, Urgency
from safeguarding.models import Escalation
from safeguarding.models.handover import HANDED
from tests.serving import Listening, cookie_of, served
from tests.worries import CONCERN, brought_to, raised

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = "/staff/escalations/"
QUERIES = 12
WORDS = {name: f"all that is known of {name}" for name in HANDED}


def shown(client, **query) -> str:
    answer = client.get(BOARD, query)
    assert answer.status_code == 200
    return answer.content.decode()


def in_order(page: str, escalations) -> list[str]:
    """The names of these as they stand on the page, from above."""
    names = {each.name_words: name for name, each in escalations.items()}
    return [names[at] for at in sorted(names, key=page.find) if at in page]


@pytest.fixture
def several(contact, worker, supervisor, lead, make_staff, admin):
    """One of every place of the board."""
    leaver = make_staff("leaver", Role.LEAD)
    found = {
        "decided": brought_to(raised(contact, worker), Status.DECIDED, by=lead),
        "assessed": brought_to(raised(contact, worker), Status.ASSESSING, by=supervisor),
        "today": raised(contact, worker, urgency=Urgency.TODAY),
        "immediate": raised(contact, worker, said="I have the tablets here"),
        "alone": brought_to(raised(contact, worker), Status.ACTING, by=leaver),
        "closed": brought_to(raised(contact, worker), Status.CLOSED, by=lead),
    }
    leaver.deactivate(by=admin)
    return found


def test_e21_what_nobody_owns_any_more_stands_first_and_red(signed_in, supervisor, several):
    page = shown(signed_in(supervisor))
    order = ["alone", "immediate", "today", "assessed", "decided"]
    assert in_order(page, several) == order
    first = page.partition("<tbody")[2].partition("</tr>")[0]
    assert "worry--now" in first
    assert "Nobody: its owner has left" in first


def test_each_row_says_its_limit_owner_and_next_step_and_no_word(signed_in, supervisor, several):
    page = shown(signed_in(supervisor))
    assert "Acknowledge within 4 min" in page
    assert "Decide within 14 min" in page
    assert "Do what was decided" in page
    assert supervisor.alias in page
    for word in ("I have the tablets here", CONCERN):
        assert word not in page


def test_a_limit_is_a_bar_that_fills_and_turns_red(signed_in, supervisor, contact, worker):
    raised(contact, worker)
    now = timezone.now()
    client = signed_in(supervisor)
    for minutes, said, width in ((2, "Acknowledge within", 40), (9, "late", 100)):
        with time_machine.travel(now + timedelta(minutes=minutes, seconds=1), tick=False):
            page = shown(client)
        row = page.partition("<tbody")[2].partition("</tr>")[0]
        assert said in row
        assert f'<rect width="{width}"' in row
        assert ("bar--late" in row) is (width == 100)
    assert 'style="' not in page


def test_open_mine_and_closed(signed_in, supervisor, several):
    client = signed_in(supervisor)
    assert in_order(shown(client, show="mine"), several) == ["assessed"]
    assert in_order(shown(client, show="closed"), several) == ["closed"]
    assert client.get(BOARD, {"show": "all"}).status_code == 404


def test_a_worker_sees_what_they_raised_and_nothing_of_others(
    signed_in, worker, colleague, contact, make_contact, team
):
    mine = raised(contact, worker)
    theirs = raised(make_contact("hello", worker=colleague, team=team), colleague)
    page = shown(signed_in(worker))
    assert mine.name_words in page
    assert theirs.name_words not in page


@pytest.mark.parametrize("which", board.LISTS)
def test_pages_follow_each_other_without_a_gap_or_a_repetition(
    contact, worker, lead, several, which
):
    for number in range(6):
        each = raised(contact, worker, urgency=list(Urgency)[number % 3])
        brought_to(each, list(Status)[number], by=lead, decision=Decision.SUPPORT_PLAN)
    everything = [row.pk for row in board.escalations_of(which, lead)]
    found, position = [], ""
    for _ in everything:
        rows = board.behind(board.escalations_of(which, lead), which, position)
        row = rows.first()
        found.append(row.pk)
        position = board.position_of(row.rank, row.due, row.pk)
    assert found == everything
    assert not board.behind(board.escalations_of(which, lead), which, position).exists()


def test_more_than_a_page_leads_on(signed_in, supervisor, contact, worker, monkeypatch):
    monkeypatch.setattr(board, "PAGE", 2)
    for _ in range(3):
        raised(contact, worker)
    client, seen = signed_in(supervisor), []
    page = shown(client)
    seen.append(page.count("data-row"))
    link = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    page = client.get(BOARD + link.replace("&amp;", "&")).content.decode()
    seen.append(page.count("data-row"))
    assert seen == [2, 1]
    assert client.get(BOARD, {"after": "invented"}).status_code == 404


def test_the_board_costs_the_same_number_of_queries_however_long(
    signed_in, supervisor, contact, worker
):
    client, counts = signed_in(supervisor), []
    shown(client)
    for more in (1, 30):
        for _ in range(more):
            raised(contact, worker)
        with CaptureQueriesContext(connection) as asked:
            shown(client)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= QUERIES


def test_raising_one_costs_a_fixed_number_of_statements(contact, worker):
    raised(contact, worker)
    with CaptureQueriesContext(connection) as asked:
        raised(contact, worker)
    assert len(asked) <= 32  # the first alert among them


def test_who_handed_it_over_stands_on_the_board_and_what_was_said_on_its_page(
    signed_in, contact, worker, supervisor, other_supervisor
):
    escalation = brought_to(raised(contact, worker), Status.ASSESSING, by=supervisor)
    client = signed_in(supervisor)
    move = reverse("escalation_move", args=[escalation.pk])
    short = {"do": "hand-over", "to": other_supervisor.pk, "summary": "They rang twice tonight."}
    page = client.post(move, short).content.decode()
    assert "They rang twice tonight." in page
    assert client.post(move, short | WORDS).status_code == 302
    page = shown(client)
    assert f"Handed over by {supervisor.alias}" in page
    assert WORDS["worry"] not in page
    assert WORDS["worry"] in client.get(escalation.get_absolute_url()).content.decode()


def test_e21_on_the_page_somebody_else_takes_on_what_was_left(signed_in, several, supervisor):
    client, alone = signed_in(supervisor), several["alone"]
    assert "Nobody owns this." in client.get(alone.get_absolute_url()).content.decode()
    client.post(reverse("escalation_move", args=[alone.pk]), {"do": "take-on"})
    assert Escalation.objects.get(pk=alone.pk).owner == supervisor


def test_a_talk_is_offered_on_the_board_and_answered_on_the_page(signed_in, several, worker, lead):
    client, about = signed_in(worker), several["decided"]
    assert "A talk is offered to you" in shown(client)
    talk = reverse("escalation_debrief", args=[about.pk])
    assert client.post(talk, {"answer": "decline"}).status_code == 302
    assert client.post(talk, {"answer": "take"}).status_code == 409
    assert signed_in(lead).post(talk, {"answer": "take"}).status_code == 302
    about.debrief.refresh_from_db()
    assert (about.debrief.status, about.debrief.given_by) == ("taken", lead)


def test_the_navigation_counts_what_nobody_owns_and_shouts_for_a_life(
    signed_in, supervisor, several
):
    page = shown(signed_in(supervisor))
    assert page.count("for somebody to own</span>") == 2
    assert '3<span class="unseen"> for somebody to own' in page
    assert '<span class="count count--bad">1 immediate</span>' in page


def test_an_open_board_is_told_when_something_moves(
    keys, tmp_path, signed_in, supervisor, contact, worker
):
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, _):
        cookie = cookie_of(signed_in(supervisor))
        with Listening(port, "/live/escalations/", headers=cookie) as page:
            assert page.event()["event"] == "changed"
            escalation = raised(contact, worker)
            assert page.event()["event"] == "changed"
            escalation.acknowledge(by=supervisor)
            assert page.event()["event"] == "changed"

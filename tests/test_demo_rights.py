"""The demonstration’s requests about data, told by the verbs that staff use."""

from datetime import timedelta

import pytest

from helpline.demo import rights
from helpline.demo.words import ASKED_ABOUT
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Role
from privacy.models import RightsRequest
from privacy.rights import board
from privacy.rights.kinds import Kind, Status

pytestmark = pytest.mark.django_db
S = Status


@pytest.fixture
def told(make_contact, make_staff, worker, dpo):
    lead = make_staff("lead", Role.LEAD)
    about = make_contact(*(words for _who, _minutes, words in ASKED_ABOUT), ended=True)
    rights.tell(worker, dpo, lead, about=about)
    return {each.status: each for each in RightsRequest.objects.all()}


def test_the_desk_shows_one_of_each(told):
    """One in review, one that waits for proof, one nearly due, one to approve, one closed."""
    assert set(told) == {S.REVIEW, S.ID_REQUESTED, S.ID_CONFIRMED, S.APPROVAL, S.CLOSED}
    assert list(board.waiting()) == [told[S.ID_REQUESTED]]
    assert list(board.to_approve()) == [told[S.APPROVAL]]
    first, then = board.running()
    assert (first.kind, then.kind) == (Kind.ERASE, Kind.ACCESS)
    assert first.due_on - london_today() <= timedelta(days=board.SOON)


def test_the_review_has_begun_and_the_cousin_is_taken_out(told):
    items = told[S.REVIEW].items
    assert items.exclude(choice="").count() == 3
    assert items.undecided().count() > 3
    change = items.get(choice="redact").in_force()
    cut = "".join(ASKED_ABOUT[2][2][each.start : each.end] for each in change.taken_out())
    assert cut == "Leah07700 900312"


def test_what_waits_stops_the_clock_and_what_is_closed_was_answered(told):
    assert told[S.ID_REQUESTED].due_on is None
    closed = told[S.CLOSED]
    assert closed.letters.get().kind == "no-data"
    assert closed.decided_by != closed.preparer

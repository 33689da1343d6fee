"""A request never stands where nothing leads on: sent back it is where its answer was prepared, and
nothing is collected before it is proved who asks (D18)."""

import pytest

from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused, WrongState
from privacy.rights import moves
from privacy.rights.kinds import Kind, Status
from tests.rights import WHY, known, letter, stands, take_in, with_code

pytestmark = pytest.mark.django_db
S = Status
EARLY = [S.ACKNOWLEDGED, S.ID_REQUESTED, S.ID_RECEIVED, S.ID_CONFIRMED, S.LOCATING]


def prepared(request, by, outcome="refused") -> None:
    ground = "unfounded" if outcome == "refused" else ""
    request.propose(outcome, by=by, reasons=WHY, refusal=ground)


@pytest.mark.parametrize("status", [*EARLY, S.CLOCK_STOPPED, S.COLLECTING, S.REVIEW])
def test_d18_sent_back_it_is_where_its_answer_was_prepared(status, dpo, second, contact):
    """D18: whatever was written about it meanwhile."""
    request = stands(status, dpo, second, contact)
    prepared(request, dpo)
    request.send_letter("acknowledged", letter(request, "acknowledged"), by=dpo)

    request.send_back(by=second, why=WHY)

    assert (request.status, request.preparer, request.proposed) == (status, None, "")
    with pytest.raises(WrongState):
        request.send_back(by=second, why=WHY)
    prepared(request, dpo)
    request.approve(by=second)
    assert request.status == S.REFUSED


@pytest.mark.parametrize("status", [S.ID_REQUESTED, S.ID_RECEIVED])
def test_who_has_not_proved_who_they_are_is_looked_at_again(
    status, dpo, second, contact, signed_in
):
    request = stands(status, dpo, second, contact)
    prepared(request, dpo, "not-identifiable")
    where = f"{request.get_absolute_url()}next/"
    assert signed_in(second).post(where, {"do": "send-back", "why": WHY}).status_code == 302
    request.refresh_from_db()
    assert request.status == status
    if status == S.ID_REQUESTED:
        request.receive_identity("passport", by=dpo)
    request.confirm_identity(by=dpo)
    request.locate(by=dpo)


def test_a_clock_that_stands_is_there_to_go_on_after_it_was_sent_back(dpo, second, contact):
    request = stands(S.CLOCK_STOPPED, dpo, second, contact)
    prepared(request, dpo)
    request.send_back(by=second, why=WHY)
    assert moves.MOVES["restart"].fits(request)

    request.restart_clock(by=dpo)

    assert (request.status, request.pauses.get().answered_on) == (S.LOCATING, london_today())


@pytest.mark.parametrize("outcome", ["released", "partly-released"])
def test_a_complaint_is_answered_while_it_is_open_who_makes_it(outcome, dpo, second):
    """D21."""
    request = take_in(Kind.COMPLAINT, by=dpo)
    request.ask_identity(WHY, by=dpo)
    prepared(request, dpo, outcome)
    request.approve(by=second)
    assert request.status == outcome


def located(by, contact, kind=Kind.ACCESS):
    """A request whose contact was found while nothing proved who asks."""
    request = take_in(kind, by=by)
    request.acknowledge(by=by)
    request.locate(by=by)
    request.find_by_code(with_code(contact), by=by)
    return request


def test_nothing_is_collected_before_it_is_proved_who_asks(dpo, contact):
    request = located(dpo, contact)
    with pytest.raises(Refused, match="not proved who asks"):
        request.collect(by=dpo)
    assert moves.MOVES["known"].fits(request)
    known(request, dpo)
    request.locate(by=dpo)
    request.collect(by=dpo)
    assert request.status == S.COLLECTING


def test_a_doubt_that_comes_while_it_is_located_is_asked_about(dpo, contact):
    """B07."""
    request = located(dpo, contact)
    assert moves.MOVES["ask-identity"].fits(request)
    request.ask_identity(WHY, by=dpo)
    assert request.statutory_on is None
    request.receive_identity("passport", by=dpo)
    request.confirm_identity(by=dpo)
    request.locate(by=dpo)
    request.collect(by=dpo)
    assert request.status == S.COLLECTING


def test_a_complaint_is_collected_whoever_makes_it(dpo, contact):
    request = located(dpo, contact, Kind.COMPLAINT)
    request.collect(by=dpo)
    assert request.status == S.COLLECTING

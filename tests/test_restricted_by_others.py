"""A restriction keeps what it covers, and holds up no other request about the same (Art 18)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contacts.models import Contact
from helpline.foundation.states import Refused
from privacy.models import RightsRequest
from privacy.rights.kinds import Kind, Status
from safeguarding.models import Hold
from tests.rights import WHY, letter, stands, take_in, told_and_closed
from tests.test_holds import place

pytestmark = pytest.mark.django_db
S = Status


@pytest.fixture
def over(make_contact, worker, team) -> Contact:
    """A chat that has ended."""
    return make_contact("my dad shouts", worker=worker, team=team, ended=True)


@pytest.fixture
def restricted(over, dpo, second) -> RightsRequest:
    """A request by which that chat is restricted."""
    return stands(S.RELEASED, dpo, second, over, Kind.RESTRICT)


def lifted(request, by) -> None:
    request.send_letter("lifting", letter(request, "lifting"), by=by)
    request.restriction.lift(by=by, why=WHY)


def holds_of(contact) -> int:
    return Hold.objects.in_force().filter(contacts=contact).count()


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.OBJECT, Kind.PORTABILITY])
def test_art_18_another_request_about_it_is_answered_and_closed(
    restricted, over, dpo, second, kind
):
    """D11: its own hold ends with it, and that of the restriction stays."""
    other = stands(S.CLOCK_STOPPED if kind == Kind.ACCESS else S.LOCATING, dpo, second, over, kind)
    other.propose("refused", by=dpo, reasons=WHY, refusal="unfounded")
    other.approve(by=second)
    assert holds_of(over) == 2

    told_and_closed(other, dpo)

    over.refresh_from_db()
    assert (over.restricted, over.held, holds_of(over)) == (True, True, 1)
    assert restricted.concerns.get().hold_id == Hold.objects.in_force().get().pk


def test_art_18_it_is_taken_out_of_another_and_another_is_joined(restricted, over, dpo, second):
    one = stands(S.LOCATING, dpo, second, over)
    one.take_out(one.concerns.get().pk, by=dpo, why=WHY)
    assert holds_of(over) == 1
    two = stands(S.LOCATING, dpo, second, over)
    two.join_to(take_in(two.kind, by=dpo), by=dpo)
    assert holds_of(over) == 1


def test_art_18_of_two_restrictions_that_are_closed_each_can_be_lifted(
    restricted, over, dpo, second
):
    """D11: in either order, and the last lets it go."""
    other = stands(S.RELEASED, dpo, second, over, Kind.RESTRICT)
    for request in (restricted, other):
        told_and_closed(request, dpo)
    assert holds_of(over) == 2

    lifted(other, dpo)
    over.refresh_from_db()
    assert (over.restricted, over.held, holds_of(over)) == (True, True, 1)

    lifted(restricted, dpo)
    over.refresh_from_db()
    assert (over.restricted, over.held, holds_of(over)) == (False, False, 0)


def test_art_18_nothing_ends_the_hold_of_what_restricts(restricted, over, dpo, lead):
    """D11: neither the request itself nor the page of holds."""
    with pytest.raises(Refused, match="until it is lifted"):
        restricted.release_scope(by=dpo)
    with pytest.raises(Refused, match="restriction"):
        Hold.objects.in_force().get().release(by=lead, reason=WHY)
    assert holds_of(over) == 1


def test_s_173_nobody_releases_what_an_open_request_keeps(over, dpo, second, lead, signed_in):
    """DPA 2018 s.173: it ends with the request, and the board of holds does not offer it."""
    request = stands(S.LOCATING, dpo, second, over)
    held, desk = Hold.objects.get(contacts=over), signed_in(lead)
    where = reverse("hold_release", args=[held.pk])
    assert where not in desk.get(reverse("holds")).content.decode()
    answer = desk.post(where, {"reason": WHY})
    assert answer.status_code == 409
    assert "A request about these words keeps them." in answer.content.decode()
    assert holds_of(over) == 1

    request.withdraw(by=dpo, why=WHY)
    request.close(by=dpo)
    assert holds_of(over) == 0


def test_a_hold_that_somebody_placed_for_a_request_is_theirs_to_release(over, supervisor, lead):
    hold = place(over, supervisor, kind=Hold.Kind.RIGHTS)
    assert not hold.for_request
    hold.release(by=lead, reason=WHY)
    assert holds_of(over) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(for_request=True, kind=Hold.Kind.LEGAL)

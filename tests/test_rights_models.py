"""A request about one's own data: what it holds, who sees it, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused
from privacy.models import RightsRequest
from privacy.rights.kinds import FROM, Asker, Kind, Route, Status

pytestmark = pytest.mark.django_db
WORDS = "Please send me what you have about me."


@pytest.fixture
def request_(worker):
    return take_in(by=worker)


def take_in(kind=Kind.ACCESS, *, by, route=Route.PHONE, words=WORDS, **said) -> RightsRequest:
    made = RightsRequest.objects.take_in(kind, by=by, route=route, words=words, **said)
    return RightsRequest.objects.with_key().get(pk=made.pk)


def test_s2_41_it_is_written_down_sealed_and_in_the_trail(worker):
    made = take_in(by=worker, name="Quillon Fairweather", reach="post to my sister")

    assert (made.words, made.name, made.reach) == (
        WORDS,
        "Quillon Fairweather",
        "post to my sister",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM privacy_rightsrequest r")
        assert "Fairweather" not in cursor.fetchone()[0]
    event = AuditEvent.objects.about(made).get()
    assert event.action == Action.RIGHTS_RECEIVED
    assert event.detail == {"kind": "access", "route": "phone"}


def test_s2_67_a_deletion_needs_no_ground(worker):
    assert take_in(Kind.ERASE, by=worker, words="Delete it.").is_open()


def test_b17_it_is_received_on_the_day_it_was_said_not_when_it_is_keyed(worker):
    """B17."""
    day = london_today() - timedelta(days=3)

    made = take_in(by=worker, route=Route.CHAT, received_on=day)

    assert made.received_on == day
    assert made.promised_on == day + timedelta(days=30)
    assert made.due_on == min(made.statutory_on, made.promised_on)


def test_b17_a_day_in_the_future_is_refused_and_one_long_ago_asks_why(worker):
    """B17."""
    today = london_today()
    with pytest.raises(Refused, match="future"):
        take_in(by=worker, received_on=today + timedelta(days=1))
    with pytest.raises(Refused, match="60 days"):
        take_in(by=worker, received_on=today - timedelta(days=61))

    why = "The letter lay in the wrong tray."
    made = take_in(by=worker, received_on=today - timedelta(days=61), late_because=why)

    assert made.steps.select_related("request__key").get().why == why
    assert take_in(by=worker, received_on=today - timedelta(days=60)).steps.get().why is None


def test_a_refused_request_leaves_nothing_behind(worker):
    with pytest.raises(Refused):
        take_in(by=worker, received_on=london_today() + timedelta(days=1))
    with pytest.raises(Refused):
        take_in(by=worker, shoe_size="44")

    assert not RightsRequest.objects.exists()
    assert not AuditEvent.objects.filter(action=Action.RIGHTS_RECEIVED).exists()


def test_the_dpo_sees_all_the_lead_what_waits_for_approval_and_others_none(
    request_, worker, supervisor, lead, dpo, admin
):
    def seen(staff):
        return list(RightsRequest.objects.visible_to(staff))

    assert seen(dpo) == [request_]
    assert not any(seen(staff) for staff in (worker, supervisor, lead, admin))

    RightsRequest.objects.filter(pk=request_.pk).update(status=Status.APPROVAL)
    assert seen(lead) == [request_]


def test_a_contact_that_was_only_recalled_is_not_in_the_scope(request_, contact, dpo, lead):
    concern = request_.concerns.create(contact=contact, found="recalled", added_by=dpo)
    assert not request_.scope().exists()

    concern.accepted_by = lead
    concern.save()

    assert list(request_.scope()) == [contact]
    assert list(RightsRequest.objects.about(contact)) == [request_]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.LOCATING, "identity_asked_on": london_today()},
        {"status": Status.RELEASED},
        {"status": Status.REFUSED},
        {"status": Status.DUPLICATE_OF, "closed_on": london_today()},
        {"status": Status.CLOSED},
        {"extended_on": london_today()},
        {"decided_on": london_today()},
    ],
    ids=lambda changes: "-".join(map(str, changes)),
)
def test_d18_the_database_refuses_a_status_without_its_facts(request_, changes):
    """D18: a status that was set past every verb still proves nothing."""
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=request_.pk).update(**changes)


def test_d10_the_database_refuses_one_person_for_both_halves(request_, dpo, lead):
    """D10."""
    decided = {"status": Status.REFUSED, "proposed": "refused", "decided_on": london_today()}
    rows = RightsRequest.objects.filter(pk=request_.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**decided, preparer=dpo, decided_by=dpo)

    assert rows.update(**decided, preparer=dpo, decided_by=lead) == 1


def test_d04_the_database_refuses_a_release_on_behalf_without_authority(worker, dpo, lead):
    """D04."""
    made = take_in(by=worker, asker=Asker.REPRESENTATIVE)
    released = {"status": Status.RELEASED, "proposed": "released", "decided_on": london_today()}
    released |= {"preparer": dpo, "decided_by": lead, "proof": "evidence"}
    rows = RightsRequest.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**released)

    assert rows.update(**released, authority_received_on=london_today()) == 1


def test_every_status_can_be_reached_and_left_until_it_is_over():
    reached = {each for each, before in FROM.items() if before}
    assert reached == set(Status) - {Status.RECEIVED}
    left = {status for before in FROM.values() for status in before}
    assert left == set(Status) - {Status.CLOSED, Status.DUPLICATE_OF}

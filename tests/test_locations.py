"""Where somebody is, is asked only to save a life, by two people, and told them (S0-23, E09)."""

from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from contacts.channels import Channel
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import ledger, records, retention
from privacy.models import Disposal, PurgeRun
from safeguarding.circumstances import Circumstance
from safeguarding.escalations.kinds import Urgency
from safeguarding.location.drawn import DRAWN, Status
from safeguarding.location.held import HELD
from safeguarding.models import Escalation, Hold, LocationFound, LocationRequest
from tests.authorities import ASKED, WHERE, WHY, asked, call, located, logged, step, worry
from tests.worries import brought_to

pytestmark = pytest.mark.django_db
FROM = {
    "approve": {Status.REQUESTED},
    "send": {Status.APPROVED},
    "find": {Status.SENT},
    "find_nothing": {Status.SENT},
    "tell": {Status.FOUND, Status.NOTHING},
    "could_not_tell": {Status.FOUND, Status.NOTHING},
    "stop": {Status.REQUESTED, Status.APPROVED},
}
ENDS = (Status.TOLD, Status.NOT_TOLD, Status.STOPPED)


@pytest.fixture
def escalation(make_contact, worker, team):
    return worry(call(make_contact, worker, team=team), worker)


@pytest.fixture
def location(escalation, supervisor):
    return asked(escalation, supervisor)


@pytest.mark.parametrize("verb", FROM)
@pytest.mark.parametrize("status", Status)
def test_every_verb_works_from_its_states_and_leaves_nothing_behind_from_others(
    location, supervisor, lead, verb, status
):
    located(location, status, by=supervisor, lead=lead)
    before, steps = LocationRequest.objects.values().get(pk=location.pk), location.steps.count()
    by = lead if verb == "approve" else supervisor

    if status in FROM[verb]:
        step(location, verb, by=by)
        assert location.steps.count() == steps + 1
        assert LocationRequest.objects.get(pk=location.pk).status != status
        return
    with pytest.raises(WrongState):
        step(location, verb, by=by)
    assert LocationRequest.objects.values().get(pk=location.pk) == before
    assert location.steps.count() == steps


@pytest.mark.parametrize(("start", "end"), list(product(Status, Status)))
def test_d18_postgresql_lets_only_the_drawn_moves_pass(location, supervisor, lead, start, end):
    """Also for whoever writes SQL in a shell: the rule stands in the database."""
    located(location, start, by=supervisor, lead=lead)
    rows = LocationRequest.objects.filter(pk=location.pk)
    over = {"closed_at": F("requested_at"), "keep_until": "2040-01-01"}
    said = {"approved_by": lead} | (over if end in ENDS else dict.fromkeys(over))

    if start == end or (start, end) in DRAWN:
        assert rows.update(status=end, **said) == 1
        return
    with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
        rows.update(status=end, **said)


def test_e09_a_worker_is_refused(escalation, worker, signed_in):
    with pytest.raises(Refused, match="A supervisor or the safeguarding lead"):
        asked(escalation, worker)
    for name in ("locations", "location_ask"):
        path = reverse(name, args=[escalation.pk] if name == "location_ask" else [])
        assert signed_in(worker).get(path).status_code == 404


@pytest.mark.parametrize("urgency", [Urgency.PLANNED, Urgency.TODAY])
def test_e09_what_is_not_immediate_is_refused(make_contact, worker, supervisor, urgency):
    escalation = worry(call(make_contact, worker), worker, urgency=urgency)
    with pytest.raises(Refused, match="immediate"):
        asked(escalation, supervisor)
    assert not LocationRequest.objects.exists()


def test_e09_one_person_alone_is_refused(location, supervisor, lead, make_staff, escalation):
    with pytest.raises(Refused, match="The safeguarding lead does this"):
        location.approve(by=supervisor)
    twice = make_staff("twice", "lead", person=supervisor)
    with pytest.raises(Refused, match="second person"):
        location.approve(by=twice)
    with pytest.raises(WrongState):
        location.send(by=supervisor)
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        LocationRequest.objects.filter(pk=location.pk).update(approved_by=supervisor)
    location.approve(by=lead)


def test_e09_s2_64_of_a_chat_we_hold_nothing_and_say_so(contact, worker, supervisor, signed_in):
    escalation = worry(contact, worker)
    with pytest.raises(Refused, match="We hold nothing"):
        asked(escalation, supervisor)
    path = reverse("location_ask", args=[escalation.pk])
    client = signed_in(supervisor)
    shown = client.get(path).content.decode()
    assert "We hold nothing. A chat cannot be traced" in shown
    assert "Ask the safeguarding lead to approve" not in shown
    answer = client.post(path, form(supervisor))
    assert answer.status_code == 409
    assert not LocationRequest.objects.exists()


def form(by, **changes) -> dict:
    said = ASKED | {"asked_by": by.pk, "asked_at": "2026-01-01T09:40", "only": "on"}
    return said | changes


def test_no_channel_is_forgotten_and_a_chat_has_no_provider():
    assert set(HELD) == set(Channel)
    assert [channel for channel, held in HELD.items() if held.provider is None] == [Channel.CHAT]
    nothing = {channel for channel, held in HELD.items() if held.ours.startswith("We hold nothing")}
    assert nothing == {Channel.CHAT, Channel.PHONE}
    for channel in (Channel.TEXT, Channel.EMAIL):  # where answers go, and no place
        assert "nothing of where they are" in HELD[channel].ours


@pytest.mark.parametrize("ground", set(Circumstance) - {Circumstance.LIFE_IN_DANGER})
def test_no_other_ground_will_do(escalation, supervisor, ground):
    with pytest.raises(Refused, match="Only a life in danger"):
        asked(escalation, supervisor, ground=ground)


def test_the_database_knows_no_other_ground_and_no_chat(location):
    for name, changes in [
        ("life_is_in_danger", {"ground": "asked"}),
        ("life_is_in_danger", {"purpose": "curiosity"}),
        ("known_to_nobody", {"channel": "chat"}),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            LocationRequest.objects.filter(pk=location.pk).update(**changes)


def test_s0_20_the_person_is_asked_first(escalation, supervisor):
    with pytest.raises(Refused, match="Ask the person where they are first"):
        asked(escalation, supervisor, answered=" ")
    with pytest.raises(Refused, match="before this"):
        asked(escalation, supervisor, asked_at=timezone.now() + timedelta(minutes=5))


def test_it_is_about_a_contact_and_asked_for_once(worker, supervisor, location, escalation):
    with pytest.raises(Refused, match="not over"):
        asked(escalation, supervisor)
    about_none = Escalation.objects.escalate(
        None, by=worker, kind="suicide", urgency="immediate", service="helpline"
    )
    with pytest.raises(Refused, match="about no contact"):
        asked(about_none, supervisor)


def test_nothing_is_approved_or_asked_once_the_escalation_is_over(
    location, escalation, supervisor, lead
):
    brought_to(escalation, "closed", by=lead)
    with pytest.raises(Refused, match="immediate"):
        location.approve(by=lead)
    location.stop(by=supervisor, why=WHY)
    assert location.status == Status.STOPPED


def test_s0_20_it_stays_open_until_the_person_knows_or_somebody_says_why_not(
    location, supervisor, lead
):
    located(location, Status.FOUND, by=supervisor, lead=lead)
    assert LocationRequest.objects.open().get() == location
    for verb in ("tell", "could_not_tell"):
        with pytest.raises(Refused, match="20 characters"):
            getattr(location, verb)(by=supervisor, why="not needed")
    location.could_not_tell(by=supervisor, why=WHY)
    assert not LocationRequest.objects.open().exists()


def test_the_answer_is_seen_by_its_handlers_and_the_lead_alone_and_each_look_is_written_down(
    location, supervisor, other_supervisor, lead, signed_in
):
    located(location, Status.FOUND, by=supervisor, lead=lead)
    show = reverse("location_show", args=[location.pk])
    for by, seen in [(supervisor, True), (lead, True), (other_supervisor, False)]:
        client = signed_in(by)
        assert WHERE not in client.get(location.get_absolute_url()).content.decode()
        answer = client.post(show)
        assert (answer.status_code == 200) is seen
        assert (WHERE in answer.content.decode()) is seen
    looks = AuditEvent.objects.filter(action=Action.LOCATION_SHOWN)
    assert {event.actor for event in looks} == {str(supervisor.pk), str(lead.pk)}


@pytest.fixture
def found(location, supervisor, lead) -> LocationFound:
    located(location, Status.TOLD, by=supervisor, lead=lead)
    return LocationFound.objects.get()


def purge(days: int) -> PurgeRun:
    return retention.purge_all(london_today() + timedelta(days=days))


def test_c23_where_somebody_was_is_there_for_29_days(found, supervisor):
    purge(29)
    assert DataKey.objects.filter(pk=found.key_id).exists()
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert LocationFound.objects.visible_to(supervisor).exists()


def test_c23_and_is_destroyed_after_30_while_the_fact_stays(found, supervisor, location):
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert not LocationFound.objects.visible_to(supervisor).exists()  # before the job has run
    run = purge(30)
    assert not LocationFound.objects.exists()
    assert not DataKey.objects.filter(pk=found.key_id).exists()
    assert LocationRequest.objects.get() == location
    certified = Disposal.objects.get(run=run)
    assert (certified.retention_class, certified.gone) == ("Where somebody was found", 1)


@pytest.mark.parametrize(
    ("kind", "stays"), [("legal", True), ("rights", True), ("safeguarding", False)]
)
def test_c23_only_an_order_a_claim_or_a_right_keeps_it_longer(found, lead, kind, stays):
    contact = found.request.escalation.contact
    Hold.objects.place(
        contact,
        by=lead,
        kind=kind,
        ground="life-in-danger" if kind == "safeguarding" else "claim",
        reason=WHY,
        review_on=add_months(london_today(), 3),
    )
    purge(30)
    assert LocationFound.objects.exists() is stays


def test_c23_the_ledger_destroys_it_again_after_a_restore_and_not_the_fact(found, location):
    purge(30)
    named = [each for each in ledger.entries() if found.pk in each.contacts]
    assert len(named) == 1
    retention.replay(named[0], london_today(), PurgeRun.objects.create())
    assert LocationRequest.objects.filter(pk=location.pk).exists()


def test_the_fact_goes_six_years_after_it_was_over(found, location):
    purge(30)
    days = (location.keep_until - london_today()).days
    purge(days - 1)
    assert LocationRequest.objects.exists()
    purge(days)
    assert not LocationRequest.objects.exists()
    assert not DataKey.objects.filter(pk=location.key_id).exists()


def test_from_the_page_it_is_asked_for_approved_and_told(
    escalation, supervisor, lead, signed_in, worker
):
    client, ask = signed_in(supervisor), reverse("location_ask", args=[escalation.pk])
    assert "We hold nothing: no number is stored" in client.get(ask).content.decode()
    bad = client.post(ask, form(worker, answered=""))
    assert "Which number rang at 9:40" in bad.content.decode()
    client.post(ask, form(worker))
    made = LocationRequest.objects.with_keys().get()
    assert (made.asked_by, made.answered, made.provider) == (worker, ASKED["answered"], "telephone")
    move = reverse("location_move", args=[made.pk])
    assert client.post(move, {"do": "approve"}).status_code == 409
    signed_in(lead).post(move, {"do": "approve"})
    client.post(move, {"do": "send"})
    client.post(move, {"do": "find", "where": WHERE})
    short = client.post(move, {"do": "tell", "why": "rang"})
    assert (short.status_code, "rang" in short.content.decode()) == (409, True)
    client.post(move, {"do": "tell", "why": WHY})
    made.refresh_from_db(fields=["status"])
    assert made.status == Status.TOLD


def test_the_list_takes_the_same_few_queries_however_long_it_is(
    make_contact, worker, supervisor, team, signed_in, django_assert_max_num_queries
):
    client, counted = signed_in(supervisor), []
    client.get(reverse("locations"))  # the navigation is counted
    for _ in range(2):
        for _ in range(3):
            asked(worry(call(make_contact, worker, team=team), worker), supervisor)
        with django_assert_max_num_queries(6) as captured:
            assert client.get(reverse("locations")).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_it_goes_with_its_escalation_at_the_latest(found, location, escalation, supervisor, lead):
    """And what an authority asked lets go of it."""
    request = logged(supervisor, life_at_risk=True)
    run = PurgeRun.objects.create()
    records.destroy([escalation.pk, request.pressed_id], run)
    assert not LocationRequest.objects.exists()
    assert not DataKey.objects.filter(pk__in=[found.key_id, location.key_id]).exists()
    request.refresh_from_db(fields=["pressed"])
    assert request.pressed is None


def test_words_that_came_after_it_was_told_are_shown_to_be_taken(
    location, supervisor, lead, signed_in
):
    location.stop(by=supervisor, why=WHY)
    typed = {"do": "tell", "why": "Rang them at home and told them of it."}
    answer = signed_in(supervisor).post(reverse("location_move", args=[location.pk]), typed)
    assert answer.status_code == 409
    assert typed["why"] in answer.content.decode()

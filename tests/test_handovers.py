"""An open escalation goes from shift to shift, and is never silently nobody's (2.8.2, E21)."""

import pytest
from django.db import IntegrityError, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision, Kind, StepKind, ToldByPolice, Urgency
from safeguarding.models import Debrief, Escalation, Handover
from safeguarding.models.handover import HANDED
from tests.worries import CONCERN, brought_to, raised

pytestmark = pytest.mark.django_db
WORDS = {name: f"all that is known of {name}" for name in HANDED}
OWNED = [each for each in Status if each not in (Status.RAISED, Status.CLOSED)]


@pytest.fixture
def escalation(contact, worker) -> Escalation:
    return raised(contact, worker, concern=CONCERN)


@pytest.fixture
def owned(escalation, supervisor) -> Escalation:
    return brought_to(escalation, Status.ASSESSING, by=supervisor)


@pytest.mark.parametrize("status", Status)
def test_it_is_handed_over_from_every_state_in_which_somebody_owns_it(
    escalation, supervisor, other_supervisor, status
):
    brought_to(escalation, status, by=supervisor)
    if status not in OWNED:
        with pytest.raises(WrongState):
            escalation.hand_over(by=supervisor, to=other_supervisor, **WORDS)
        assert not Handover.objects.exists()
        return
    escalation.hand_over(by=supervisor, to=other_supervisor, **WORDS)
    after = Escalation.objects.with_keys().get()
    assert (after.owner, after.status) == (other_supervisor, status)
    made = Handover.objects.select_related("escalation__key").get()
    assert (made.summary, made.next_steps) == (WORDS["summary"], WORDS["next_steps"])
    step = after.steps.get(kind=StepKind.HANDED_OVER)
    assert (step.by, step.to) == (supervisor, other_supervisor)


@pytest.mark.parametrize("missing", HANDED)
def test_nothing_that_the_next_person_needs_may_be_missing(
    owned, supervisor, other_supervisor, missing
):
    with pytest.raises(Refused, match="Still missing"):
        owned.hand_over(by=supervisor, to=other_supervisor, **WORDS | {missing: " "})
    assert Escalation.objects.get().owner == supervisor


def test_it_goes_only_to_somebody_who_may_look_into_it_and_is_here(
    owned, supervisor, worker, make_staff, admin
):
    left = make_staff("left", Role.SUPERVISOR)
    left.deactivate(by=admin)
    elsewhere = make_staff("elsewhere", Role.SUPERVISOR, services=["is-this-ok"])
    for to in (worker, left, elsewhere, supervisor):
        with pytest.raises(Refused, match="may look into it and is here"):
            owned.hand_over(by=supervisor, to=to, **WORDS)
    with pytest.raises(Refused, match="supervisor or the safeguarding lead"):
        owned.hand_over(by=worker, to=supervisor, **WORDS)
    assert not Handover.objects.exists()


def test_what_was_handed_over_is_never_changed(owned, supervisor, other_supervisor):
    owned.hand_over(by=supervisor, to=other_supervisor, **WORDS)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Handover.objects.update(number=9)


def test_the_trail_knows_of_a_handover_and_none_of_its_words(owned, supervisor, other_supervisor):
    owned.hand_over(by=supervisor, to=other_supervisor, **WORDS)
    told = [event.detail for event in AuditEvent.objects.about(owned)]
    assert {"step": StepKind.HANDED_OVER} in told
    assert not [words for words in WORDS.values() if words in str(told)]


def leave(staff, admin):
    staff.deactivate(by=admin)


def lose_the_role(staff, admin):
    staff.grants.in_force().get().end(by=admin)


def change_service(staff, admin):
    staff.assign(["is-this-ok"], [], by=admin)


@pytest.mark.parametrize("way", [leave, lose_the_role, change_service])
def test_e21_whoever_cannot_look_into_it_any_more_owns_nothing(
    owned, supervisor, other_supervisor, admin, way
):
    assert not Escalation.objects.left_alone().exists()
    way(supervisor, admin)
    assert Escalation.objects.left_alone().get() == owned
    assert owned.is_left_alone()
    owned.take_on(by=other_supervisor)
    after = Escalation.objects.get()
    assert (after.owner, after.is_left_alone()) == (other_supervisor, False)
    assert after.steps.filter(kind=StepKind.TAKEN_ON, to=other_supervisor).exists()


def test_what_somebody_who_is_there_owns_is_not_taken_from_them(
    owned, supervisor, other_supervisor, signed_in
):
    signed_in(supervisor)
    with pytest.raises(WrongState, match="Somebody owns it"):
        owned.take_on(by=other_supervisor)
    with pytest.raises(WrongState, match="yours already"):
        owned.take_on(by=supervisor)
    assert Escalation.objects.get().owner == supervisor


@pytest.mark.parametrize("urgency", Urgency)
def test_e12_only_what_cannot_wait_is_taken_on_from_somebody_who_is_not_there(
    contact, worker, supervisor, other_supervisor, urgency
):
    waits = raised(contact, worker, urgency=urgency)
    waits.acknowledge(by=supervisor)
    if urgency == Urgency.IMMEDIATE:
        waits.take_on(by=other_supervisor)
        assert Escalation.objects.get().owner == other_supervisor
        return
    with pytest.raises(WrongState, match="Somebody owns it"):
        waits.take_on(by=other_supervisor)
    assert Escalation.objects.get().owner == supervisor


def test_what_nobody_has_acknowledged_or_is_closed_is_not_left_alone(escalation, lead, admin):
    assert not escalation.is_left_alone()
    brought_to(escalation, Status.CLOSED, by=lead)
    lead.deactivate(by=admin)
    assert not escalation.is_left_alone()
    assert not Escalation.objects.left_alone().exists()


@pytest.mark.parametrize("urgency", Urgency)
def test_a_talk_is_offered_once_after_what_could_not_wait(contact, worker, lead, urgency):
    escalation = raised(contact, worker, urgency=urgency)
    brought_to(escalation, Status.DECIDED, by=lead)
    assert Debrief.objects.filter(worker=worker).exists() is (urgency == Urgency.IMMEDIATE)
    escalation.assess(by=lead, concern=CONCERN)
    escalation.decide(Decision.SUPPORT_PLAN, by=lead, why="They are with a friend now, and safe.")
    assert Debrief.objects.count() == (urgency == Urgency.IMMEDIATE)


@pytest.fixture
def debrief(escalation, lead) -> Debrief:
    brought_to(escalation, Status.DECIDED, by=lead)
    return Debrief.objects.get()


def test_a_talk_takes_place_with_somebody_else_also_after_a_no(debrief, worker, lead, colleague):
    with pytest.raises(Refused, match="Only the person"):
        debrief.decline(by=lead)
    debrief.decline(by=worker)
    for who in (worker, colleague):
        with pytest.raises(Refused):
            debrief.take(by=who)
    debrief.take(by=lead)
    assert Debrief.objects.get().given_by == lead
    with pytest.raises(WrongState):
        debrief.decline(by=worker)
    said = AuditEvent.objects.about(debrief).filter(action=Action.DEBRIEF_ANSWERED)
    assert sorted(event.detail["answer"] for event in said) == ["declined", "taken"]


def test_a_supervisor_who_raised_it_talks_with_somebody_else(contact, supervisor, lead):
    brought_to(raised(contact, supervisor), Status.DECIDED, by=supervisor)
    with pytest.raises(Refused, match="second person"):
        Debrief.objects.get().take(by=supervisor)


def test_nothing_of_a_talk_could_be_kept():
    words = {"TextField", "SealedText", "JSONField"}
    assert not {f.name for f in Debrief._meta.local_fields if f.get_internal_type() in words}


def test_the_polices_level_is_noted_of_the_missing_as_they_told_it(contact, worker, lead):
    missing = raised(contact, worker, kind=Kind.MISSING_NOW)
    missing.note_police_level(ToldByPolice.MEDIUM, by=lead)
    assert Escalation.objects.get().told_by_police == ToldByPolice.MEDIUM
    assert missing.steps.filter(kind=StepKind.POLICE_LEVEL).exists()
    other = raised(contact, worker, kind=Kind.SUICIDE)
    with pytest.raises(Refused, match="while somebody is missing"):
        other.note_police_level(ToldByPolice.HIGH, by=lead)


def test_what_is_opened_again_has_its_time_to_decide_again(escalation, lead, settings):
    brought_to(escalation, Status.CLOSED, by=lead)
    Escalation.objects.update(decide_by="2020-01-01T00:00Z")
    escalation.reopen(by=lead, why="They rang again and sound worse.")
    assert not Escalation.objects.get().is_late()

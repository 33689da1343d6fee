"""An escalation moves as drawn, by people who may, with a reason, and never otherwise (2.8.2)."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations.drawn import DRAWN, Status
from safeguarding.escalations.kinds import Decision, Kind, StepKind, ToldByPolice, Urgency
from safeguarding.models import Assessment, Escalation, EscalationStep
from tests.worries import CONCERN, WHY, brought_to, do, raised

pytestmark = pytest.mark.django_db

LEADS_TO = {
    "acknowledge": Status.ACKNOWLEDGED,
    "decide": Status.DECIDED,
    "act": Status.ACTING,
    "inform": Status.INFORMED,
    "could_not_inform": Status.NOT_INFORMED,
    "look_back": Status.REVIEW,
    "close": Status.CLOSED,
}
FROM = {
    "acknowledge": {Status.RAISED},
    "assess": set(Status) - {Status.RAISED, Status.CLOSED},
    "decide": {Status.ASSESSING},
    "act": {Status.DECIDED},
    "inform": {Status.ACTING},
    "could_not_inform": {Status.ACTING},
    "look_back": {Status.INFORMED, Status.NOT_INFORMED},
    "close": {Status.REVIEW},
    "reopen": {Status.CLOSED},
}


@pytest.fixture
def escalation(contact, worker):
    return raised(contact, worker, said="I have the tablets here", concern=CONCERN)


@pytest.mark.parametrize("verb", FROM)
@pytest.mark.parametrize("status", Status)
def test_every_verb_works_from_the_states_it_is_drawn_from_and_from_no_other(
    escalation, lead, verb, status
):
    brought_to(escalation, status, by=lead)
    before = Escalation.objects.values().get(pk=escalation.pk)
    steps = escalation.steps.count(), escalation.assessments.count()

    if status in FROM[verb]:
        do(escalation, verb, by=lead)
        expected = LEADS_TO.get(verb, Status.ASSESSING)
        assert Escalation.objects.get(pk=escalation.pk).status == expected
        return
    with pytest.raises(WrongState):
        do(escalation, verb, by=lead)
    assert Escalation.objects.values().get(pk=escalation.pk) == before
    assert (escalation.steps.count(), escalation.assessments.count()) == steps


@pytest.mark.parametrize(("start", "end"), list(product(Status, Status)))
def test_d18_postgresql_lets_only_the_drawn_moves_pass(escalation, lead, start, end):
    """Also for whoever writes SQL in a shell: the rule stands in the database."""
    brought_to(escalation, start, by=lead)
    rows = Escalation.objects.filter(pk=escalation.pk)
    closed = {"closed_at": F("raised_at"), "keep_until": "2040-01-01"}
    said = closed if end == Status.CLOSED else {"closed_at": None, "keep_until": None}

    if start == end or (start, end) in DRAWN:
        rows.update(status=end, decision=Decision.SUPPORT_PLAN, **decided(lead), **said)
        return
    with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
        rows.update(status=end, decision=Decision.SUPPORT_PLAN, **decided(lead), **said)


def decided(by) -> dict:
    return {"decided_by": by, "decided_at": F("raised_at"), "acknowledged_by": by}


def test_raising_needs_no_word_and_takes_the_limits_of_its_urgency(contact, worker, settings):
    escalation = raised(contact, worker)
    within = escalation.acknowledge_by - escalation.raised_at
    assert within == settings.ESCALATION_ACKNOWLEDGE["immediate"]
    assert escalation.assessments.count() == 0
    assert [step.kind for step in escalation.steps.all()] == [StepKind.RAISED]


def test_it_can_be_raised_about_no_contact_but_only_in_ones_own_service(make_staff):
    worker = make_staff("one", Role.WORKER, services=["helpline"])
    raised(None, worker, service="helpline")
    with pytest.raises(Refused, match="not one of your services"):
        raised(None, worker, service="is-this-ok")


def test_neither_the_dpo_nor_an_administrator_raises_a_worry(contact, dpo, admin):
    for nobody in (dpo, admin):
        with pytest.raises(Refused, match="raise a worry"):
            raised(contact, nobody, concern=CONCERN)
    assert not Escalation.objects.exists()


def test_a_worker_cannot_decide_about_the_worry_they_raised(escalation, worker):
    for verb in FROM:
        with pytest.raises(Refused, match="A supervisor or the safeguarding lead"):
            do(escalation, verb, by=worker)


def test_two_supervisors_acknowledge_at_once_one_wins_and_the_other_is_told(
    escalation, supervisor, other_supervisor
):
    stale = Escalation.objects.get(pk=escalation.pk)
    escalation.acknowledge(by=supervisor)
    with pytest.raises(WrongState, match="Somebody else was here first"):
        stale.acknowledge(by=other_supervisor)
    assert Escalation.objects.get(pk=escalation.pk).owner == supervisor


def test_nothing_is_decided_before_somebody_wrote_what_worries_them(contact, worker, lead):
    escalation = raised(contact, worker)
    escalation.acknowledge(by=lead)
    with pytest.raises(Refused, match="Say what worries you"):
        escalation.assess(by=lead, said="I want to die")
    assert escalation.status == Status.ACKNOWLEDGED


@pytest.mark.parametrize("verb", ["decide", "inform", "could_not_inform", "look_back", "close"])
def test_e18_no_move_without_a_reason_somebody_else_can_understand(escalation, lead, verb):
    state = next(iter(FROM[verb]))
    brought_to(escalation, state, by=lead)
    before = [Decision.SUPPORT_PLAN] if verb == "decide" else []
    with pytest.raises(Refused, match="20 characters"):
        getattr(escalation, verb)(*before, by=lead, why="not needed")
    assert Escalation.objects.get(pk=escalation.pk).status == state


def test_e17_not_to_share_is_recorded_as_fully_as_to_share(contact, worker, lead):
    kept = []
    for decision in (Decision.DISCLOSE, Decision.NO_ACTION):
        escalation = raised(contact, worker, concern=CONCERN)
        brought_to(escalation, Status.DECIDED, by=lead, decision=decision)
        step = escalation.steps.select_related("escalation__key").get(kind=StepKind.DECIDED)
        kept.append((bool(escalation.decided_at), escalation.decided_by, step.words, step.by))
    assert kept[0] == kept[1] == (True, lead, WHY, lead)


def test_no_action_needs_no_acting_and_cannot_be_acted_on(contact, worker, lead):
    escalation = raised(contact, worker, concern=CONCERN)
    brought_to(escalation, Status.DECIDED, by=lead, decision=Decision.NO_ACTION)
    with pytest.raises(Refused, match="nothing more is needed"):
        escalation.act(by=lead)
    escalation.look_back(by=lead, why=WHY)
    escalation.close(by=lead, why=WHY)
    assert escalation.keep_until


def test_a_supervisor_shares_what_cannot_wait_and_the_lead_what_can(
    contact, worker, supervisor, lead
):
    for urgency in (Urgency.IMMEDIATE, Urgency.TODAY):
        escalation = raised(contact, worker, urgency=urgency, concern=CONCERN)
        brought_to(escalation, Status.DECIDED, by=supervisor, decision=Decision.DISCLOSE)
    planned = raised(contact, worker, urgency=Urgency.PLANNED, concern=CONCERN)
    brought_to(planned, Status.ASSESSING, by=supervisor)
    with pytest.raises(Refused, match="safeguarding lead"):
        planned.decide(Decision.DISCLOSE, by=supervisor, why=WHY)
    planned.decide(Decision.DISCLOSE, by=lead, why=WHY)


def test_looking_again_adds_a_dated_assessment_and_changes_none(escalation, supervisor):
    brought_to(escalation, Status.ASSESSING, by=supervisor)
    escalation.assess(
        by=supervisor, concern="They have calmed down", protective="A friend is there"
    )
    read = escalation.assessments.select_related("escalation__key", "escalation__said_key")
    first, _, last = read.order_by("number")
    assert (first.said, first.concern) == ("I have the tablets here", CONCERN)
    assert (last.protective, last.said) == ("A friend is there", None)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        escalation.assessments.update(number=9)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        escalation.steps.update(kind=StepKind.CLOSED)


def test_the_lead_reads_a_contact_while_a_worry_about_it_is_open(contact, worker, lead):
    assert not Contact.objects.visible_to(lead).exists()
    escalation = raised(contact, worker, concern=CONCERN)
    assert Contact.objects.visible_to(lead).get() == contact
    brought_to(escalation, Status.CLOSED, by=lead)
    assert not Contact.objects.visible_to(lead).exists()
    escalation.reopen(by=lead, why=WHY)
    assert Contact.objects.visible_to(lead).get() == contact


def test_who_sees_which_escalation(make_staff, make_contact, worker, colleague, team, people):
    theirs = make_contact("hello", worker=worker, team=team)
    escalation = raised(theirs, worker)
    seen = {
        name: Escalation.objects.visible_to(staff).filter(pk=escalation.pk).exists()
        for name, staff in people.items()
    }
    assert seen == {
        "worker": True,
        "colleague": False,
        "supervisor": True,
        "lead": True,
        "dpo": False,
        "admin": False,
    }


@pytest.fixture
def people(worker, colleague, supervisor, lead, dpo, admin) -> dict:
    return {
        "worker": worker,
        "colleague": colleague,
        "supervisor": supervisor,
        "lead": lead,
        "dpo": dpo,
        "admin": admin,
    }


def test_the_polices_level_is_noted_only_of_somebody_missing_and_never_is_ours(contact, worker):
    """NG225: no scale of ours, and none that could be taken for a prediction of suicide (E16)."""
    escalation = raised(contact, worker, kind=Kind.SUICIDE)
    with pytest.raises(IntegrityError, match="police_level"), transaction.atomic():
        Escalation.objects.filter(pk=escalation.pk).update(told_by_police=ToldByPolice.HIGH)


def test_e16_nothing_in_an_escalation_could_be_a_score():
    """No number but those that count rows, and one level, which is the police's own words."""
    numbers = {
        f"{model.__name__}.{field.name}"
        for model in (Escalation, Assessment, EscalationStep)
        for field in model._meta.local_fields
        if any(kind in field.get_internal_type() for kind in ("Integer", "Float", "Decimal"))
    }
    assert numbers == {"Assessment.number", "EscalationStep.number"}
    levels = {
        f.name
        for f in Escalation._meta.local_fields
        if {"low", "medium", "high"} & {value for value, _ in f.flatchoices}
    }
    assert levels == {"told_by_police"}
    with pytest.raises(Refused, match="has no risk"):
        Escalation().judge(by=None, risk="high")


def test_every_move_is_a_fact_in_the_trail_without_a_word_of_it(escalation, lead):
    brought_to(escalation, Status.CLOSED, by=lead)
    events = list(AuditEvent.objects.about(escalation))
    moved = [event.detail["step"] for event in events if event.action == Action.ESCALATION_MOVED]
    assert sorted(moved) == sorted(step.kind for step in escalation.steps.all())
    assert WHY not in str([event.detail for event in events])

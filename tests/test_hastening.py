"""What could wait can wait no more: sooner, never later, and whoever must know is told (E11)."""

import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from contacts.models import Contact
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations import board, limits, showing
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import CHANGED, Status
from safeguarding.escalations.kinds import Kind, StepKind, ToldByPolice, Urgency, more_urgent
from safeguarding.escalations.moves import open_to
from safeguarding.models import Alerted, EmergencyCall, Escalation, OnCall, Post
from safeguarding.models.presence import Presence
from safeguarding.sweeping import sweep
from tests.worries import CONCERN, brought_to, raised

pytestmark = pytest.mark.django_db
WORSE = "They have the tablets in their hand."
OPEN = [status for status in Status if status != Status.CLOSED]


@pytest.fixture
def waits(contact, worker) -> Escalation:
    return raised(contact, worker, urgency=Urgency.PLANNED, concern=CONCERN)


@pytest.fixture
def on_call(supervisor, lead):
    now = database_now()
    for post, staff in ((Post.SUPERVISOR, supervisor), (Post.LEAD, lead)):
        OnCall.objects.put("helpline", post, staff, now, now + timedelta(hours=8), by=lead)


def told(escalation) -> list[set[str]]:
    return [
        {each.staff.name for each in alert.told.select_related("staff")}
        for alert in escalation.alerts.order_by("step")
    ]


def waiting_for(staff) -> int:
    return len(Alerted.objects.waiting_for(staff, database_now()))


@pytest.mark.parametrize("status", OPEN)
def test_it_becomes_more_urgent_in_every_open_state_and_stays_in_that_state(
    waits, lead, worker, status
):
    brought_to(waits, status, by=lead)
    before = waits.locked()
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    now = Escalation.objects.with_keys().get()
    assert (now.status, now.urgency, now.owner) == (status, Urgency.IMMEDIATE, before.owner)
    assert now.acknowledge_by == limits.acknowledge_by(Urgency.IMMEDIATE, now.hastened_at)
    assert now.decide_by == limits.decide_by(Urgency.IMMEDIATE, now.hastened_at)
    step = now.steps.order_by("-number").first()
    step.escalation = now
    assert (step.kind, step.by, step.words) == (
        StepKind.HASTENED,
        worker,
        f"Immediate: {WORSE}",
    )


def test_what_is_closed_is_raised_anew(waits, lead, worker):
    brought_to(waits, Status.CLOSED, by=lead)
    with pytest.raises(WrongState, match="Raise it anew"):
        waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)


@pytest.mark.parametrize(("now", "then"), list(itertools.product(Urgency, Urgency)))
def test_it_never_becomes_less_urgent(contact, worker, now, then):
    escalation = raised(contact, worker, urgency=now)
    rows = Escalation.objects.filter(pk=escalation.pk)
    if then in more_urgent(now):
        escalation.hasten(then, by=worker, why=WORSE)
        assert rows.get().urgency == then
        return
    with pytest.raises(WrongState, match="as urgent as that already"):
        escalation.hasten(then, by=worker, why=WORSE)
    if now != then:
        with pytest.raises(IntegrityError, match="cannot become less urgent"), transaction.atomic():
            rows.update(urgency=then)
    assert rows.get().urgency == now


def test_postgresql_lets_no_limit_to_look_move_back(waits):
    with pytest.raises(IntegrityError, match="cannot wait longer"), transaction.atomic():
        Escalation.objects.update(acknowledge_by=F("acknowledge_by") + timedelta(hours=1))


def test_a_limit_that_was_nearer_already_stays(contact, worker):
    escalation = raised(contact, worker, urgency=Urgency.TODAY)
    near = escalation.raised_at + timedelta(seconds=1)
    Escalation.objects.update(acknowledge_by=near, decide_by=near)
    escalation.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    now = Escalation.objects.get()
    assert (now.acknowledge_by, now.decide_by) == (near, near)


def test_whoever_judges_while_it_becomes_more_urgent_has_the_time_of_what_is_urgent(
    waits, lead, worker
):
    brought_to(waits, Status.DECIDED, by=lead)
    before = Escalation.objects.with_keys().get()
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    before.assess(by=lead, concern=CONCERN)
    now = Escalation.objects.get()
    assert now.decide_by <= limits.decide_by(Urgency.IMMEDIATE, database_now())
    assert (now.status, before.urgency) == (Status.ASSESSING, Urgency.IMMEDIATE)


@pytest.mark.parametrize("status", CHANGED)
def test_what_was_decided_before_has_a_limit_again_until_it_is_judged_anew(
    waits, contact, lead, worker, status
):
    brought_to(waits, status, by=lead)
    untimed = brought_to(raised(contact, worker), Status.DECIDED, by=lead)
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    now = Escalation.objects.get(pk=waits.pk)
    assert list(board.escalations_of("open", lead)) == [waits, untimed]
    assert (showing.row(now).next_step, open_to(now, lead)[0]) == ("Assess it again", "assess")
    assert showing.limit_of(now).words.startswith("Decide within")
    assert now.is_late(now.decide_by + timedelta(seconds=1))
    now.assess(by=lead, concern=CONCERN)
    now.decide("support-plan", by=lead, why="It was talked through with them.")
    assert not Escalation.objects.get(pk=waits.pk).must_be_decided()
    assert showing.limit_of(now).words == ""


def test_the_board_says_of_it_what_its_page_says(waits, lead, worker, signed_in):
    brought_to(waits, Status.REVIEW, by=lead)
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    Escalation.objects.update(decide_by=database_now() - timedelta(minutes=2))
    page = signed_in(lead).get(reverse("escalations")).content.decode()
    row = page.partition("<tbody")[2].partition("</tr>")[0]
    assert "Decide: 2 min late" in row
    assert "Assess it again" in row
    assert "bar--late" in row


def test_it_needs_a_word_and_somebody_who_speaks_with_people(waits, worker, dpo):
    with pytest.raises(Refused, match="what has changed"):
        waits.hasten(Urgency.IMMEDIATE, by=worker, why="  ")
    with pytest.raises(Refused, match="Those who speak with people"):
        waits.hasten(Urgency.IMMEDIATE, by=dpo, why=WORSE)
    assert Escalation.objects.get().urgency == Urgency.PLANNED


def test_e11_while_nobody_looks_its_alerts_begin_at_once(waits, worker, on_call):
    assert told(waits) == []
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    assert told(waits) == [{"Supervisor"}]
    begun = Escalation.objects.get().hastened_at
    sweep(limits.acknowledge_by(Urgency.IMMEDIATE, begun))
    assert told(waits) == [{"Supervisor"}, {"Lead"}]


def test_e11_what_only_came_nearer_alerts_when_its_new_limit_is_over(waits, worker, on_call):
    waits.hasten(Urgency.TODAY, by=worker, why=WORSE)
    assert told(waits) == []
    sweep(Escalation.objects.get().acknowledge_by)
    assert told(waits) == [{"Supervisor"}]


def test_whoever_owns_it_is_alerted_and_the_banner_stays_until_their_next_step(waits, worker, lead):
    brought_to(waits, Status.ASSESSING, by=lead)
    Presence.objects.sign(lead)
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    assert told(waits) == [{"Lead"}]
    assert Message.objects.count() == 1
    assert (waiting_for(lead), waiting_for(worker)) == (1, 0)
    brought = Escalation.objects.get()
    brought.decide("support-plan", by=lead, why="It was talked through with them.")
    assert waiting_for(lead) == 0


def test_no_step_of_anybody_else_ends_what_its_owner_is_alerted_of(
    contact, worker, supervisor, lead
):
    waits = raised(contact, worker, kind=Kind.MISSING_NOW, urgency=Urgency.TODAY, concern=CONCERN)
    brought_to(waits, Status.ASSESSING, by=lead)
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    waits.note_police_level(ToldByPolice.HIGH, by=supervisor)
    waits.no_hold_needed(by=supervisor, why="Nobody will ask for it after 18 months.")
    assert waiting_for(lead) == 1
    waits.assess(by=supervisor, concern=CONCERN)
    assert waiting_for(lead) == 1
    waits.assess(by=lead, concern="They have been gone for two hours.")
    assert waiting_for(lead) == 0
    assert waits.steps.filter(kind=StepKind.ASSESSED, by=lead).count() == 2


def test_an_owner_who_does_it_needs_no_alert_and_one_who_has_left_gets_none(
    waits, worker, lead, make_staff
):
    other = make_staff("other", Role.LEAD)
    brought_to(waits, Status.ACKNOWLEDGED, by=lead)
    waits.hasten(Urgency.TODAY, by=lead, why=WORSE)
    lead.is_active = False
    lead.save()
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    assert told(waits) == []
    sweep()
    assert told(waits) == [{"Other"}]
    assert waiting_for(other) == 1


def test_e10_999_about_what_could_wait_lets_it_wait_no_more(waits, worker, on_call):
    EmergencyCall.objects.write_down(by=worker, on=waits, said="Tablets, flat 3, alone.")
    assert Escalation.objects.get().urgency == Urgency.IMMEDIATE
    assert told(waits) == [{"Supervisor"}]


def test_whoever_raised_it_says_so_on_its_page(waits, worker, lead, signed_in):
    client, path = signed_in(worker), reverse("escalation_move", args=[waits.pk])
    page = client.get(waits.get_absolute_url()).content.decode()
    assert "It can wait no more" in page
    said = {"do": "hasten", "urgency": "immediate", "why": WORSE}
    for wrong in ({"why": ""}, {"urgency": "planned"}):
        assert client.post(path, said | wrong).status_code == 200
        assert Escalation.objects.get().urgency == Urgency.PLANNED
    assert client.post(path, said).status_code == 302
    assert Escalation.objects.get().urgency == Urgency.IMMEDIATE
    page = client.get(waits.get_absolute_url()).content.decode()
    assert "It can wait no more" not in page
    late = client.post(path, {**said, "why": "They have taken them."})
    assert late.status_code == 409
    assert "They have taken them." in late.content.decode()


def test_a_contact_that_is_gone_keeps_nobody_from_it(waits, contact, worker):
    Contact.objects.filter(pk=contact.pk).update(escalated=False)
    waits.hasten(Urgency.IMMEDIATE, by=worker, why=WORSE)
    assert Contact.objects.get(pk=contact.pk).escalated

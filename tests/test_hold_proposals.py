"""A worry proposes a hold; a proposal keeps nothing until somebody places it (rules 2.6)."""

import pytest
from django.urls import reverse

from contacts.models import Contact
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import Refused, WrongState
from privacy import retention
from safeguarding import choosing
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision, Kind, Proposal, StepKind
from safeguarding.models import Escalation, Hold
from tests.due import contacts_of
from tests.test_hold_several import filled, place
from tests.test_holds import text_of
from tests.worries import WHY, brought_to, raised

pytestmark = pytest.mark.django_db
HEADING = "A worry proposes a hold."


@pytest.fixture
def worry(contact, worker) -> Escalation:
    """A worker's worry, which proposes to hold its contact."""
    return raised(contact, worker)


def asked(worry) -> str:
    return Escalation.objects.get(pk=worry.pk).hold_proposal


def test_raising_a_worry_proposes_a_hold_and_holds_nothing(worker):
    (over,) = contacts_of(1, began=add_months(london_today(), -18))
    Contact.objects.update(purge_on=add_months(london_today(), 1))
    worry = raised(over, worker)
    assert asked(worry) == Proposal.PROPOSED
    assert not Hold.objects.exists()
    retention.purge_all(add_months(london_today(), 1))
    assert Contact.objects.get().purged_on
    assert not Escalation.objects.proposing().exists()


def test_a_worry_about_no_contact_proposes_none(worker):
    worry = Escalation.objects.escalate(
        None, by=worker, kind=Kind.OTHER, urgency="today", service="helpline"
    )
    assert asked(worry) == Proposal.NONE


def test_those_who_may_place_one_see_it_on_contact_and_board(
    worry, contact, worker, supervisor, lead, signed_in
):
    for person in (supervisor, lead):
        assert HEADING in text_of(signed_in(person), "contact", contact.pk)
        assert "Proposed by a worry" in text_of(signed_in(person), "holds")
        assert HEADING in text_of(signed_in(person), "escalation", worry.pk)
    for page in (contact, worry):
        name = type(page).__name__.lower()
        assert HEADING not in text_of(signed_in(worker), name, page.pk)


@pytest.mark.parametrize(
    ("kind", "ground"),
    [(kind, choosing.GROUNDS.get(kind, Hold.Ground.HARMED_NOW)) for kind in Kind],
)
def test_one_click_opens_the_hold_with_its_ground(
    contact, worker, supervisor, signed_in, kind, ground
):
    raised(contact, worker, kind=kind)
    assert ground in Hold.ABOUT_SAFETY
    page = text_of(signed_in(supervisor), "hold_place", contact.pk)
    assert f'<option value="{ground}" selected>' in page


def test_placed_it_is_answered_and_the_worry_says_so(worry, contact, supervisor, signed_in):
    path = reverse("hold_place", args=[contact.pk])
    assert signed_in(supervisor).post(path, filled()).status_code == 302
    assert asked(worry) == Proposal.HELD
    step = worry.steps.get(kind=StepKind.HELD)
    assert step.by == supervisor
    assert HEADING not in text_of(signed_in(supervisor), "contact", contact.pk)


def test_the_lead_holds_what_a_closed_worry_proposed_and_they_may_not_read(
    worry, contact, supervisor, lead, signed_in
):
    brought_to(worry, Status.CLOSED, by=supervisor)
    assert not Contact.objects.visible_to(lead).exists()
    path = reverse("hold_place", args=[contact.pk])
    assert signed_in(lead).post(path, filled()).status_code == 302
    assert asked(worry) == Proposal.HELD


def test_a_hold_of_another_kind_leaves_it_asked(worry, contact, supervisor):
    place([contact], supervisor, kind=Hold.Kind.RIGHTS, ground=Hold.Ground.REQUEST_OPEN)
    assert asked(worry) == Proposal.PROPOSED


def test_a_worry_about_what_is_held_proposes_nothing(contact, worker, supervisor):
    place([contact], supervisor)
    assert asked(raised(contact, worker)) == Proposal.HELD


def test_not_needed_that_came_too_late_keeps_why(worry, contact, supervisor, lead, signed_in):
    worry.no_hold_needed(by=supervisor, why=WHY)
    typed = "She moved away with her mother in May."
    path = reverse("hold_not_needed", args=[worry.pk])
    answer = signed_in(supervisor).post(path, {"why": typed})
    assert answer.status_code == 409
    assert typed in answer.content.decode()


def test_not_needed_says_why_and_the_contact_goes(worry, contact, supervisor, signed_in):
    path = reverse("hold_not_needed", args=[worry.pk])
    page = signed_in(supervisor).post(path, {"why": "because"}).content.decode()
    assert "at least 20 characters" in page
    assert signed_in(supervisor).post(path, {"why": WHY}).status_code == 302
    assert asked(worry) == Proposal.NOT_NEEDED
    step = worry.steps.select_related("escalation__key").get(kind=StepKind.HOLD_NOT_NEEDED)
    assert (step.words, step.by) == (WHY, supervisor)
    assert not Hold.objects.exists()


def test_it_is_answered_once(worry, contact, supervisor, lead):
    worry.no_hold_needed(by=supervisor, why=WHY)
    with pytest.raises(WrongState, match="answered already"):
        Escalation.objects.get(pk=worry.pk).no_hold_needed(by=lead, why=WHY)
    assert worry.steps.filter(kind=StepKind.HOLD_NOT_NEEDED).count() == 1
    place([contact], supervisor)
    assert asked(worry) == Proposal.NOT_NEEDED


@pytest.mark.parametrize("why", ["", "too short", " " * 40])
def test_not_needed_without_a_reason_changes_nothing(worry, supervisor, why):
    with pytest.raises(Refused, match="20 characters"):
        worry.no_hold_needed(by=supervisor, why=why)
    assert asked(worry) == Proposal.PROPOSED


def test_a_worker_does_not_answer_it(worry, worker):
    with pytest.raises(Refused):
        worry.no_hold_needed(by=worker, why=WHY)
    assert asked(worry) == Proposal.PROPOSED


def test_opened_again_it_asks_again_unless_the_contact_is_held(worry, contact, supervisor):
    worry.no_hold_needed(by=supervisor, why=WHY)
    brought_to(worry, Status.CLOSED, by=supervisor)
    worry.reopen(by=supervisor, why=WHY)
    assert asked(worry) == Proposal.PROPOSED
    place([contact], supervisor)
    brought = Escalation.objects.get(pk=worry.pk)
    for verb in ("decide", "act", "inform", "look_back", "close"):
        before = [Decision.SUPPORT_PLAN] if verb == "decide" else []
        getattr(brought, verb)(*before, by=supervisor, why=WHY)
    brought.reopen(by=supervisor, why=WHY)
    assert asked(worry) == Proposal.HELD

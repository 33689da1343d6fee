"""A request of an authority moves as drawn, and says nothing to whoever is not verified (S0-22)."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import enquiries
from privacy.models import Disposal, PurgeRun
from safeguarding.authorities.drawn import DRAWN, Status
from safeguarding.authorities.kinds import NEEDS, Came, Decision, How, Kind, VictimTold
from safeguarding.escalations import kinds as worries
from safeguarding.models import AuthorityRequest, Escalation, Hold
from tests.authorities import PUBLISHED, SAID, WHY, brought_to, logged, prepared, verified
from tests.worries import brought_to as worry_brought_to

pytestmark = pytest.mark.django_db
VERBS = {
    "verify": ({Status.UNVERIFIED}, Status.VERIFIED),
    "doubt": ({Status.VERIFIED}, Status.UNVERIFIED),
    "decide": ({Status.UNVERIFIED, Status.VERIFIED}, Status.DECIDED),
    "send_back": ({Status.DECIDED}, Status.VERIFIED),
    "sign": ({Status.DECIDED}, Status.SIGNED),
    "reconsider": ({Status.SIGNED}, Status.VERIFIED),
    "answer": ({Status.SIGNED}, Status.ANSWERED),
    "withdraw": ({Status.UNVERIFIED, Status.VERIFIED}, Status.WITHDRAWN),
}
STAY = {
    "acknowledge": set(Status) - {Status.ANSWERED, Status.WITHDRAWN},
    "press": {Status.UNVERIFIED, Status.VERIFIED},
    "tick": {Status.UNVERIFIED, Status.VERIFIED},
    "consider": {Status.UNVERIFIED, Status.VERIFIED},
    "advise": {Status.UNVERIFIED, Status.VERIFIED},
    "director_agrees": {Status.UNVERIFIED, Status.VERIFIED},
    "name_contact": {Status.UNVERIFIED, Status.VERIFIED},
}


@pytest.fixture
def do(supervisor, lead, dpo, contact):
    """Makes one verb happen, with what it needs and by whom it may."""
    said = {
        "verify": (supervisor, [], PUBLISHED | {"rang_at": timezone.now()}),
        "doubt": (supervisor, [], {"why": WHY}),
        "decide": (lead, [Decision.DISAGREE], {"why": WHY}),
        "send_back": (supervisor, [], {"why": WHY}),
        "reconsider": (lead, [], {"why": WHY}),
        "answer": (supervisor, [], {"how": How.POST}),
        "withdraw": (supervisor, [], {"why": WHY}),
        "acknowledge": (supervisor, [], {}),
        "press": (supervisor, [], {}),
        "tick": (supervisor, [["officer"]], {}),
        "consider": (supervisor, [], {"words": WHY}),
        "advise": (dpo, [], {"words": WHY}),
        "director_agrees": (lead, [], {"director": "Rosalind Pryce", "reasons": WHY}),
        "name_contact": (supervisor, [contact.handle], {}),
    }

    def act(request, verb):
        read = {"read": request.last_step()}
        by, before, rest = said.get(verb, (supervisor, [], read))
        getattr(request, verb)(*before, by=by, **rest)

    return act


@pytest.fixture
def request_(supervisor):
    return logged(supervisor)


@pytest.mark.parametrize("verb", [*VERBS, *STAY])
@pytest.mark.parametrize("status", Status)
def test_every_verb_works_from_its_states_and_leaves_nothing_behind_from_others(
    request_, supervisor, lead, do, verb, status
):
    brought_to(request_, status, by=supervisor, lead=lead)
    if verb == "decide" and not request_.consideration and status == Status.UNVERIFIED:
        request_.consider(by=supervisor, words=WHY)
    before, steps = AuthorityRequest.objects.values().get(pk=request_.pk), request_.steps.count()
    allowed, leads_to = VERBS.get(verb, (STAY.get(verb), status))

    if status in allowed:
        do(request_, verb)
        assert AuthorityRequest.objects.get(pk=request_.pk).status == leads_to
        assert request_.steps.count() == steps + 1
        return
    with pytest.raises(WrongState):
        do(request_, verb)
    assert AuthorityRequest.objects.values().get(pk=request_.pk) == before
    assert request_.steps.count() == steps


@pytest.mark.parametrize(("start", "end"), list(product(Status, Status)))
def test_d18_postgresql_lets_only_the_drawn_moves_pass(request_, supervisor, lead, start, end):
    """Also for whoever writes SQL in a shell: the rule stands in the database."""
    brought_to(request_, start, by=supervisor, lead=lead)
    rows = AuthorityRequest.objects.filter(pk=request_.pk)
    over = end in {Status.ANSWERED, Status.WITHDRAWN}
    undecided = end in {Status.UNVERIFIED, Status.VERIFIED, Status.WITHDRAWN}
    said = {
        "decision": "" if undecided else Decision.DISAGREE,
        "decided_by": lead,
        "decided_at": F("received_at"),
        "signed_by": supervisor if end in {Status.SIGNED, Status.ANSWERED} else None,
        "closed_at": F("received_at") if over else None,
        "keep_until": "2040-01-01" if over else None,
    }

    if start == end or (start, end) in DRAWN:
        assert rows.update(status=end, **said) == 1
        return
    with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
        rows.update(status=end, **said)


def test_it_is_acknowledged_within_one_working_day(request_, supervisor):
    assert not request_.is_late()
    assert request_.is_late(now=request_.acknowledge_by + timedelta(minutes=1))
    request_.acknowledge(by=supervisor)
    assert not request_.is_late(now=request_.acknowledge_by + timedelta(minutes=1))
    with pytest.raises(WrongState):
        request_.acknowledge(by=supervisor)


def test_e06_pressure_calls_the_lead_and_leaves_it_unverified(supervisor, lead):
    request = logged(supervisor, came=Came.SPOKEN, number="", purpose="", life_at_risk=True)
    called = Escalation.objects.visible_to(lead).get()
    assert (called.urgency, called.kind) == (worries.Urgency.IMMEDIATE, "in-danger-now")
    assert (called.contact, request.pressed) == (None, called)
    assert request.status == Status.UNVERIFIED
    with pytest.raises(WrongState, match="called already"):
        request.press(by=supervisor)
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize("decision", [Decision.AGREE, Decision.PARTLY, Decision.NOTHING_HELD])
def test_e06_whoever_is_not_verified_learns_nothing_not_even_that_nothing_is_held(
    request_, supervisor, lead, decision
):
    request_.consider(by=supervisor, words=WHY)
    with pytest.raises(Refused, match="not verified"):
        request_.decide(decision, by=lead, why=WHY)
    rows = AuthorityRequest.objects.filter(pk=request_.pk)
    with pytest.raises(IntegrityError, match="only_the_verified"), transaction.atomic():
        rows.update(status="decided", decision=decision, decided_by=lead, decided_at=timezone.now())


@pytest.mark.parametrize("number", ["+44 7700 900444", "07700 900444", "0044 7700-900444"])
def test_e06_the_number_that_they_gave_is_never_rung_however_it_is_written(
    request_, supervisor, number
):
    with pytest.raises(Refused, match="number they gave"):
        verified_by(request_, supervisor, published=number)
    with pytest.raises(Refused, match="which number"):
        verified_by(request_, supervisor, published="the number on his card")
    with pytest.raises(Refused, match="where that number is published"):
        verified_by(request_, supervisor, published_in=" ")
    with pytest.raises(Refused, match="not come yet"):
        verified_by(request_, supervisor, rang_at=timezone.now() + timedelta(hours=1))
    assert AuthorityRequest.objects.get(pk=request_.pk).status == Status.UNVERIFIED


GIVEN_BESIDE = [
    ("020 7946 0000 ext 12", "020 7946 0000"),
    ("020 7946 0000 ext 12", "+44 (0)20 7946 0000, ext 5"),
    ("020 7946 0000", "020 7946 0000 ext 12"),
    ("020 7946 0000 or 07700 900444", "+44 7700 900444"),
    ("020 7946 0000 07700 900444", "0044 20 7946 0000"),
    ("07700 900444 / +44 20 7946 0000", "020 7946 0000"),
    ("desk 4, 020 7946 0000", "7946 0000"),
]


@pytest.mark.parametrize(("given", "number"), GIVEN_BESIDE)
def test_e06_a_number_that_they_gave_is_not_rung_whatever_stands_beside_it(
    supervisor, given, number
):
    request = logged(supervisor, given=given)
    with pytest.raises(Refused, match="number they gave"):
        verified_by(request, supervisor, published=number)
    assert AuthorityRequest.objects.get(pk=request.pk).status == Status.UNVERIFIED


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("020 7946 0000 ext 101", "101"),
        ("020 7946 0012", "020 7946 0000"),
        ("desk 4", "020 7946 0004"),
    ],
)
def test_e06_another_number_is_rung_also_a_short_one_or_one_of_the_same_house(
    supervisor, given, number
):
    request = logged(supervisor, given=given)
    verified_by(request, supervisor, published=number)
    assert AuthorityRequest.objects.get(pk=request.pk).status == Status.VERIFIED


def verified_by(request, by, **changes):
    request.verify(by=by, **PUBLISHED | {"rang_at": timezone.now()} | changes)


@pytest.mark.parametrize("kind", set(Kind) - {Kind.MISSING})
def test_nobody_agrees_before_everything_its_kind_requires_is_there(
    kind, supervisor, lead, dpo, contact
):
    request = prepared(logged(supervisor, kind), by=supervisor, lead=lead, dpo=dpo, contact=contact)
    for missing in NEEDS[kind].requirements:
        rest = [each.code for each in NEEDS[kind].requirements if each != missing]
        request.tick(rest, by=supervisor)
        with pytest.raises(Refused, match=missing.words[:20]):
            request.decide(Decision.AGREE, by=lead, why=WHY)
    request.tick([each.code for each in NEEDS[kind].requirements], by=supervisor)
    request.decide(Decision.AGREE, by=lead, why=WHY)
    with pytest.raises(WrongState):
        request.tick([], by=supervisor)


def test_a_requirement_of_another_kind_cannot_be_ticked(request_, supervisor):
    with pytest.raises(Refused, match="no requirement scope"):
        request_.tick(["scope"], by=supervisor)


def test_nobody_agrees_without_the_dpo_a_consideration_and_a_contact(
    request_, supervisor, lead, contact, dpo
):
    verified(request_, supervisor)
    with pytest.raises(Refused) as refusal:
        request_.decide(Decision.AGREE, by=lead, why=WHY)
    for said in ("considered", "data protection officer", "No contact is named"):
        assert said in str(refusal.value)
    with pytest.raises(Refused, match="considered"):
        request_.decide(Decision.DISAGREE, by=lead, why=WHY)


def test_e07_counselling_notes_stay_while_the_victim_is_not_told_or_no_director_agreed(
    supervisor, lead, dpo, contact
):
    request = prepared(
        logged(supervisor, Kind.VICTIM), by=supervisor, lead=lead, dpo=dpo, contact=contact
    )
    request.note_victim(VictimTold.NOT_TOLD, by=supervisor, counselling=True)
    with pytest.raises(Refused) as refusal:
        request.decide(Decision.AGREE, by=lead, why=WHY)
    assert "The victim does not know of it" in str(refusal.value)
    assert "No director has set aside" in str(refusal.value)
    request.note_victim(VictimTold.EXCEPTED, by=supervisor, counselling=True)
    with pytest.raises(Refused, match="No director has set aside"):
        request.decide(Decision.PARTLY, by=lead, why=WHY)
    with pytest.raises(Refused, match="reasons"):
        request.director_agrees(by=lead, director="Rosalind Pryce", reasons="yes")
    request.director_agrees(by=lead, director="Rosalind Pryce", reasons=WHY)
    request.decide(Decision.PARTLY, by=lead, why=WHY)
    kept = AuthorityRequest.objects.with_keys().get(pk=request.pk)
    assert (kept.director, kept.director_reasons) == ("Rosalind Pryce", WHY)


def test_e07_a_director_does_not_stand_in_for_a_victim_who_was_not_told(
    supervisor, lead, dpo, contact
):
    request = prepared(
        logged(supervisor, Kind.VICTIM), by=supervisor, lead=lead, dpo=dpo, contact=contact
    )
    request.director_agrees(by=lead, director="Rosalind Pryce", reasons=WHY)
    for told in (VictimTold.NOT_TOLD, VictimTold.UNKNOWN):
        request.note_victim(told, by=supervisor, counselling=True)
        with pytest.raises(Refused, match="victim does not know"):
            request.decide(Decision.AGREE, by=lead, why=WHY)


def test_s0_22_to_agree_opens_an_escalation_and_shares_nothing(
    request_, supervisor, lead, dpo, contact, mailoutbox
):
    """A request is a trigger, never a ground: it can be answered only once a ground was found."""
    prepared(request_, by=supervisor, lead=lead, dpo=dpo, contact=contact)
    request_.decide(Decision.AGREE, by=lead, why=WHY)
    request_.sign(by=supervisor, read=request_.last_step())
    opened = request_.contacts.get().escalation
    assert (opened.contact, opened.status, opened.decision) == (contact, "raised", "")
    with pytest.raises(Refused, match="No ground was found"):
        request_.answer(by=supervisor, how=How.POST)
    worry_brought_to(opened, "decided", by=lead, decision=worries.Decision.SUPPORT_PLAN)
    with pytest.raises(Refused, match="No ground was found"):
        request_.answer(by=supervisor, how=How.POST)
    assert not mailoutbox
    opened.assess(by=lead, concern="It has changed")
    opened.decide(worries.Decision.DISCLOSE, by=lead, why=WHY)
    request_.answer(by=supervisor, how=How.POST)
    assert request_.keep_until


def test_a_second_person_signs_what_they_have_read_and_nothing_newer(
    request_, supervisor, lead, make_staff
):
    brought_to(request_, Status.DECIDED, by=supervisor, lead=lead)
    read = request_.last_step()
    with pytest.raises(Refused, match="second person"):
        request_.sign(by=lead, read=read)
    twice = make_staff("twice", "lead", person=lead)
    with pytest.raises(Refused, match="second person"):
        request_.sign(by=twice, read=read)
    with pytest.raises(Refused, match="second person"):
        request_.send_back(by=lead, why=WHY)
    request_.acknowledge(by=supervisor)
    with pytest.raises(WrongState, match="Read it again"):
        request_.sign(by=supervisor, read=read)
    request_.sign(by=supervisor, read=request_.last_step())
    with pytest.raises(IntegrityError, match="signed_by_another"), transaction.atomic():
        AuthorityRequest.objects.filter(pk=request_.pk).update(signed_by=lead)


def test_of_two_who_decide_one_is_told(request_, supervisor, lead):
    brought_to(request_, Status.VERIFIED, by=supervisor, lead=lead)
    stale = AuthorityRequest.objects.with_keys().get(pk=request_.pk)
    request_.decide(Decision.DISAGREE, by=lead, why=WHY)
    with pytest.raises(WrongState):
        stale.decide(Decision.NEITHER, by=lead, why=WHY)
    assert AuthorityRequest.objects.get(pk=request_.pk).decision == Decision.DISAGREE


@pytest.mark.parametrize("kind", [kind for kind in Kind if NEEDS[kind].keeps])
def test_what_an_order_or_a_claim_names_is_held(kind, supervisor, contact):
    request = logged(supervisor, kind)
    request.name_contact(contact.handle_words.upper(), by=supervisor)
    hold = Hold.objects.in_force().get()
    assert (hold.contacts.get(), hold.kind, hold.ground) == (contact, "legal", "claim")
    contact.refresh_from_db(fields=["held"])
    assert contact.held
    with pytest.raises(Refused, match="named already"):
        request.name_contact(contact.handle, by=supervisor)


def test_a_voluntary_request_holds_nothing_and_names_only_what_one_may_read(
    request_, supervisor, make_contact, contact, make_staff
):
    request_.name_contact(contact.handle, by=supervisor)
    assert not Hold.objects.exists()
    elsewhere = make_contact("hello", worker=supervisor, service="is-this-ok")
    with pytest.raises(Refused, match="no contact of yours"):
        request_.name_contact(elsewhere.handle, by=supervisor)
    with pytest.raises(Refused, match="no contact of yours"):
        request_.name_contact("no such one", by=supervisor)


def test_who_may_do_what_with_it(request_, worker, supervisor, lead, dpo, admin, do):
    with pytest.raises(Refused, match="A supervisor or the safeguarding lead"):
        logged(worker)
    with pytest.raises(Refused, match="A supervisor or the safeguarding lead"):
        logged(dpo)
    for by in (worker, supervisor, dpo, admin):
        with pytest.raises(Refused, match="The safeguarding lead does this"):
            request_.decide(Decision.DISAGREE, by=by, why=WHY)
    for by in (worker, supervisor, lead, admin):
        with pytest.raises(Refused, match="The data protection officer does this"):
            request_.advise(by=by, words=WHY)
    seen = {
        by.name: AuthorityRequest.objects.visible_to(by).exists()
        for by in (worker, supervisor, lead, dpo, admin)
    }
    assert seen == {"Worker": False, "Supervisor": True, "Lead": True, "Dpo": True, "Admin": False}


def test_it_belongs_to_its_service(make_staff):
    one = make_staff("one", "supervisor", services=["helpline"])
    with pytest.raises(Refused, match="not one of your services"):
        logged(one, service="is-this-ok")
    other = make_staff("two", "supervisor", services=["is-this-ok"])
    request = logged(one)
    assert not AuthorityRequest.objects.visible_to(other).exists()
    with pytest.raises(Refused):
        request.acknowledge(by=other)


@pytest.mark.parametrize("verb", ["doubt", "decide", "send_back", "reconsider", "withdraw"])
def test_no_move_without_a_reason_somebody_else_can_understand(request_, supervisor, lead, verb):
    state = min(VERBS[verb][0] - {Status.UNVERIFIED} or VERBS[verb][0])
    brought_to(request_, state, by=supervisor, lead=lead)
    by = lead if verb in {"decide", "reconsider"} else supervisor
    before = [Decision.DISAGREE] if verb == "decide" else []
    with pytest.raises(Refused, match="20 characters"):
        getattr(request_, verb)(*before, by=by, why="not needed")
    assert AuthorityRequest.objects.get(pk=request_.pk).status == state


def test_what_was_done_is_never_changed_and_the_trail_knows_every_step(request_, supervisor, lead):
    brought_to(request_, Status.ANSWERED, by=supervisor, lead=lead)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        request_.steps.update(kind="logged")
    said = AuditEvent.objects.about(request_).filter(action=Action.AUTHORITY_REQUEST_MOVED)
    kinds = list(request_.steps.order_by("number").values_list("kind", flat=True))
    assert sorted(event.detail["step"] for event in said) == sorted(kinds)
    assert not [word for event in said for word in SAID.values() if word in str(event.detail)]


@pytest.mark.parametrize(("before", "gone"), [(1, False), (0, True)])
def test_it_goes_six_years_after_it_was_answered(supervisor, lead, contact, before, gone):
    """With its key, its steps and the link to whatever it named; the contact stays."""
    request = logged(supervisor)
    request.name_contact(contact.handle, by=supervisor)
    brought_to(request, Status.ANSWERED, by=supervisor, lead=lead)
    run = PurgeRun.objects.create()
    enquiries.end_all(request.keep_until - timedelta(days=before), run)
    assert AuthorityRequest.objects.exists() is not gone
    assert DataKey.objects.filter(pk=request.key_id).exists() is not gone
    assert Contact.objects.filter(pk=contact.pk).exists()
    classes = list(Disposal.objects.values_list("retention_class", flat=True))
    assert classes == (["What authorities ask of us"] if gone else [])

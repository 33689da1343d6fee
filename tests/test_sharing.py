"""A sharing from considering it to a receipt: nothing leaves but by one verb that is guarded."""

import builtins
import socket
from datetime import timedelta
from itertools import combinations, product

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.outbox.tasks import send_what_waits
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from safeguarding import gate
from safeguarding.circumstances import Circumstance
from safeguarding.escalations.drawn import Status as Worry
from safeguarding.escalations.kinds import Decision, Urgency
from safeguarding.gate import Rule
from safeguarding.models import Disclosure, Recipient, Task
from safeguarding.sharing.kinds import DRAWN, Status, TalkFirst, TaskKind, Way
from tests.sharing import (
    ENOUGH,
    FACT,
    NOT_ASKED,
    RECEIPT,
    WHY,
    brought,
    considered,
    fetched,
    filled,
    left,
    verified,
    worry,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def police(supervisor, lead) -> Recipient:
    return verified(supervisor, lead)


@pytest.fixture
def escalation(contact, worker, supervisor):
    return worry(contact, worker, supervisor)


@pytest.fixture
def disclosure(escalation, supervisor) -> Disclosure:
    return considered(escalation, supervisor)


@pytest.fixture
def approved(disclosure, supervisor, lead, police) -> Disclosure:
    brought(disclosure, Status.APPROVED, by=supervisor, second=lead, recipient=police)
    return fetched(disclosure)


@pytest.fixture
def spies(monkeypatch):
    """Whatever a process could use to tell somebody something: sockets, files and mail."""
    seen = []
    connect, opened = socket.socket.connect, builtins.open

    def connecting(self, where):
        seen.append(("socket", where))
        return connect(self, where)

    def opening(file, mode="r", *args, **options):
        if set(mode) & set("wax+"):
            seen.append(("file", file))
        return opened(file, mode, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(builtins, "open", opening)
    return seen


BREAKS = {
    Rule.GROUND: {"ground": ""},
    Rule.HARM: {"harm": "less"},
    Rule.LAW: {"basis": ""},
    Rule.TALK: {"talk": ""},
    Rule.TELL: {"tell_by": None},
    Rule.RECIPIENT: {"recipient": None},
    Rule.ITEMS: {},
    Rule.WAY: {"way": ""},
    Rule.PEOPLE: {"approved_by": None},
}


def broken(disclosure, rules) -> Disclosure:
    """The approved sharing with these conditions taken away, and its mark as if read so."""
    changes = {name: value for rule in rules for name, value in BREAKS[rule].items()}
    if Rule.ITEMS in rules:
        disclosure.items.all().delete()
    Disclosure.objects.filter(pk=disclosure.pk).update(prepared_mark="x", approved_mark="x")
    if changes:
        Disclosure.objects.filter(pk=disclosure.pk).update(**changes)
    found = fetched(disclosure)
    mark = found.mark()
    Disclosure.objects.filter(pk=disclosure.pk).update(prepared_mark=mark, approved_mark=mark)
    return fetched(disclosure)


def went(disclosure, by) -> bool:
    """Whether the one verb lets it go; a refusal says that something is missing."""
    try:
        disclosure.disclose(by=by)
    except Refused as refused:
        return "still missing" not in str(refused)
    return True


def test_e01_of_512_subsets_only_the_whole_discloses_and_nothing_leaves_otherwise(
    approved, supervisor, spies
):
    outcomes = {}
    for lacking in (some for count in range(10) for some in combinations(Rule, count)):
        here = transaction.savepoint()
        found = broken(approved, lacking)
        assert {each.rule for each in gate.missing(found.facts())} >= set(lacking)
        spies.clear()
        outcomes[lacking] = went(found, supervisor)
        assert spies == []
        assert Message.objects.exists() is Task.objects.exists() is outcomes[lacking]
        assert (fetched(approved).status == Status.LEAVING) is outcomes[lacking]
        transaction.savepoint_rollback(here)
    send_what_waits()
    assert [lacking for lacking, gone in outcomes.items() if gone] == [()]
    assert (len(outcomes), mail.outbox) == (512, [])


@pytest.mark.parametrize("ground", Circumstance)
def test_e01_each_of_the_six_grounds_has_its_way_through(
    disclosure, supervisor, lead, police, ground
):
    filled(disclosure, supervisor, police, ground=ground)
    disclosure.hand_on(by=supervisor)
    disclosure.approve(by=lead, mark=disclosure.mark())
    disclosure.disclose(by=supervisor)
    assert disclosure.status == Status.LEAVING


@pytest.mark.parametrize("ground", ["other", "Life-in-danger", "ASKED", "because", None])
def test_e02_a_ground_outside_the_six_is_refused_by_the_verb_and_by_postgresql(
    disclosure, supervisor, ground
):
    with pytest.raises(Refused, match="none of the circumstances"):
        disclosure.say_why(by=supervisor, ground=ground)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.filter(pk=disclosure.pk).update(ground=ground)


@pytest.mark.parametrize(("start", "end"), list(product(Status, Status)))
def test_postgresql_lets_only_the_drawn_moves_pass(
    disclosure, supervisor, lead, police, start, end
):
    brought(disclosure, start, by=supervisor, second=lead, recipient=police)
    rows = Disclosure.objects.filter(pk=disclosure.pk)
    if start == end:
        return
    try:
        with transaction.atomic():
            rows.update(status=end)
        said = ""
    except IntegrityError as refused:
        said = str(refused)
    assert ("cannot go from" in said) is ((start, end) not in DRAWN)


ENGAGED = "The line was engaged each of three times."
VERBS = {
    "say_why": lambda d, s, o: d.say_why(by=s, **ENOUGH),
    "talk_first": lambda d, s, o: d.talk_first(by=s, **NOT_ASKED),
    "address": lambda d, s, o: d.address(by=s, way=Way.PHONE),
    "tick": lambda d, s, o: d.tick(by=s, ticked={}),
    "note_director": lambda d, s, o: d.note_director(WHY, by=s),
    "hand_on": lambda d, s, o: d.hand_on(by=s),
    "approve": lambda d, s, o: d.approve(by=o, mark=d.mark()),
    "reopen": lambda d, s, o: d.reopen(by=s),
    "disclose": lambda d, s, o: d.disclose(by=s),
    "cancel": lambda d, s, o: d.cancel(by=s),
    "received": lambda d, s, o: d.received(RECEIPT, by=s),
    "nobody_took_it": lambda d, s, o: d.nobody_took_it(ENGAGED, by=s),
    "keep_back": lambda d, s, o: d.keep_back(WHY, by=s),
    "went_astray": lambda d, s, o: d.went_astray(WHY, by=s),
}
BEFORE = {Status.PREPARING}
READY = {Status.PREPARED, Status.APPROVED}
FROM = {
    **dict.fromkeys(["say_why", "talk_first", "address", "tick", "note_director"], BEFORE),
    "hand_on": BEFORE,
    "approve": {Status.PREPARED},
    "reopen": READY,
    "disclose": {Status.APPROVED},
    "cancel": {Status.LEAVING},
    "received": set(),
    "nobody_took_it": set(),
    "keep_back": BEFORE | READY,
    "went_astray": {Status.SHARED},
}


@pytest.mark.parametrize(("verb", "status"), list(product(VERBS, Status)))
def test_every_verb_works_from_the_states_it_is_drawn_from_and_leaves_nothing_behind_elsewhere(
    disclosure, supervisor, lead, police, verb, status
):
    brought(disclosure, status, by=supervisor, second=lead, recipient=police)
    if status == Status.PREPARING and verb in {"hand_on", "keep_back"}:
        filled(disclosure, supervisor, police)
    before = rows_of(disclosure)

    if status in FROM[verb]:
        VERBS[verb](fetched(disclosure), supervisor, lead)
        assert rows_of(disclosure) != before
        return
    with pytest.raises((WrongState, Refused)):
        VERBS[verb](fetched(disclosure), supervisor, lead)
    assert rows_of(disclosure) == before


def rows_of(disclosure):
    """Everything a verb could have changed."""
    own = Disclosure.objects.values().get(pk=disclosure.pk)
    counts = disclosure.items.count(), disclosure.steps.count(), Task.objects.count()
    return own, counts, Message.objects.count(), AuditEvent.objects.count()


def test_nobody_who_wrote_in_it_approves_it(disclosure, supervisor, other_supervisor, lead, police):
    filled(disclosure, supervisor, police)
    disclosure.talk_first(by=other_supervisor, **NOT_ASKED)
    disclosure.hand_on(by=supervisor)
    for author in (supervisor, other_supervisor):
        with pytest.raises(Refused, match="second person"):
            disclosure.approve(by=author, mark=disclosure.mark())
    disclosure.approve(by=lead, mark=disclosure.mark())
    assert fetched(disclosure).approved_by == lead


def test_f13_one_human_with_two_accounts_or_two_roles_counts_once(
    disclosure, make_staff, supervisor, team, police
):
    second = make_staff("again", Role.SUPERVISOR, Role.LEAD, teams=[team], person=supervisor)
    filled(disclosure, supervisor, police)
    disclosure.hand_on(by=supervisor)
    with pytest.raises(Refused, match="second person"):
        disclosure.approve(by=second, mark=disclosure.mark())


@pytest.mark.parametrize("verb", ["say_why", "hand_on", "approve", "disclose", "keep_back"])
@pytest.mark.parametrize("role", [Role.WORKER, Role.DPO, Role.ADMINISTRATOR])
def test_a_worker_the_dpo_and_an_administrator_decide_nothing(
    disclosure, make_staff, verb, role, lead
):
    other = make_staff(f"other-{role}", role)
    who = lead if verb != "approve" else other
    with pytest.raises(Refused, match="A supervisor or the safeguarding lead"):
        VERBS[verb](disclosure, other, other if verb == "approve" else who)
    assert not Disclosure.objects.visible_to(other).exists()


def test_two_people_decide_at_once_one_wins_and_the_other_is_told(approved, supervisor, lead):
    stale = fetched(approved)
    approved.disclose(by=supervisor)
    with pytest.raises(WrongState, match="Somebody else was here first"):
        stale.disclose(by=lead)
    assert Message.objects.count() == 1
    assert Task.objects.telling().count() == 1


def test_a_life_at_risk_now_needs_one_person_and_waits_for_nothing(
    contact, worker, supervisor, police
):
    disclosure = considered(
        worry(contact, worker, supervisor, urgency=Urgency.IMMEDIATE), supervisor
    )
    filled(disclosure, supervisor, police)
    disclosure.hand_on(by=supervisor)
    disclosure.disclose(by=supervisor)
    assert disclosure.alone
    send_what_waits()
    shared = [letter for letter in mail.outbox if letter.to == ["control@kent.police.uk"]]
    assert len(shared) == 1


def test_e04_a_trusted_police_officer_takes_two_people_even_then(
    contact, worker, supervisor, lead, police
):
    disclosure = considered(
        worry(contact, worker, supervisor, urgency=Urgency.IMMEDIATE), supervisor
    )
    trusted = {"trusted": "police", "harms_person": True, "near_children": True}
    filled(disclosure, supervisor, police, ground=Circumstance.POSITION_OF_TRUST, **trusted)
    with pytest.raises(Refused, match="where the officer works"):
        disclosure.hand_on(by=supervisor)
    disclosure.say_why(by=supervisor, officer_unit="KENT POLICE, control room ")
    with pytest.raises(Refused, match="Choose another recipient"):
        disclosure.hand_on(by=supervisor)
    disclosure.say_why(by=supervisor, officer_unit="Sussex Police, Hove")
    disclosure.hand_on(by=supervisor)
    with pytest.raises(Refused, match="A second person"):
        disclosure.disclose(by=supervisor)
    disclosure.approve(by=lead, mark=disclosure.mark())
    disclosure.disclose(by=supervisor)


def test_nothing_is_shared_that_was_not_decided_to_be(contact, worker, supervisor, lead, police):
    escalation = worry(contact, worker, supervisor, decision=Decision.SUPPORT_PLAN)
    disclosure = considered(escalation, supervisor)
    brought(disclosure, Status.APPROVED, by=supervisor, second=lead, recipient=police)
    with pytest.raises(Refused, match="has not been decided"):
        disclosure.disclose(by=supervisor)


def test_it_leaves_word_for_word_as_it_was_approved_and_is_kept(approved, contact, supervisor):
    approved.disclose(by=supervisor)
    left(approved, supervisor)
    (letter,) = mail.outbox
    kept = fetched(approved)
    assert letter.body == kept.package
    assert FACT in letter.body
    assert (letter.to, letter.subject) == (["control@kent.police.uk"], "A confidential letter")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Disclosure.objects.filter(pk=kept.pk).update(left_mark="other")


def test_only_what_was_ticked_leaves_and_not_that_they_rang(
    disclosure, contact, worker, supervisor, lead, police
):
    contact.add_note("They live above the bakery.", by=worker)
    filled(disclosure, supervisor, police)
    disclosure.tick(by=supervisor, ticked={"line:1": "Their own words"})
    body = disclosure.package_now().body
    assert "“my dad shouts”" in body
    for other in (
        "that sounds hard",
        "bakery",
        contact.handle_words,
        "suicide",
        "chat",
        "helpline",
    ):
        assert other not in body.replace("Harbour Line", "").lower()


def test_e01_each_thing_that_leaves_has_its_reason_and_is_there(disclosure, supervisor):
    with pytest.raises(Refused, match="why it has to"):
        disclosure.tick(by=supervisor, ticked={"line:1": " "})
    with pytest.raises(Refused, match="not there any more"):
        disclosure.tick(by=supervisor, ticked={"line:99": "Their own words"})
    assert not disclosure.items.exists()


def test_the_whole_record_leaves_only_with_the_safeguarding_lead(
    disclosure, supervisor, other_supervisor, lead, police
):
    filled(disclosure, supervisor, police)
    everything = {"line:1": "All of it is needed", "line:2": "All of it is needed"}
    disclosure.tick(by=supervisor, ticked=everything)
    with pytest.raises(Refused, match="safeguarding lead"):
        disclosure.tick_all(by=supervisor, why="All of it is needed")
    disclosure.hand_on(by=supervisor)
    disclosure.approve(by=other_supervisor, mark=disclosure.mark())
    with pytest.raises(Refused, match="whole record"):
        disclosure.disclose(by=supervisor)
    disclosure.reopen(by=supervisor)
    disclosure.hand_on(by=supervisor)
    disclosure.approve(by=lead, mark=disclosure.mark())
    disclosure.disclose(by=supervisor)


def test_all_the_notes_of_a_call_are_its_whole_record(
    make_contact, worker, supervisor, lead, police
):
    call = make_contact(worker=worker, channel="phone")
    notes = [call.add_note(words, by=worker) for words in ("He is back.", "She is at school.")]
    sharing = considered(worry(call, worker, supervisor), supervisor)
    filled(sharing, supervisor, police)
    sharing.tick(by=supervisor, ticked={f"note:{notes[0].pk}": "They must know"})
    assert not fetched(sharing).facts().whole
    both = {f"note:{note.pk}": "They must know" for note in notes}
    sharing.tick(by=supervisor, ticked=both)
    assert fetched(sharing).facts().whole


def test_e15_what_is_not_what_was_approved_does_not_leave(approved, contact, supervisor):
    item = approved.items.get()
    approved.items.model.objects.filter(pk=item.pk).delete()
    row = {"number": 1, "source": "line", "of": contact.pk, "ref": "1"}
    made = approved.items.model(disclosure=approved, why="Something else", **row)
    made.save(force_insert=True)
    with pytest.raises(Refused, match="not what was read"):
        approved.disclose(by=supervisor)
    assert not Message.objects.exists()


def test_e20_it_waits_before_it_leaves_and_can_be_stopped_until_then(
    approved, supervisor, settings
):
    settings.SHARING_DELAY = timedelta(minutes=10)
    approved.disclose(by=supervisor)
    send_what_waits()
    assert mail.outbox == []
    approved.cancel(by=supervisor)
    Message.objects.update(not_before=timezone.now())
    send_what_waits()
    assert mail.outbox == []
    assert fetched(approved).package is None
    assert not Task.objects.exists()


def test_nothing_is_decided_against_sharing_while_a_letter_can_still_be_stopped(
    approved, escalation, supervisor, settings
):
    settings.SHARING_DELAY = timedelta(minutes=10)
    approved.disclose(by=supervisor)
    again = escalation.locked()
    again.assess(by=supervisor, concern="They are safe with their aunt, it was somebody else.")
    with pytest.raises(Refused, match="Stop it first"):
        again.decide(Decision.SUPPORT_PLAN, by=supervisor, why=WHY)
    assert escalation.locked().status == Worry.ASSESSING
    approved.cancel(by=supervisor)
    again.decide(Decision.SUPPORT_PLAN, by=supervisor, why=WHY)
    assert not Message.objects.exists()


def test_e20_once_it_left_it_cannot_be_stopped_and_a_breach_is_offered(approved, supervisor):
    approved.disclose(by=supervisor)
    with pytest.raises(Refused, match="can still be stopped"):
        approved.went_astray(WHY, by=supervisor)
    left(approved, supervisor)
    with pytest.raises(WrongState, match="has left already"):
        approved.cancel(by=supervisor)
    task = approved.went_astray("It was meant for the Sussex control room.", by=supervisor)
    assert task.kind == TaskKind.BREACH
    assert task.due_at - task.opened_at == pytest.approx(
        timedelta(hours=72), abs=timedelta(minutes=1)
    )


def test_by_telephone_it_is_read_out_as_fixed_and_the_receipt_names_who_took_it(
    disclosure, supervisor, lead, police
):
    filled(disclosure, supervisor, police, way=Way.PHONE)
    disclosure.hand_on(by=supervisor)
    disclosure.approve(by=lead, mark=disclosure.mark())
    disclosure.disclose(by=supervisor)
    with pytest.raises(Refused, match="Its time has not come"):
        disclosure.read_out(by=supervisor)
    Disclosure.objects.update(leaves_at=timezone.now())
    with pytest.raises(Refused, match="nobody has sent it, read it out"):
        disclosure.received(RECEIPT, by=supervisor)
    assert FACT in disclosure.read_out(by=supervisor)
    with pytest.raises(WrongState, match="has left already"):
        disclosure.cancel(by=supervisor)
    disclosure.received(RECEIPT, by=supervisor)
    assert fetched(disclosure).receipt == RECEIPT
    assert not Message.objects.exists()


@pytest.fixture
def rung(disclosure, supervisor, lead, police, settings) -> Disclosure:
    """A sharing that was opened to be read out on the telephone."""
    settings.SHARING_DELAY = timedelta(0)
    brought(disclosure, Status.LEAVING, by=supervisor, second=lead, recipient=police, way=Way.PHONE)
    disclosure.read_out(by=supervisor)
    return fetched(disclosure)


def test_what_nobody_on_the_telephone_took_is_prepared_again_and_nobody_is_told_of_it(
    rung, supervisor
):
    with pytest.raises(Refused, match="20 characters"):
        rung.nobody_took_it("engaged", by=supervisor)
    rung.nobody_took_it(ENGAGED, by=supervisor)
    again = fetched(rung)
    assert (again.status, again.package, again.has_left()) == (Status.PREPARING, None, False)
    assert not Task.objects.exists()
    again.keep_back("They are with their aunt now, and safe.", by=supervisor)


def test_what_was_opened_for_a_call_that_nobody_took_does_not_count_for_the_next(
    rung, supervisor, lead
):
    rung.nobody_took_it(ENGAGED, by=supervisor)
    again = fetched(rung)
    again.hand_on(by=supervisor)
    again.approve(by=lead, mark=again.mark())
    again.disclose(by=supervisor)
    assert not again.has_left()
    with pytest.raises(Refused, match="nobody has sent it, read it out"):
        again.received(RECEIPT, by=supervisor)
    with pytest.raises(WrongState):
        again.nobody_took_it(ENGAGED, by=supervisor)
    again.cancel(by=supervisor)
    assert fetched(again).status == Status.PREPARING


def test_e20_nobody_took_it_is_not_said_of_what_somebody_else_was_told(rung, supervisor):
    rung.went_astray("A man answered who is not with the police.", by=supervisor)
    with pytest.raises(Refused, match="somebody else was told"):
        rung.nobody_took_it(ENGAGED, by=supervisor)
    assert fetched(rung).status == Status.LEAVING


def test_a_letter_by_post_is_not_taken_by_nobody(disclosure, supervisor, lead, settings):
    settings.SHARING_DELAY = timedelta(0)
    to = verified(supervisor, lead, posts_to="1 High Street")
    brought(disclosure, Status.LEAVING, by=supervisor, second=lead, recipient=to, way=Way.POST)
    disclosure.read_out(by=supervisor)
    with pytest.raises(Refused, match="on the telephone"):
        disclosure.nobody_took_it(ENGAGED, by=supervisor)


def test_e17_not_to_share_needs_the_same_record_and_lets_what_was_ticked_go(
    disclosure, supervisor, police
):
    with pytest.raises(Refused, match="still missing"):
        disclosure.keep_back(WHY, by=supervisor)
    disclosure.say_why(by=supervisor, **ENOUGH)
    disclosure.talk_first(by=supervisor, **NOT_ASKED)
    disclosure.tick(by=supervisor, ticked={"line:1": "Their own words"})
    with pytest.raises(Refused, match="20 characters"):
        disclosure.keep_back("not needed", by=supervisor)
    disclosure.keep_back("They are with their aunt now, and safe.", by=supervisor)
    kept = fetched(disclosure)
    assert (kept.ground, kept.harm, kept.talk) == ("life-in-danger", "serious", "not-possible")
    assert kept.ended_by == supervisor
    assert not kept.items.exists()


def test_s2_06_talking_first_says_why_and_whom_and_what_they_think(disclosure, supervisor, police):
    filled(disclosure, supervisor, police)
    said = {"talk": TalkFirst.TRIED, "talked_at": timezone.now(), "talked_by": supervisor}
    said |= {"told_why": "That they may die", "told_whom": "The police"}
    disclosure.talk_first(by=supervisor, **said)
    with pytest.raises(Refused, match="their view"):
        disclosure.hand_on(by=supervisor)
    disclosure.talk_first(by=supervisor, their_view="They do not want it.", tell_by=None)
    disclosure.hand_on(by=supervisor)


def test_sharing_moves_the_escalation_and_owes_the_person_to_be_told(approved, supervisor):
    approved.disclose(by=supervisor)
    assert approved.escalation.locked().status == Worry.ACTING
    task = Task.objects.telling().get()
    assert (task.disclosure, task.escalation) == (approved, approved.escalation)


def test_the_trail_and_the_contact_hold_no_word_of_it(approved, contact, supervisor):
    approved.disclose(by=supervisor)
    said = str([event.detail for event in AuditEvent.objects.all()])
    for words in (FACT, WHY, "Kent", "control@"):
        assert words not in said
    assert Contact.objects.filter(pk=contact.pk).exists()

"""What is owed afterwards: it stays open until somebody did it or says why it cannot be done."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.models import Correction
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations.drawn import Status as Worry
from safeguarding.models import Disclosure, SharedItem, Task
from safeguarding.sharing.correcting import owe_what_was_corrected
from safeguarding.sharing.kinds import Status, TaskKind
from tests.known import make_link, make_record
from tests.sharing import brought, considered, fetched, filled, left, verified, worry
from tests.worries import WHY

pytestmark = pytest.mark.django_db


@pytest.fixture
def escalation(contact, worker, supervisor):
    return worry(contact, worker, supervisor)


@pytest.fixture
def shared(escalation, supervisor, lead) -> Disclosure:
    police = verified(supervisor, lead)
    disclosure = considered(escalation, supervisor)
    filled(disclosure, supervisor, police)
    disclosure.tick(by=supervisor, ticked={"line:1": "Their own words"})
    disclosure.hand_on(by=supervisor)
    disclosure.approve(by=lead, mark=disclosure.mark())
    disclosure.disclose(by=supervisor)
    left(disclosure, supervisor)
    return disclosure


@pytest.mark.parametrize(
    ("outcome", "status"), [("done", Worry.INFORMED), ("impossible", Worry.NOT_INFORMED)]
)
def test_s1_10_telling_the_person_moves_the_escalation(shared, escalation, lead, outcome, status):
    task = Task.objects.telling().get()
    task.settle(outcome, by=lead, words=WHY)
    assert escalation.locked().status == status
    assert not Task.objects.telling().exists()


@pytest.mark.parametrize("words", ["", "  ", "not possible"])
def test_e18_closed_as_impossible_without_a_reason_it_is_refused_and_stays(shared, lead, words):
    task = Task.objects.telling().get()
    with pytest.raises(Refused, match="20 characters"):
        task.settle("impossible", by=lead, words=words)
    assert Task.objects.visible_to(lead).open().filter(pk=task.pk).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(outcome="impossible")


def test_the_escalation_that_says_they_know_ends_every_task_to_tell_them(shared, escalation, lead):
    escalation.locked().inform(by=lead, why=WHY)
    task = Task.objects.select_related("escalation__key").get(kind=TaskKind.TELL_PERSON)
    assert (task.outcome, task.words, task.ended_by) == ("done", WHY, lead)


def test_with_two_things_shared_they_know_once_they_know_of_both(
    shared, escalation, supervisor, lead
):
    second = considered(escalation, supervisor)
    brought(second, Status.SHARED, by=supervisor, second=lead, recipient=shared.recipient)
    first, last = Task.objects.telling()
    first.settle("done", by=lead, words=WHY)
    assert escalation.locked().status == Worry.ACTING
    last.settle("done", by=lead, words=WHY)
    assert escalation.locked().status == Worry.INFORMED


def test_of_two_who_settle_one_task_one_is_told_that_it_is_done(shared, lead, supervisor):
    task = Task.objects.telling().get()
    stale = Task.objects.get(pk=task.pk)
    task.settle("done", by=lead, words=WHY)
    with pytest.raises(WrongState, match="done this already"):
        stale.settle("done", by=supervisor, words=WHY)


@pytest.mark.parametrize("erased", [False, True])
def test_e19_what_was_shared_and_is_corrected_or_erased_is_told_to_the_recipient(
    shared, contact, supervisor, erased
):
    line = contact.lines.get(number=1)
    kind = TaskKind.TELL_ERASED if erased else TaskKind.TELL_CORRECTED
    (task,) = SharedItem.objects.tell_recipients(of=line, by=supervisor, erased=erased)
    assert (task.kind, task.disclosure) == (kind, shared)
    assert SharedItem.objects.tell_recipients(of=contact, by=None, erased=erased) == []
    assert SharedItem.objects.tell_recipients(of=contact.lines.get(number=2), by=None) == []


def test_e19_whoever_was_given_nothing_is_told_nothing(escalation, contact, supervisor, lead):
    disclosure = considered(escalation, supervisor)
    disclosure.tick(by=supervisor, ticked={"line:1": "Their own words"})
    assert SharedItem.objects.tell_recipients(of=contact, by=supervisor) == []
    assert not Task.objects.exists()


def test_e20_the_dpo_sees_of_a_breach_that_it_happened_and_nothing_else(
    shared, supervisor, dpo, lead
):
    shared.went_astray("It was meant for the Sussex control room.", by=supervisor)
    assert [task.kind for task in Task.objects.visible_to(dpo)] == [TaskKind.BREACH]
    assert not Disclosure.objects.visible_to(dpo).exists()
    Task.objects.visible_to(dpo).get().settle("done", by=dpo, words=WHY)
    telling = Task.objects.telling().get()
    with pytest.raises(Refused, match="A supervisor or"):
        telling.settle("done", by=dpo, words=WHY)


def test_who_sees_what_is_owed(shared, make_staff, worker, supervisor, lead, admin):
    other = make_staff("night", Role.SUPERVISOR)
    seen = {
        staff.email: Task.objects.visible_to(staff).exists()
        for staff in (worker, supervisor, other, lead, admin)
    }
    assert [name.partition("@")[0] for name, yes in seen.items() if yes] == ["supervisor", "lead"]


def test_what_is_past_its_time_is_late_and_first(shared, escalation, supervisor):
    later = Task.objects.owe(TaskKind.BREACH, escalation, by=supervisor)
    Task.objects.telling().update(due_at=timezone.now() - timedelta(minutes=1))
    first, second = Task.objects.open()
    assert (first.is_late(), second.is_late(), second) == (True, False, later)
    assert list(Task.objects.late()) == [first]


def test_the_trail_holds_that_it_was_owed_and_ended_and_no_word_of_how(shared, lead):
    Task.objects.telling().get().settle("done", by=lead, words=WHY)
    events = AuditEvent.objects.filter(action="sharing-task")
    said = sorted((event.detail for event in events), key=str)
    assert said == [{"ended": "done"}, {"kind": "tell-person"}]


@pytest.mark.parametrize(
    "status", [Status.PREPARING, Status.PREPARED, Status.APPROVED, Status.LEAVING]
)
def test_nothing_is_closed_while_something_is_still_being_shared(
    escalation, supervisor, lead, status
):
    police = verified(supervisor, lead)
    shared_first = brought(
        considered(escalation, supervisor),
        Status.SHARED,
        by=supervisor,
        second=lead,
        recipient=police,
    )
    second = considered(escalation, supervisor)
    brought(second, status, by=supervisor, second=lead, recipient=police)
    now = escalation.locked()
    now.inform(by=supervisor, why=WHY)
    now.look_back(by=supervisor, why=WHY)

    with pytest.raises(Refused, match="still being shared"):
        now.close(by=supervisor, why=WHY)
    assert (escalation.locked().status, shared_first.status) == (Worry.REVIEW, Status.SHARED)


@pytest.mark.parametrize("status", [Status.SHARED, Status.NOT_SHARED])
def test_it_is_closed_once_it_is_known_what_was_shared(escalation, supervisor, lead, status):
    brought(
        considered(escalation, supervisor),
        status,
        by=supervisor,
        second=lead,
        recipient=verified(supervisor, lead),
    )
    now = escalation.locked()
    if now.status == Worry.DECIDED:
        now.act(by=supervisor)
    now.inform(by=supervisor, why=WHY)
    now.look_back(by=supervisor, why=WHY)
    now.close(by=supervisor, why=WHY)
    assert not Disclosure.objects.open().exists()


def test_e19_what_they_correct_themselves_after_it_left_is_told_to_its_recipient(shared, contact):
    assert owe_what_was_corrected() == 0
    Correction.objects.add(contact, "It was my uncle, not my dad")
    assert [owe_what_was_corrected() for _ in range(2)] == [1, 0]
    assert Task.objects.open().get(kind=TaskKind.TELL_CORRECTED).disclosure == shared


def test_e19_a_note_that_was_shared_and_is_corrected_too(
    escalation, contact, worker, supervisor, lead
):
    note = contact.add_note("They are at the station.", by=worker)
    other = contact.add_note("They like tea.", by=worker)
    sharing = filled(considered(escalation, supervisor), supervisor, verified(supervisor, lead))
    sharing.tick(by=supervisor, ticked={f"note:{note.pk}": "So that they look there"})
    sharing.hand_on(by=supervisor)
    sharing.approve(by=lead, mark=sharing.mark())
    sharing.disclose(by=supervisor)
    left(sharing, supervisor)

    contact.add_note("They like coffee.", by=worker, corrects=other)
    assert owe_what_was_corrected() == 0
    contact.add_note("They are at the harbour.", by=worker, corrects=note)
    assert owe_what_was_corrected() == 1


def test_e19_what_is_corrected_while_it_waits_to_leave_is_told_once_it_has_left(
    escalation, contact, worker, supervisor, lead, settings
):
    """Its words are fixed when it is set on its way, and the old ones leave later."""
    settings.SHARING_DELAY = timedelta(minutes=10)
    note = contact.add_note("They are at the station.", by=worker)
    sharing = filled(considered(escalation, supervisor), supervisor, verified(supervisor, lead))
    sharing.tick(by=supervisor, ticked={f"note:{note.pk}": "So that they look there"})
    sharing.hand_on(by=supervisor)
    sharing.approve(by=lead, mark=sharing.mark())
    sharing.disclose(by=supervisor)
    contact.add_note("They are at the harbour.", by=worker, corrects=note)
    assert owe_what_was_corrected() == 0

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert Message.objects.send_next()
        assert "at the station" in fetched(sharing).package
        assert [owe_what_was_corrected() for _ in range(2)] == [1, 0]


def test_e19_who_they_are_changed_after_it_left_is_told_to_its_recipient(
    escalation, contact, worker, supervisor, lead
):
    record = make_record(contact, worker)
    make_link(contact, record, worker)
    sharing = filled(considered(escalation, supervisor), supervisor, verified(supervisor, lead))
    sharing.tick(by=supervisor, ticked={"identity:names": "So that they know whom to look for"})
    sharing.hand_on(by=supervisor)
    sharing.approve(by=lead, mark=sharing.mark())
    sharing.disclose(by=supervisor)
    left(sharing, supervisor)

    assert owe_what_was_corrected() == 0
    record.change({"names": "Meg Oyelaran"}, by=worker)
    assert [owe_what_was_corrected() for _ in range(2)] == [1, 0]

"""A worry about somebody’s safety ends six years after it was closed, whole (rules 2.6, S2-38)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Forgotten
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.states import WrongState
from helpline.foundation.vault.models import DataKey
from privacy import forgetting, ledger, records, retention, schedule, views
from privacy.models import Disposal, PurgeRun
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision
from safeguarding.models import (
    Alert,
    Assessment,
    Consultation,
    Debrief,
    EmergencyCall,
    Escalation,
    EscalationStep,
    Handover,
    Hold,
    Recipient,
    Task,
)
from safeguarding.sharing.kinds import Status as Sharing
from safeguarding.sharing.kinds import Way
from tests import sharing
from tests.racing import outcome, rivals
from tests.test_hold_several import place
from tests.test_holds import text_of
from tests.worries import CONCERN, WHY, brought_to, do, raised

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
SAID = "He comes back every Friday, I hide in the shed."
RELEASED = "She is safe and has moved away"
OFFERED = {Debrief, Handover}  # beside the way of a worry
NO_ACTION = ("acknowledge", "assess", "decide", "look_back", "close")


def closed(contact, worker, supervisor, *, decision=Decision.NO_ACTION, said=SAID) -> Escalation:
    """A worry with the person's own words in it, closed."""
    worry = raised(contact, worker, said=said, concern=CONCERN)
    if decision != Decision.NO_ACTION:
        return brought_to(worry, Status.CLOSED, by=supervisor, decision=decision)
    for verb in NO_ACTION:
        do(worry, verb, by=supervisor, decision=decision)
    return worry


@pytest.fixture
def worry(contact, worker, supervisor) -> Escalation:
    """A closed worry of which nothing came."""
    return closed(contact, worker, supervisor)


def is_whole(worry) -> bool:
    """The row, its key, what was judged and what was done."""
    found = Escalation.objects.filter(pk=worry.pk, key__isnull=False)
    judged, done = (m.objects.filter(escalation=worry.pk) for m in (Assessment, EscalationStep))
    return all(rows.exists() for rows in (found, judged, done))


def is_gone(worry) -> bool:
    """None of it, and neither of its keys."""
    keys = DataKey.objects.filter(pk__in=[worry.key_id, worry.said_key_id])
    rows = [m.objects.filter(escalation=worry.pk) for m in (Assessment, EscalationStep)]
    found = [Escalation.objects.filter(pk=worry.pk), keys, *rows]
    return not any(each.exists() for each in found)


def purge(day=None) -> PurgeRun:
    return retention.purge_all(day or london_today())


def quotes(worry) -> list[str | None]:
    """What the person said in it, as far as it still opens."""
    found = worry.assessments.select_related("escalation__said_key").filter(said__isnull=False)
    return [each.said for each in found]


# When --------------------------------------------------------------------------------------------


def test_it_goes_on_the_day_its_six_years_are_over_and_not_a_day_before(worry):
    last = add_months(london_today(), 72)
    assert worry.keep_until == last
    assert schedule.SAFEGUARDING.months == 72
    purge(last - DAY)
    assert is_whole(worry)
    purge(last)
    assert is_gone(worry)


@pytest.mark.parametrize("status", [Status.RAISED, Status.ASSESSING, Status.ACTING, Status.REVIEW])
def test_an_open_one_never_ends(contact, worker, supervisor, status):
    worry = brought_to(raised(contact, worker, concern=CONCERN), status, by=supervisor)
    purge(add_months(london_today(), 900))
    assert is_whole(worry)


def test_reopened_it_has_no_end_until_it_is_closed_again(worry, supervisor):
    worry.reopen(by=supervisor, why=WHY)
    purge(add_months(london_today(), 72))
    assert is_whole(worry)


def test_c15_it_is_certified_in_its_class_with_both_keys_and_stands_in_the_ledger(worry):
    Escalation.objects.update(keep_until=london_today())
    run = purge()
    record = Disposal.objects.get(run=run, retention_class=schedule.SAFEGUARDING.name)
    assert (record.gone, record.keys_destroyed, record.oldest_start) == (1, 2, london_today())
    assert [entry.contacts for entry in ledger.entries()] == [[worry.pk]]
    assert AuditEvent.objects.get(action=Action.PURGED).detail == {"records": 1, "entry": 1}
    assert AuditEvent.objects.about(worry).exists(), "the trail outlives it"


def test_the_bare_row_of_its_contact_goes_with_the_last_that_refers_to_it(
    worry, contact, worker, supervisor
):
    second = closed(contact, worker, supervisor)
    Contact.objects.update(purge_on=london_today())
    purge()
    assert Contact.objects.get().purged_on
    Escalation.objects.filter(pk=worry.pk).update(keep_until=london_today())
    purge()
    assert Contact.objects.filter(pk=contact.pk).exists()
    Escalation.objects.filter(pk=second.pk).update(keep_until=london_today())
    purge()
    assert not Contact.objects.exists()


def test_its_contact_stays_when_its_own_time_is_not_over(worry, contact):
    Escalation.objects.update(keep_until=london_today())
    purge()
    assert is_gone(worry)
    assert Contact.objects.get(pk=contact.pk).purged_on is None


def below(model) -> set:
    """Every table whose rows belong to a row of this one, or to one of those."""
    rows = {
        link.related_model
        for link in model._meta.get_fields(include_hidden=True)
        if isinstance(link, models.ManyToOneRel) and link.on_delete is models.CASCADE
    }
    return rows.union(*(below(each) for each in rows))


def test_whoever_adds_a_table_of_a_worry_must_say_that_it_goes(db):
    assert below(Escalation) == set(records.GOES_WITH_A_WORRY)


# Holds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "ground"),
    [("safeguarding", "harmed-now"), ("legal", "claim"), ("breach", "investigation")],
)
def test_c02_a_hold_on_its_contact_keeps_it_and_a_week_longer(
    worry, contact, supervisor, lead, signed_in, kind, ground
):
    Escalation.objects.update(keep_until=london_today())
    Contact.objects.update(purge_on=london_today())
    hold = place([contact], supervisor, kind=kind, ground=ground)
    purge(london_today() + 400 * DAY)
    assert is_whole(worry)
    assert Escalation.objects.visible_to(lead).get() == worry
    hold.release(by=lead, reason=RELEASED)
    purge(london_today() + 6 * DAY)
    assert is_whole(worry)
    purge(london_today() + 7 * DAY)
    assert is_gone(worry)


def test_c09_a_hold_that_is_being_placed_wins(worry, contact, supervisor):
    Escalation.objects.update(keep_until=london_today())
    run = PurgeRun.objects.create()
    with rivals() as start:
        with transaction.atomic():
            place([Contact.objects.get(pk=contact.pk)], supervisor)
            assert outcome(start(records.end_all, london_today(), run)) == 0
        assert outcome(start(records.end_all, london_today(), run)) == 0
    assert is_whole(worry)
    assert Hold.objects.exists()


# What the person said ----------------------------------------------------------------------------


def test_quotes_of_one_without_action_go_with_the_contact_and_the_judgement_stays(worry, contact):
    assert quotes(worry) == [SAID]
    key = worry.said_key_id
    Contact.objects.update(purge_on=london_today())
    run = purge()
    assert quotes(worry) == []
    assert not DataKey.objects.filter(pk=key).exists()
    judged = worry.assessments.select_related("escalation__key").latest("number")
    assert judged.concern == CONCERN
    assert Disposal.objects.get(run=run).keys_destroyed == 2
    (entry,) = ledger.entries()
    assert entry.forgotten == {"quotes": [worry.pk]}


@pytest.mark.parametrize("decision", [Decision.SUPPORT_PLAN, Decision.DISCLOSE])
def test_quotes_of_what_was_acted_on_stay_with_it(contact, worker, lead, decision):
    worry = closed(contact, worker, lead, decision=decision)
    Contact.objects.update(purge_on=london_today())
    purge()
    assert quotes(worry) == [SAID]


def test_quotes_of_an_open_one_stay_and_go_at_once_when_it_is_closed_after_the_contact(
    contact, worker, supervisor
):
    worry = raised(contact, worker, said=SAID, concern=CONCERN)
    for verb in NO_ACTION[:-1]:
        do(worry, verb, by=supervisor, decision=Decision.NO_ACTION)
    Contact.objects.update(purge_on=london_today())
    purge()
    assert quotes(worry) == [SAID]
    key = worry.said_key_id
    do(worry, "close", by=supervisor)
    assert quotes(worry) == []
    assert not DataKey.objects.filter(pk=key).exists()
    assert Forgotten.objects.get().which == worry.pk
    purge()
    assert [entry.forgotten for entry in ledger.entries()][-1] == {"quotes": [worry.pk]}


def test_quotes_stay_while_the_contact_is_there(worry):
    purge()
    assert quotes(worry) == [SAID]


def test_opened_again_it_takes_new_words_under_a_new_key(worry, supervisor):
    Contact.objects.update(purge_on=london_today())
    purge()
    again = Escalation.objects.with_keys().get(pk=worry.pk)
    again.reopen(by=supervisor, why=WHY)
    again.assess(by=supervisor, said="They rang again.", concern=CONCERN)
    assert quotes(worry) == ["They rang again."]


def test_nothing_else_of_a_judgement_can_be_changed(worry):
    for column, value in [("number", 9), ("concern", None)]:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Assessment.objects.update(**{column: value})


# After a restore ---------------------------------------------------------------------------------


def test_c17_what_a_restore_brought_back_goes_again_open_or_closed(contact, worker):
    worry = raised(contact, worker, said=SAID)
    assert Contact.objects.get().escalated
    entry = ledger.Entry(1, [worry.pk.hex], done=True)
    run = PurgeRun.objects.create()
    for _ in range(2):
        retention.replay(entry, london_today(), run)
    assert is_gone(worry)
    assert not Contact.objects.get().escalated
    assert Disposal.objects.get(run=run).gone == 1


def test_c17_quotes_that_a_restore_brought_back_go_again(worry):
    forgetting.again({"quotes": [worry.pk]})
    forgetting.again({"quotes": [worry.pk]})
    assert quotes(worry) == []
    assert is_whole(worry)


# The look before ---------------------------------------------------------------------------------


def ends_in(worry, days: int) -> Escalation:
    Escalation.objects.filter(pk=worry.pk).update(keep_until=london_today() + days * DAY)
    return Escalation.objects.with_keys().get(pk=worry.pk)


@pytest.mark.parametrize(("days", "shown"), [(1, True), (90, True), (91, False)])
def test_what_ends_within_ninety_days_is_to_be_looked_at(worry, supervisor, signed_in, days, shown):
    ends_in(worry, days)
    page = text_of(signed_in(supervisor), "escalations_ending")
    assert (worry.get_absolute_url() in page) is shown


def test_somebody_looks_once_and_the_trail_knows(worry, supervisor, lead, signed_in):
    ends_in(worry, 30)
    path = reverse("escalation_looked_at", args=[worry.pk])
    assert signed_in(supervisor).post(path).status_code == 302
    assert signed_in(lead).post(path).status_code == 409
    event = AuditEvent.objects.get(action=Action.ESCALATION_LOOKED_AT)
    assert (event.actor, event.subject_id) == (str(supervisor.pk), str(worry.pk))
    page = text_of(signed_in(lead), "escalations_ending")
    assert supervisor.alias in page
    assert "I have looked" not in page


def test_what_does_not_end_soon_is_not_looked_at(worry, supervisor):
    with pytest.raises(WrongState, match="does not end soon"):
        worry.look_at_before_its_end(by=supervisor)


@pytest.mark.parametrize("looked_at", [True, False])
def test_looked_at_or_not_it_goes_on_its_day(worry, supervisor, looked_at):
    soon = ends_in(worry, 1)
    if looked_at:
        soon.look_at_before_its_end(by=supervisor)
    purge(london_today() + DAY)
    assert is_gone(worry)


def test_opened_again_it_is_looked_at_anew(worry, supervisor):
    soon = ends_in(worry, 1)
    soon.look_at_before_its_end(by=supervisor)
    soon.reopen(by=supervisor, why=WHY)
    assert (soon.looked_at_on, soon.looked_at_by) == (None, None)


def test_from_its_last_midnight_it_is_a_404_even_if_the_job_never_ran(worry, supervisor, signed_in):
    path = worry.get_absolute_url()
    client = signed_in(supervisor)
    assert client.get(path).status_code == 200
    ends_in(worry, 1)
    with time_machine.travel(timezone.now() + DAY):
        assert signed_in(supervisor).get(path).status_code == 404
    assert is_whole(worry)


def test_the_board_counts_worries_beside_the_others(worry):
    ends_in(worry, 5)
    counts = [row["worries"] for row in views.due_by(london_today())]
    assert counts == [0, 1, 1, 1]


def test_what_was_shared_called_and_owed_goes_with_it_and_the_list_stays(
    contact, worker, supervisor, lead
):
    listed = sharing.verified(supervisor, lead)
    worry = sharing.worry(contact, worker, lead)
    said = {"body": "Her aunt", "found_at": "x", "spoke_to": "x", "rings_at": "101"}
    Recipient.objects.add("named", escalation=worry, by=supervisor, **said)
    disclosure = sharing.considered(worry, supervisor)
    sharing.brought(disclosure, Sharing.PREPARED, by=supervisor, second=lead, recipient=listed)
    EmergencyCall.objects.write_down(on=worry, by=worker, said="She is at home.")
    asked = {"profession": "health", "body": "A nurse", "asked": "x", "answered": "y"}
    Consultation.objects.note(worry, by=lead, anonymised=True, **asked)
    worry.assessments.latest("number").dispute("I was in no danger.", by=lead)
    Task.objects.owe("breach", worry, by=None)
    Alert.objects.tell(worry, [lead], due_at=worry.raised_at, now=timezone.now())
    while Message.objects.send_next():
        pass  # what has left is forgotten by itself
    assert {m for m in records.GOES_WITH_A_WORRY if not m.objects.exists()} <= OFFERED

    run = PurgeRun.objects.create()
    records.destroy([worry.pk], run)
    assert {m for m in records.GOES_WITH_A_WORRY if m.objects.exists()} == {Recipient}
    assert Recipient.objects.get() == listed
    assert set(DataKey.objects.values_list("pk", flat=True)) == {contact.key_id, listed.key_id}
    assert Disposal.objects.get(run=run).keys_destroyed == 3


@pytest.mark.parametrize("what", ["a 999 call", "a sharing"])
def test_what_they_said_stays_with_a_worry_of_which_something_came(
    contact, worker, supervisor, lead, what
):
    """That nothing more was needed in the end does not make it one about nothing."""
    worry = raised(contact, worker, said=SAID, concern=CONCERN)
    if what == "a 999 call":
        EmergencyCall.objects.write_down(by=worker, on=worry, said=SAID)
        do(worry, "acknowledge", by=supervisor)
    else:
        brought_to(worry, Status.DECIDED, by=supervisor, decision=Decision.DISCLOSE)
        people = {"by": supervisor, "second": lead, "recipient": sharing.verified(supervisor, lead)}
        first = sharing.considered(worry, supervisor)
        sharing.brought(first, Sharing.SHARED, way=Way.PHONE, **people)
    now = Escalation.objects.get(pk=worry.pk)
    for verb in NO_ACTION[1:]:
        do(now, verb, by=supervisor, decision=Decision.NO_ACTION)
    Contact.objects.update(purge_on=london_today())
    purge()
    assert quotes(now) == [SAID]

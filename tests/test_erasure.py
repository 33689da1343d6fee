"""An erasure is read before it runs, decided by two, done once, and stays done (Art 17)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.models import Contact, Line
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention
from privacy.erasure import erasing
from privacy.erasure.kinds import COPIES_GONE_AFTER, Choice, Ground, Stop
from privacy.erasure.planning import draw_up, stops
from privacy.models import Disposal, Erasure, PurgeRun
from privacy.rights.kinds import Kind, Status
from safeguarding.models import Hold, Task
from tests.reviewing import in_review, standing
from tests.sharing import RECEIPT, considered, filled, left, verified, worry
from tests.worries import CONCERN, raised

pytestmark = pytest.mark.django_db
WHY = "It is still needed to keep them safe tonight."


@pytest.fixture
def ended(make_contact, worker, team) -> Contact:
    return make_contact("my dad shouts", "that is hard", worker=worker, team=team, ended=True)


@pytest.fixture
def request_(ended, dpo):
    return in_review(ended, by=dpo, kind=Kind.ERASE)


@pytest.fixture
def plan(request_, dpo) -> Erasure:
    return draw_up(request_, by=dpo)


def held(contact, by):
    return Hold.objects.place(
        contact,
        by=by,
        kind=Hold.Kind.SAFEGUARDING,
        ground=Hold.Ground.LIFE_IN_DANGER,
        reason="She said he will come back tonight",
        review_on=london_today() + timedelta(days=30),
    )


def approved(request, *, by, second) -> None:
    request.propose(Status.RELEASED, by=by, reasons="They ask for it and nothing stops it.")
    request.approve(by=second)


def test_a_plan_lists_what_goes_before_anything_does(plan, ended):
    (item,) = plan.items.all()
    assert (item.which, item.choice) == (ended.pk, Choice.GOES)
    assert Contact.objects.filter(pk=ended.pk, purged_on=None).exists()


def test_two_people_then_keys_and_rows_are_gone_and_the_ledger_knows(
    request_, plan, ended, dpo, lead
):
    key = ended.key_id
    approved(request_, by=dpo, second=lead)
    assert Contact.objects.filter(pk=ended.pk, purged_on=None).exists()

    assert erasing.run_due(timezone.now()) == 1

    assert not DataKey.objects.filter(pk=key).exists()
    assert not Line.objects.filter(contact=ended.pk).exists()
    assert ended.pk in [pk for entry in ledger.entries() for pk in entry.contacts]
    assert Disposal.objects.filter(gone=1).exists()
    plan.refresh_from_db()
    assert (plan.status, plan.items.get().began_on) == (Erasure.Status.DONE, None)
    assert plan.copies_gone_on() == london_today() + COPIES_GONE_AFTER


def test_d10_whoever_prepared_it_never_approves_it(request_, plan, dpo):
    request_.propose(Status.RELEASED, by=dpo, reasons="They ask for it and nothing stops it.")
    with pytest.raises(Refused, match="second person"):
        request_.approve(by=dpo)
    assert erasing.run_due(timezone.now()) == 0


def test_nothing_is_proposed_without_a_plan(request_, dpo):
    with pytest.raises(Refused, match="Draw up"):
        request_.propose(Status.RELEASED, by=dpo, reasons="They ask for it and nothing stops it.")


def test_c20_a_hold_is_no_exemption_the_ground_it_rests_on_is_recorded(ended, dpo, supervisor):
    held(ended, supervisor)
    request = in_review(ended, by=dpo, kind=Kind.ERASE)
    plan = draw_up(request, by=dpo)
    item = plan.items.get()
    assert item.choice == Choice.STAYS
    with pytest.raises(Refused, match="which ground"):
        request.propose(Status.PARTLY_RELEASED, by=dpo, reasons=WHY)
    with pytest.raises(Refused, match="which ground"):
        item.decide(Choice.STAYS, by=dpo, why=WHY)
    with pytest.raises(Refused, match="20 characters"):
        item.decide(Choice.STAYS, by=dpo, ground=Ground.STILL_NEEDED, why="safe")
    item.decide(Choice.STAYS, by=dpo, ground=Ground.STILL_NEEDED, why=WHY)
    assert plan.problems() == []


def test_a_hold_placed_after_the_approval_still_wins(request_, plan, ended, dpo, lead, supervisor):
    approved(request_, by=dpo, second=lead)
    hold = held(ended, supervisor)
    assert erasing.run_due(timezone.now()) == 0
    assert Contact.objects.filter(pk=ended.pk, purged_on=None).exists()
    hold.release(by=supervisor, reason="He has been arrested and she is safe now.")
    assert erasing.run_due(timezone.now()) == 1


def test_c10_a_deletion_is_no_sign_that_the_purge_lives(
    request_, plan, ended, dpo, lead, supervisor
):
    """C10: neither one that a hold stops, run after run, nor one that went through."""
    retention.purge_all(london_today())
    approved(request_, by=dpo, second=lead)
    hold = held(ended, supervisor)
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        for _ in range(2):
            assert erasing.run_due(timezone.now()) == 0
        assert PurgeRun.objects.count() == 1
        hold.release(by=supervisor, reason="He has been arrested and she is safe now.")
        assert erasing.run_due(timezone.now()) == 1
        assert retention.is_late()
    assert set(PurgeRun.objects.values_list("result", flat=True)) == {"done", "erased"}


def test_nothing_is_read_of_the_ledger_while_nothing_is_due(plan):
    ledger.reach(99)
    assert erasing.run_due(timezone.now()) == 0


def test_a_deletion_that_fails_keeps_no_other_waiting(make_contact, monkeypatch, caplog):
    for _ in range(2):
        Erasure.objects.ask([make_contact("my dad shouts", ended=True)], when=timezone.now())
    first = Erasure.objects.due(timezone.now()).first()
    broken, whole = first.items.get().pk, erasing.destroy

    def destroy(item_id, run):
        if item_id == broken:
            raise ValueError("dad")
        return whole(item_id, run)

    monkeypatch.setattr(erasing, "destroy", destroy)
    assert erasing.run_due(timezone.now()) == 1
    assert "An erasure failed: ValueError" in caplog.text
    assert "dad" not in caplog.text
    assert Erasure.objects.get(status=Erasure.Status.READY) == first


def test_running_twice_destroys_once(request_, plan, dpo, lead):
    approved(request_, by=dpo, second=lead)
    assert [erasing.run_due(timezone.now()) for _ in range(2)] == [1, 0]


def test_c07_a_run_that_was_cut_off_goes_on_where_it_stopped(make_contact, worker, dpo, lead):
    contacts = [make_contact("x", worker=worker, ended=True) for _ in range(3)]
    request = in_review(*contacts, by=dpo, kind=Kind.ERASE)
    plan = draw_up(request, by=dpo)
    approved(request, by=dpo, second=lead)
    with retention.alone():
        erasing.destroy(plan.items.first().pk, PurgeRun.objects.create())
    assert erasing.run_due(timezone.now()) == 2
    assert Erasure.objects.get(pk=plan.pk).status == Erasure.Status.DONE


def test_what_was_purged_meanwhile_counts_as_gone(request_, plan, ended, dpo, lead):
    approved(request_, by=dpo, second=lead)
    request_.release_scope(by=dpo)
    Contact.objects.filter(pk=ended.pk).update(purge_on=add_months(london_today(), -1))
    retention.purge_all(london_today())
    erasing.run_due(timezone.now())
    assert Erasure.objects.get(pk=plan.pk).status == Erasure.Status.DONE


def test_everything_that_stands_in_the_way_is_named(contact, worker, supervisor):
    held(contact, supervisor)
    raised(contact, worker, concern=CONCERN)
    assert stops(contact) == [Stop.HELD, Stop.WORRY, Stop.OPEN]


def test_d17_a_copy_that_is_owed_comes_first(ended, dpo):
    in_review(ended, by=dpo)
    assert stops(ended) == [Stop.COPY_OWED]


def test_nothing_is_decided_once_the_plan_is_being_approved(request_, plan, dpo):
    standing(request_, Status.APPROVAL)
    with pytest.raises(WrongState):
        plan.items.get().decide(Choice.STAYS, by=dpo, ground=Ground.CLAIMS, why=WHY)


def test_the_receipt_and_the_trail_hold_no_word_of_it(request_, plan, dpo, lead):
    approved(request_, by=dpo, second=lead)
    erasing.run_due(timezone.now())
    told = str(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert "dad" not in told
    assert str(plan.items.values().get()).count("dad") == 0


def test_e19_whoever_was_given_something_of_it_must_be_told_that_it_is_gone(
    request_, plan, ended, worker, supervisor, dpo, lead
):
    escalation = worry(ended, worker, supervisor)
    disclosure = considered(escalation, supervisor)
    filled(disclosure, supervisor, verified(supervisor, lead))
    disclosure.tick(by=supervisor, ticked={"line:1": "Their own words"})
    disclosure.hand_on(by=supervisor)
    disclosure.approve(by=lead, mark=disclosure.mark())
    disclosure.disclose(by=supervisor)
    left(disclosure, supervisor)
    disclosure.received(RECEIPT, by=supervisor)
    Task.objects.telling().get().settle("done", by=lead, words=WHY)
    escalation.locked().look_back(by=lead, why=WHY)
    escalation.locked().close(by=lead, why=WHY)
    approved(request_, by=dpo, second=lead)

    assert erasing.run_due(timezone.now()) == 1

    (task,) = Task.objects.open()
    assert (task.kind, task.disclosure) == ("tell-erased", disclosure)

"""What people ask about their own data ends three years after it was closed, with all that was
written for it; what of it is proof of who they are, after 30 days."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention, schedule
from privacy.models import (
    Bundle,
    Disposal,
    Erasure,
    Evidence,
    PurgeRun,
    Restriction,
    RightsLetter,
    RightsRequest,
    RightsStep,
)
from privacy.rights import ending
from privacy.rights.kinds import Kind, Status
from tests import rights

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def over(day=None):
    """The day of closing after which three years are over today."""
    return add_months(day or london_today(), -schedule.RIGHTS.months)


@pytest.fixture
def ended(make_contact) -> Contact:
    return make_contact("my dad shouts", "that is hard", ended=True)


@pytest.fixture
def closed(ended, dpo, lead) -> RightsRequest:
    """A copy that was asked for, proved, reviewed, made, sent and closed."""
    request = rights.take_in(by=dpo, name="Sam Green", reach="by post")
    request.ask_identity(rights.WHY, by=dpo)
    request.receive_identity("passport", by=dpo, details="the one with the torn corner")
    request.confirm_identity(by=dpo)
    rights.found(request, dpo, ended)
    request.collect(by=dpo)
    rights.reviewed(request, dpo)
    request.propose(Status.RELEASED, by=dpo, reasons=rights.WHY)
    request.approve(by=lead)
    Bundle.objects.begin(request, by=dpo)
    rights.told_and_closed(request, dpo)
    return request


def purge() -> PurgeRun:
    return retention.purge_all(london_today())


def keys_of(request) -> set:
    bundle, seen = request.bundles.get().key_id, request.evidence.get().key_id
    return {request.key_id, bundle, seen}


def test_three_years_after_it_was_closed_all_of_it_goes(closed):
    keys = keys_of(closed)
    RightsRequest.objects.update(closed_on=over())
    run = purge()

    for model in (RightsRequest, RightsStep, RightsLetter, Evidence, Bundle):
        assert not model.objects.exists()
    assert not DataKey.objects.filter(pk__in=keys).exists()
    proof = Disposal.objects.get(run=run, retention_class=schedule.RIGHTS.name)
    assert (proof.gone, proof.keys_destroyed, proof.oldest_start) == (1, 3, over())
    event = AuditEvent.objects.filter(action=Action.PURGED).get()
    assert event.detail == {"rights": 1, "entry": ledger.position()}


def test_the_contact_it_was_about_stays_as_long_as_its_own_class(closed, ended):
    RightsRequest.objects.update(closed_on=over())
    purge()
    assert Contact.objects.filter(pk=ended.pk, purged_on=None).exists()


def test_a_bare_contact_to_which_only_it_referred_goes_with_it(closed, ended):
    Contact.objects.update(purge_on=london_today())
    purge()
    assert Contact.objects.get(pk=ended.pk).purged_on
    RightsRequest.objects.update(closed_on=over())
    purge()
    assert not Contact.objects.filter(pk=ended.pk).exists()


def test_the_day_before_and_while_it_is_open_it_stays(closed, dpo):
    RightsRequest.objects.update(closed_on=over() + DAY)
    RightsRequest.objects.update(received_on=over() - DAY)
    rights.take_in(by=dpo)
    purge()
    assert RightsRequest.objects.count() == 2


def test_nothing_goes_while_a_deletion_that_was_decided_waits(ended, dpo, lead):
    request = rights.stands(Status.CLOSED, dpo, lead, ended, kind=Kind.ERASE)
    assert request.erasure.status == Erasure.Status.READY
    RightsRequest.objects.update(closed_on=over())
    purge()
    assert RightsRequest.objects.exists()
    Erasure.objects.update(status=Erasure.Status.DONE, done_at=timezone.now())
    purge()
    assert not RightsRequest.objects.exists()
    assert not Erasure.objects.exists()


def test_nothing_goes_while_what_it_is_about_is_restricted(closed, dpo):
    RightsRequest.objects.update(closed_on=over())
    said = {"request": closed, "ground": "claims", "why": rights.WHY, "drawn_by": dpo}
    Restriction.objects.create(status="in-force", began_on=over(), **said)
    purge()
    assert RightsRequest.objects.exists()
    Restriction.objects.update(status="lifted", lifted_on=london_today(), lifted_by=dpo)
    purge()
    assert not RightsRequest.objects.exists()


def test_a_request_waits_for_what_was_joined_to_it(dpo):
    first = rights.take_in(by=dpo)
    rights.take_in(by=dpo).join_to(first, by=dpo)
    first.withdraw(by=dpo, why=rights.WHY)
    first.close(by=dpo)
    RightsRequest.objects.filter(pk=first.pk).update(closed_on=over())
    purge()
    assert RightsRequest.objects.count() == 2
    RightsRequest.objects.update(closed_on=over())
    purge()
    assert not RightsRequest.objects.exists()


def test_what_is_left_of_a_deletion_by_the_person_alone_goes_too(ended):
    plan = Erasure.objects.ask([ended], when=timezone.now())
    long_ago = timezone.now() - timedelta(days=4000)
    Erasure.objects.update(not_before=long_ago)
    assert not Erasure.objects.due_for_purge(london_today()).exists(), "it still waits"
    plan.call_off()
    purge()
    assert not Erasure.objects.exists()


def test_c17_a_request_that_a_restore_brought_back_goes_again(closed):
    """C17: by its id in the ledger, as everything else."""
    entry = ledger.Entry(1, [closed.pk.hex], done=True)
    retention.replay(entry, london_today(), PurgeRun.objects.create())
    assert not RightsRequest.objects.exists()


def test_every_key_of_a_part_of_a_request_goes_with_it(closed):
    """A part with a key of its own that nobody thought of would leave its words to be opened."""
    ours = {Evidence, Bundle}
    for model in apps.get_app_config("privacy").get_models():
        ways = [field for field in model._meta.local_fields if field.is_relation]
        of_request = any(field.related_model is RightsRequest for field in ways)
        keyed = any(field.related_model is DataKey for field in ways)
        if of_request and keyed and model is not RightsRequest:
            assert model in ours, f"{model} has a key that privacy.answered does not destroy."


def test_nothing_but_a_joined_request_can_keep_one_from_going():
    """What belongs to a request goes with it: every link to one is a CASCADE but that."""
    links = RightsRequest._meta.related_objects
    kept = {link.related_model for link in links if link.on_delete is not models.CASCADE}
    assert kept == {RightsRequest}


def test_c23_the_30_days_of_a_proof_run_from_when_it_was_seen(dpo):
    """C23: also when it is written down later."""
    request = rights.take_in(by=dpo, received_on=london_today() - timedelta(days=20))
    request.ask_identity(rights.WHY, by=dpo, on=london_today() - timedelta(days=19))
    seen = london_today() - timedelta(days=18)
    request.receive_identity("passport", by=dpo, on=seen, details="the torn corner")
    assert request.evidence.get().forget_on == seen + timedelta(days=30)
    assert ending.forget_evidence(seen + timedelta(days=29)) == 0
    assert ending.forget_evidence(seen + timedelta(days=30)) == 1


def test_c23_no_proof_can_be_kept_longer_by_any_way_into_the_database(closed):
    with pytest.raises(IntegrityError, match="30_days"), transaction.atomic():
        Evidence.objects.update(forget_on=london_today() + timedelta(days=31))

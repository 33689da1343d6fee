"""Carries an erasure out: one record at a time, each in one transaction with its entry in the
ledger, so that a run that was killed goes on where it stopped."""

import logging
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contacts.models import ActionRequest, Contact, HandOver, ServiceUser
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.states import move
from privacy import ledger, records, retention
from privacy.erasure.kinds import Choice, What
from privacy.erasure.planning import in_the_way, stops
from privacy.models import Bundle, Erasure, ErasureItem, PurgeRun, RightsRequest
from privacy.rights import by_words
from privacy.rights.kinds import Kind
from safeguarding.models import HeldContact, SharedItem

logger = logging.getLogger(__name__)


def run_due(now: datetime, only: Erasure | None = None) -> int:
    """Carry out every plan that is due, or `only` one; how many records went. A purge at work goes
    first, and a plan that fails keeps no other waiting."""
    plans = Erasure.objects.due(now).select_related("request")
    plans = plans if only is None else plans.filter(pk=only.pk)
    gone = 0
    if not plans.exists():
        return gone
    with suppress(retention.Busy), retention.alone():
        ledger.be_level()
        for plan in plans:
            try:
                gone += carry_out(plan)
            except Exception as problem:  # whatever it is, the others must not wait for it
                logger.error("An erasure failed: %s", type(problem).__name__)
    return gone


def carry_out(plan: Erasure) -> int:
    """Destroy what goes and has not gone yet; the caller holds the purge’s lock.

    Something that has come in the way since stays. What two people decided is asked again by the
    next run; what the person asked for alone becomes a request. Where nothing goes there has been
    no run.
    """
    run = PurgeRun()
    gone = 0
    for item in plan.items.filter(choice=Choice.GOES, done_at=None):
        if destroy(item.pk, run):
            gone += 1
        elif plan.by_person:
            ask_instead(item.pk)
    if gone:
        retention.finish(run, PurgeRun.Result.ERASED, purged=gone)
    if not plan.items.filter(choice=Choice.GOES, done_at=None).exists():
        done = {"done_at": timezone.now()}
        with transaction.atomic():
            move(plan, Erasure.Status.DONE, allowed=[Erasure.Status.READY], **done)
            AuditEvent.objects.record(Action.ERASED, on=plan.request or plan, by=None, gone=gone)
    return gone


def waiting(item_id) -> ErasureItem | None:
    """What is still to go by a plan that has not been called off meanwhile, locked with it."""
    rows = ErasureItem.objects.select_for_update(of=("self", "erasure"))
    to_go = {"done_at": None, "choice": Choice.GOES, "erasure__status": Erasure.Status.READY}
    return rows.filter(**to_go).select_related("erasure__request").filter(pk=item_id).first()


@transaction.atomic
def destroy(item_id, run: PurgeRun) -> bool:
    """Destroy one record with its keys, and enter it in the ledger; False when it stays for now,
    or when the plan has been called off meanwhile."""
    item = waiting(item_id)
    if item is None:
        return False
    ways = {What.CONTACT: contact_gone, What.RECORD: record_gone, What.COPY: record_gone}
    if not ways[What(item.what)](item, item.erasure.request, run):
        return False
    item.done_at, item.began_on = timezone.now(), None
    item.save(update_fields=["done_at", "began_on"])
    return True


@transaction.atomic
def ask_instead(item_id) -> None:
    """What their words could not delete when its time came becomes a request, with its limit
    counted from the day on which they asked; the plan does not come back to it.

    A request is locked before its contacts, so no contact may be locked here already.
    """
    item = waiting(item_id)
    if item is None:
        return
    chats = Contact.objects.filter(pk=item.which)
    by_words.ask(Kind.ERASE, chats, received_on=item.erasure.asked_on)
    item.choice = Choice.STAYS
    item.save(update_fields=["choice"])


def contact_gone(item: ErasureItem, request: RightsRequest | None, run: PurgeRun) -> bool:
    """A contact, what was asked in it, and the files in which it was given out; the hold of the
    request that is being answered ends with it, any other keeps it."""
    rows = Contact.objects.select_for_update().filter(pk=item.which, purged_on=None)
    contact = rows.first()
    if contact is None:  # its 18 months were over meanwhile
        if bundles := Bundle.objects.destroy_with([str(item.which)]):
            ledger.write(bundles)
        return True
    if stops(contact, request):
        return False
    run.save()
    held = HeldContact.objects.filter(contact=contact)
    retention.unhold(held)
    asked = ActionRequest.objects.filter(contact=contact).values_list("pk", flat=True)
    gone = [str(pk) for pk in asked]
    SharedItem.objects.tell_recipients(contact, by=None, erased=True)
    retention.destroy_requests(gone, run)
    if request is None:
        gone += copy_gone(contact, run)
    gone += Bundle.objects.destroy_with([str(item.which), *gone])
    quotes = retention.destroy(retention.going(rows), london_today(), run)
    ledger.write([str(item.which), *gone], quotes=quotes)
    return True


def copy_gone(contact: Contact, run: PurgeRun) -> list[str]:
    """With their own words alone people delete casework’s copy too, which nobody could find again;
    two people decide about that by itself."""
    copies = list(HandOver.objects.filter(contact=contact).values_list("pk", flat=True))
    records.destroy(copies, run)
    return [str(pk) for pk in copies]


def record_gone(item: ErasureItem, request: RightsRequest | None, run: PurgeRun) -> bool:
    """A record of somebody who chose to be known, or a copy in casework.

    What keeps a contact that it belongs to keeps it (S2-37), and so does a hold that is just being
    placed on one; a restriction and another open request keep it too.
    """
    if records.busy([item.which]):  # contacts are locked before what they belong to
        return False
    for model in (ServiceUser, HandOver):
        model.objects.select_for_update(of=("self",)).filter(pk=item.which).first()
    if in_the_way(item, request):
        return False
    run.save()
    for record in ServiceUser.objects.filter(pk=item.which):
        SharedItem.objects.tell_recipients(record, by=None, erased=True)
    bundles = Bundle.objects.destroy_with([str(item.which)])
    records.destroy([item.which], run)
    ledger.write([str(item.which), *bundles])
    return True

"""Records of people who chose to be known end too: six years after their last contact, or as soon
as nothing is left to keep them on. So do copies of chats that were handed over, and worries about
somebody’s safety six years after they were closed."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import models, transaction
from django.db.models.functions import Coalesce

from contacts.models import (
    Amendment,
    Belonged,
    Contact,
    CopiedLine,
    Entry,
    HandOver,
    Link,
    RecordBasis,
    RestrictedUse,
    ServiceUser,
    SupportPlan,
)
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_date
from helpline.foundation.vault.models import DataKey
from privacy import enquiries, ledger, references, schedule
from privacy.models import Disposal, PurgeRun
from safeguarding.models import (
    Alert,
    Alerted,
    Assessment,
    Consultation,
    Debrief,
    Disclosure,
    DisclosureStep,
    Dispute,
    EmergencyCall,
    Escalation,
    EscalationStep,
    Handover,
    Recipient,
    SharedItem,
    Task,
    recompute_escalated,
)

BATCH = 500
GOES_WITH_A_RECORD = [Amendment, SupportPlan, Entry, Link, Belonged, RecordBasis, RestrictedUse]

# What goes with an escalation, by the way to it, in the order in which it can.
GOES_WITH_A_WORRY = {
    Alerted: "alert__escalation",
    Alert: "escalation",
    Task: "escalation",
    SharedItem: "disclosure__escalation",
    DisclosureStep: "disclosure__escalation",
    Disclosure: "escalation",
    EmergencyCall: "escalation",
    Dispute: "assessment__escalation",
    Assessment: "escalation",
    Consultation: "escalation",
    Debrief: "escalation",
    Handover: "escalation",
    EscalationStep: "escalation",
    Recipient: "escalation",
}


def end_all(today: date, run: PurgeRun) -> int:
    """Destroy every record that is due; return how many went.

    The caller holds the purge's lock: the ledger gives its numbers out one at a time.
    """
    ended = 0
    for due in (each.objects.due(today) for each in (ServiceUser, HandOver, Escalation)):
        while gone := _end_batch(due, run):
            ended += gone
    return ended


@transaction.atomic
def _end_batch(due: models.QuerySet, run: PurgeRun) -> int:
    rows = due.select_for_update(skip_locked=True)
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    ids = list(rows.filter(pk__in=ids).exclude(pk__in=busy(ids)).values_list("pk", flat=True))
    if ids:
        destroy(ids, run)
        number = ledger.write(str(pk) for pk in ids)
        AuditEvent.objects.record(Action.PURGED, on=run, by=None, records=len(ids), entry=number)
    return len(ids)


def busy(ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Which of these have a contact that somebody else holds locked; the others' are locked now.

    So a hold that is being placed wins, and one that comes later finds them gone.
    """
    ties = [
        *Link.objects.filter(service_user__in=ids).values_list("service_user", "contact"),
        *Link.objects.filter(service_user__in=ids).values_list("service_user", "thread__contacts"),
        *Belonged.objects.filter(service_user__in=ids).values_list("service_user", "contact"),
        *HandOver.objects.filter(pk__in=ids).values_list("pk", "contact"),
        *Escalation.objects.filter(pk__in=ids).values_list("pk", "contact"),
    ]
    contacts = {contact for _, contact in ties if contact}
    rows = Contact.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=contacts)
    taken = contacts - set(rows.values_list("pk", flat=True))
    return [pk for pk, contact in ties if contact in taken]


def destroy(ids: Iterable[uuid.UUID], run: PurgeRun) -> int:
    """Destroy these records and copies with all that stands in them, and certify it; contacts stay
    as they were."""
    ids = list(ids)
    if not ids:
        return 0
    rows = ServiceUser.objects.filter(pk__in=ids)
    for link in ServiceUser._meta.related_objects:
        if link.on_delete is models.SET_NULL:
            link.related_model.objects.filter(**{f"{link.field.name}__in": rows}).update(
                **{link.field.name: None}
            )
    for model in GOES_WITH_A_RECORD:
        model.objects.filter(service_user__in=rows)._raw_delete("default")
    copies = HandOver.objects.filter(pk__in=ids)
    CopiedLine.objects.filter(hand_over__in=copies)._raw_delete("default")
    gone = _gone(rows, "last_contact_on", schedule.PEOPLE, run)
    gone += _gone(copies, "handed_at", schedule.HANDED_OVER, run)
    return gone + _worries(ids, run)


def _worries(ids: list[uuid.UUID], run: PurgeRun) -> int:
    """Destroy these escalations, what was judged, done and shared, and what is left of contacts."""
    worries = Escalation.objects.filter(pk__in=ids)
    about = set(worries.values_list("contact", flat=True)) - {None}
    quotes = worries.forget_said()
    enquiries.let_go_of(worries, run)
    named = list(Recipient.objects.filter(escalation__in=worries).values_list("key", flat=True))
    for model, way in GOES_WITH_A_WORRY.items():
        model.objects.filter(**{f"{way}__in": worries})._raw_delete("default")
    more = len(quotes) + DataKey.objects.destroy(named)
    began = Coalesce("closed_at", "raised_at")
    gone = _gone(worries, began, schedule.SAFEGUARDING, run, more_keys=more)
    references.sweep(about)
    for contact in Contact.objects.filter(pk__in=about, escalated=True):
        recompute_escalated(contact)
    return gone


def _gone(
    rows: models.QuerySet, began, kept: schedule.Class, run: PurgeRun, *, more_keys: int = 0
) -> int:
    """Delete these rows of one class with their keys, and certify it, with what keys went before
    them; return how many went."""
    keys = list(rows.values_list("key", flat=True))
    oldest = rows.aggregate(oldest=models.Min(began))["oldest"]
    gone = rows._raw_delete("default")
    destroyed = DataKey.objects.destroy(keys) + more_keys
    if gone:
        oldest = london_date(oldest) if isinstance(oldest, datetime) else oldest
        Disposal.objects.certify(run, kept.name, oldest=oldest, gone=gone, keys=destroyed)
    return gone

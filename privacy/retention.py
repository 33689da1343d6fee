"""Removing what we no longer need, and nothing that we still must keep.

The words of every contact go 18 calendar months after it began (S2-36), unless a safeguarding hold
applies (S2-37). What is due is unreadable from its midnight on, whether or not this job has run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models import Count, Min, Q
from django.db.models.functions import Cast, Now
from django.utils import timezone

from contacts.models import (
    ActionRequest,
    ActionStep,
    Address,
    Contact,
    Entry,
    HandOver,
    Line,
    LostBasis,
    Rank,
    ServiceUser,
    Thread,
)
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, Life
from helpline.foundation.calendar import LONDON, london_date
from helpline.foundation.vault.models import DataKey
from privacy import answered, enquiries, forgetting, ledger, records, schedule
from privacy.models import Brake, Clock, Disposal, PurgeRun
from privacy.references import among, referred_to
from safeguarding.models import Escalation, HeldContact, Hold

BATCH = 1000  # contacts in one transaction: long enough to be fast, short enough that nobody waits
LOCK = 7_301_002
BRAKE_SHARE = 0.2  # of all living contacts …
BRAKE_COUNT = 1000  # … and more than this many at once
CLOCKS_APART = timedelta(minutes=5)
EVERY = timedelta(hours=1)


class Busy(Exception):
    """Another purge is at work; this one has nothing to do (C08)."""


class Going(NamedTuple):
    """What the purge needs to know of a contact, ids as text: records would cost it a tenth."""

    pk: str
    key_id: str
    thread_id: str | None
    started_at: datetime


class Rehearsal(NamedTuple):
    """What a purge on one day would do: contacts due, held past their date, living, and the
    brake."""

    due: int
    held: int
    living: int
    brake: str | None


def rehearse(on: date) -> Rehearsal:
    """Count what would go on a day, past or future; change nothing."""
    living = Contact.objects.filter(purged_on=None)
    counts = living.aggregate(
        living=Count("pk"), held=Count("pk", filter=Q(held=True, purge_on__lte=on))
    )
    due = living.due_for_purge(on).count()
    return Rehearsal(due, counts["held"], counts["living"], _brake(due, counts["living"]))


def held_by_kind(on: date) -> dict[str, int]:
    """How many contacts each kind of hold keeps past their 18 months (C02)."""
    held = HeldContact.objects.in_force().filter(contact__purge_on__lte=on).order_by("hold__kind")
    counted = held.values_list("hold__kind").annotate(contacts=Count("contact", distinct=True))
    return dict(counted)


def purge_all(today: date) -> PurgeRun:
    """Purge whatever is due, in batches; the run says how many went and how many were held.

    Stops itself before anything goes when too much is due at once or the clocks disagree; two
    people
    can let it go on. Raises `Busy`. Killed at any moment, the next run ends as this one would have.
    Raises `LedgerBehind` or `DatabaseBehind` when ledger and database tell different stories.
    """
    with alone():
        ledger.be_level()
        Clock.objects.report("worker")
        broken = PurgeRun.objects.filter(finished_at=None)
        broken.update(finished_at=Now(), result=PurgeRun.Result.BROKEN)
        run = PurgeRun.objects.create()
        while forgetting.enter():
            pass
        plan = rehearse(today)
        run.held, run.held_by_kind = plan.held, held_by_kind(today)
        if plan.brake and not _lifted(plan):
            Brake.objects.pull(plan.brake, due=plan.due, living=plan.living)
            return finish(run, PurgeRun.Result.STOPPED)
        while purge_requests(today, run):
            pass
        purged = 0
        while gone := purge_batch(today, run):
            purged += gone
        records.end_all(today, run)
        enquiries.end_all(today, run)
        answered.end_all(today, run)
        Brake.objects.exclude(status=Brake.Status.SPENT).update(status=Brake.Status.SPENT)
        return finish(run, PurgeRun.Result.DONE, purged=purged)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the purge's lock; of two workers or two beats one gets `Busy`. It dies with its
    process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Busy
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@transaction.atomic
def purge_batch(today: date, run: PurgeRun) -> int:
    """Purge up to `BATCH` contacts that are due; return how many went.

    Rows that somebody else holds locked are passed over: a hold being placed wins, and is seen by
    the next batch. What was asked in a contact goes with it in one: a hold finds both or neither.
    """
    held = HeldContact.objects.in_force().filter(contact=models.OuterRef("pk"))
    due = Contact.objects.due_for_purge(today).exclude(models.Exists(held)).order_by("purge_on")
    contacts = going(due.select_for_update(skip_locked=True)[:BATCH])
    contacts, asked = with_requests(contacts, today)
    if contacts:
        destroy_requests(asked, run)
        quotes = destroy(contacts, today, run)
        number = ledger.write([*(contact.pk for contact in contacts), *asked], quotes=quotes)
        counts = {"contacts": len(contacts)} | ({"requests": len(asked)} if asked else {})
        AuditEvent.objects.record(Action.PURGED, on=run, by=None, entry=number, **counts)
    return len(contacts)


def with_requests(contacts: list[Going], today: date) -> tuple[list[Going], list[str]]:
    """These contacts and the requests that go with them; a contact waits for the next run while
    somebody is at work on a request of it."""
    due = ActionRequest.objects.filter(purge_on__lte=today)
    due = due.filter(contact__in=among(contact.pk for contact in contacts))
    asked = dict(due.values_list("pk", "contact"))
    free = set(due.select_for_update(skip_locked=True).values_list("pk", flat=True))
    busy = {str(contact) for pk, contact in asked.items() if pk not in free}
    rest = [contact for contact in contacts if contact.pk not in busy]
    return rest, [str(pk) for pk, contact in asked.items() if str(contact) not in busy]


@transaction.atomic
def purge_requests(today: date, run: PurgeRun) -> int:
    """Purge up to `BATCH` requests that are due, with who asked, for whom and in which words.

    Their contacts are locked with them, so that a hold is before or after; those of a contact that
    is due itself go with it.
    """
    due = ActionRequest.objects.due_for_purge(today).order_by("purge_on")
    due = due.exclude(contact__purged_on=None, contact__purge_on__lte=today)
    ids = list(due.select_for_update(skip_locked=True).values_list("pk")[:BATCH])
    if ids:
        gone = [str(pk) for (pk,) in ids]
        destroy_requests(gone, run)
        number, count = ledger.write(gone), len(gone)
        AuditEvent.objects.record(Action.PURGED, on=run, by=None, requests=count, entry=number)
    return len(ids)


def destroy_requests(ids: list[str], run: PurgeRun) -> None:
    """Destroy the keys, words and rows of requests, and certify it; the contacts they were asked in
    go their own way."""
    gone = among(ids)
    requests = ActionRequest.objects.filter(pk__in=gone)
    keys = list(requests.exclude(key=None).values_list("key", flat=True))
    oldest = requests.aggregate(oldest=Min("asked_at"))["oldest"]
    LostBasis.objects.filter(action__in=gone)._raw_delete("default")
    Entry.objects.filter(action__in=gone).update(action=None)
    ActionStep.objects.filter(action__in=gone)._raw_delete("default")
    count = requests._raw_delete("default")
    destroyed = DataKey.objects.destroy(keys)
    if count:
        began = london_date(oldest)
        Disposal.objects.certify(run, schedule.ASKED.name, oldest=began, gone=count, keys=destroyed)


def going(rows: models.QuerySet) -> list[Going]:
    """These contacts, as far as the purge needs them."""
    ids = (Cast(name, models.TextField()) for name in ("pk", "key_id", "thread_id"))
    return [Going(*columns) for columns in rows.values_list(*ids, "started_at")]


def destroy(contacts: list[Going], today: date, run: PurgeRun) -> list[str]:
    """Destroy the keys, words and rows of contacts whose rows are locked, and certify it.

    With them goes what their people said in worries of which nothing came; which these are.

    A hold in force is not among the rows that go, so PostgreSQL refuses the whole batch if there
    is one.
    Where another record still refers to a contact, a bare row stays: id, service, the day it went.
    """
    ids = {contact.pk for contact in contacts}
    lines, gone = 0, among(ids)
    unhold(HeldContact.objects.filter(contact__in=gone, key=None))
    Entry.objects.filter(contact__in=gone).update(contact=None)
    HandOver.objects.filter(contact__in=gone).update(contact=None)
    lost = LostBasis.objects.waiting().filter(contact__in=gone).order_by().values("action")
    ActionRequest.objects.filter(pk__in=lost).update(purge_on=today)
    for model in schedule.GOES_WITH_A_CONTACT:
        removed = model.objects.filter(contact__in=gone)._raw_delete("default")
        lines += removed if model is Line else 0
    quotes = Escalation.objects.filter(contact__in=gone).about_nothing().forget_said()
    bare = referred_to(gone)
    Contact.objects.filter(pk__in=bare).update(**_bare(today))
    Contact.objects.filter(pk__in=among(ids - bare))._raw_delete("default")
    threads = {contact.thread_id for contact in contacts if contact.thread_id}
    Thread.objects.filter(pk__in=threads, contacts=None).delete()
    Address.objects.unused().forget()
    keys = DataKey.objects.destroy(among(contact.key_id for contact in contacts))
    _certify(run, contacts, lines, keys + len(quotes))
    return quotes


def unhold(covers: models.QuerySet) -> None:
    """Take these contacts out of the holds that covered them; a hold without any goes too."""
    holds = set(covers.values_list("hold", flat=True))
    if holds:
        covers._raw_delete("default")
        left = HeldContact.objects.filter(hold=models.OuterRef("pk"))
        Hold.objects.filter(~models.Exists(left), pk__in=holds)._raw_delete("default")


def _bare(today: date) -> dict:
    """What stays of a row that is referred to; columns that need a value repeat the day it went."""
    emptied = ("handle", "nickname", "key", "worker", "team", "thread", "spared_until")
    times = {"started_at": datetime.combine(today, time.min, LONDON), "purge_on": today}
    plain = {
        "status": "",
        "channel": "",
        "outcome": "",
        "last_line": 0,
        "rank": Rank.ORDINARY,
        "held": False,
        "escalated": False,
        "restricted": False,
        "amended": False,
        "purged_on": today,
    }
    return dict.fromkeys([*emptied, "answered_at", "ended_at", "waiting_since"]) | times | plain


def _certify(run: PurgeRun, contacts: list[Going], lines: int, keys: int) -> None:
    """Add a batch to the run's disposal record, which outlives everything it speaks of."""
    oldest = london_date(min(contact.started_at for contact in contacts))
    counts = {"gone": len(contacts), "lines": lines, "keys": keys}
    Disposal.objects.certify(run, schedule.WORDS.name, oldest=oldest, **counts)


def finish(run: PurgeRun, result: str, *, purged: int = 0) -> PurgeRun:
    """Close a run with its result and what went in it."""
    run.result, run.purged, run.finished_at = result, purged, timezone.now()
    run.save()
    return run


def _brake(due: int, living: int) -> str | None:
    """Why the purge must stop and ask, or None."""
    if not clocks_agree():
        return Brake.Reason.CLOCKS
    if due > BRAKE_COUNT and due > living * BRAKE_SHARE:
        return Brake.Reason.TOO_MANY
    return None


def _lifted(plan: Rehearsal) -> bool:
    """Whether two people have agreed, for this reason, to let at least this many go."""
    lifted = Brake.objects.filter(status=Brake.Status.LIFTED, reason=plan.brake)
    return lifted.filter(due__gte=plan.due).exists()


def clocks_agree() -> bool:
    """Whether this process, the web process and the database tell the same time to 5 minutes
    (J08)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = [abs(timezone.now() - cursor.fetchone()[0])]
    apart += [abs(clock.its_time - clock.heard_at) for clock in Clock.objects.all()]
    return max(apart) <= CLOCKS_APART


def last_success() -> PurgeRun | None:
    """The newest run of the purge that went through; a deletion or a replay is none."""
    return PurgeRun.objects.filter(result=PurgeRun.Result.DONE).order_by("-finished_at").first()


def is_late() -> bool:
    """No successful run within two intervals: the board and /health turn red (C10)."""
    run = last_success()
    begun = Life.objects.aggregate(first=Min("begun_at"))["first"]
    since = (run and run.finished_at) or begun or timezone.now()
    return since < timezone.now() - 2 * EVERY


def oldest_unheld(today: date) -> date | None:
    """The start of the oldest contact that nothing holds: proof of the 18 months for whoever
    asks."""
    living = Contact.objects.filter(held=False, purged_on=None, purge_on__gt=today)
    oldest = living.aggregate(oldest=Min("started_at"))["oldest"]
    return london_date(oldest) if oldest else None


@transaction.atomic
def replay(entry: ledger.Entry, today: date, run: PurgeRun) -> int:
    """Destroy again what the ledger says was destroyed, held or not: a restore brought it back.

    Its ids are random, so those of records stand in it among those of contacts.

    Returns how many of the entry's contacts were there. Safe to run twice.
    """
    rows = Contact.objects.filter(pk__in=entry.contacts, purged_on=None)
    contacts = going(rows.select_for_update())
    destroy_requests([str(pk) for pk in entry.contacts], run)
    rows.update(restricted=False)
    unhold(HeldContact.objects.filter(contact__in=among(one.pk for one in contacts)))
    if contacts:
        destroy(contacts, today, run)
    ServiceUser.objects.filter(pk__in=entry.contacts).update(restricted=False)
    records.destroy(entry.contacts, run)
    enquiries.destroy(entry.contacts, run)
    answered.destroy(entry.contacts, run)
    forgetting.again(entry.forgotten)
    ledger.reach(entry.number)
    return len(contacts)

"""The retention board: what leaves, what stays and why, and what stopped itself."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from contacts.models import ActionRequest, Contact, ServiceUser, VendorCopy
from helpline.foundation.calendar import day_words, london_date, london_today, moment_words
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import WrongState
from helpline.foundation.vault import ring, turning
from privacy import ledger, retention
from privacy.models import Brake, Disposal
from safeguarding import showing
from safeguarding.models import Escalation, Hold

MOST_SHOWN = 100


@require_GET
@requires(Permission.SEE_RETENTION)
def board(request):
    """Everything the DPO needs to say that the 18 months were kept (S2-36, S2-37)."""
    today = london_today()
    holds = Hold.objects.in_force().with_contacts()
    due = due_by(today)
    overdue = holds.filter(review_on__lt=today).by_review_day()
    context = {
        "due": due,
        "due_most": max(row["count"] for row in due) or 1,
        "held": [showing.shown(hold) for hold in holds.by_review_day()[:MOST_SHOWN]],
        "overdue": [showing.shown(hold) for hold in overdue[:MOST_SHOWN]],
        "missed_twice": Hold.objects.review_missed_twice(today).count(),
        "disposals": disposals(),
        "last_run": last_run(),
        "brake": brake(request.user),
        "oldest_epoch": {
            "age": f"{(today - ring.oldest().born).days} days",
            "late": turning.is_late(today),
        },
        "ledger": ledger.position(),
        "copies": copies(),
    }
    return render(request, "privacy/board.html", context)


@require_GET
@requires(Permission.SEE_RETENTION)
def trustees(request):
    """What the trustees are told of holds nobody looked at again: no words, no handle, no name
    (C04)."""
    today = london_today()
    holds = Hold.objects.in_force()
    missed = Hold.objects.review_missed_twice(today).annotate(contacts_held=Count("covers"))
    context = {
        "today": day_words(today),
        "in_force": holds.count(),
        "overdue": holds.filter(review_on__lt=today).count(),
        "page": [for_trustees(hold) for hold in missed.order_by("review_on", "pk")],
    }
    return render(request, "privacy/trustees.html", context)


def for_trustees(hold: Hold) -> dict:
    """One hold as the trustees read it."""
    approved = hold.approved_at
    return {
        "service": hold.get_service_display(),
        "contacts": hold.contacts_held,
        "kind": hold.get_kind_display(),
        "ground": hold.get_ground_display(),
        "placed": day_words(london_date(hold.placed_at)),
        "approved": day_words(london_date(approved)) if approved else "Not yet",
        "due": day_words(hold.review_on),
    }


def due_by(today) -> list[dict]:
    """How many unheld contacts, requests and records leave by when, in one query each."""
    spans = [
        ("Today, or waiting for the next run", today),
        ("Within 7 days", today + timedelta(7)),
        ("Within 30 days", today + timedelta(30)),
        ("Within 90 days", today + timedelta(90)),
    ]
    days = [day for _, day in spans]
    contacts = Contact.objects.filter(held=False, purged_on=None, purge_on__lte=days[-1])
    requests = ActionRequest.objects.filter(contact__held=False, purge_on__lte=days[-1])
    records = ServiceUser.objects.due(days[-1])
    worries = Escalation.objects.due(days[-1])
    each = zip(
        spans,
        counted(contacts, [Q(purge_on__lte=day) for day in days]),
        counted(requests, [Q(purge_on__lte=day) for day in days]),
        counted(records, [records.is_due(day) for day in days]),
        counted(worries, [Q(keep_until__lte=day) for day in days]),
        strict=True,
    )
    return [
        {"label": label, "count": words, "requests": asked, "records": known, "worries": feared}
        for (label, _), words, asked, known, feared in each
    ]


def counted(rows, conditions: list[Q]) -> list[int]:
    """How many rows meet each condition."""
    counts = {f"by_{n}": Count("pk", filter=each) for n, each in enumerate(conditions)}
    return list(rows.aggregate(**counts).values())


def disposals() -> list[dict]:
    """The newest disposal records."""
    rows = Disposal.objects.select_related("run").order_by("-run__started_at", "id")[:MOST_SHOWN]
    return [
        {
            "when": moment_words(row.run.started_at),
            "class_label": row.retention_class,
            "count": row.gone,
            "oldest": day_words(row.oldest_start),
            "keys_destroyed": row.keys_destroyed,
        }
        for row in rows
    ]


def last_run() -> dict:
    """The last purge that went through, red when the next is overdue."""
    run = retention.last_success()
    if run is None:
        return {"when": "", "result": "The first run comes within the hour.", "late": True}
    took = (run.finished_at - run.started_at).total_seconds()
    result = f"{run.purged} gone, {run.held} held past their date, in {took:.0f} s"
    return {"when": moment_words(run.finished_at), "result": result, "late": retention.is_late()}


def copies() -> dict:
    """What suppliers still hold of texts, ours and theirs, until it is certain that it is gone."""
    pending = VendorCopy.objects.pending().count()
    return {"pending": pending, "stuck": VendorCopy.objects.stuck().count()}


def brake(staff) -> dict | None:
    """The stop that waits for two people, as this person sees it."""
    stop = Brake.objects.standing()
    if stop is None:
        return None
    first = stop.asked_by
    mine = first is not None and first.person == staff.person
    return {
        "reason": f"{stop.get_reason_display()}.",
        "counts": f"{stop.due} of {stop.living} contacts were due, {moment_words(stop.pulled_at)}.",
        "asked_by": first.alias if first else "",
        "may": {"lift": staff.may(Permission.LIFT_BRAKE) and not mine},
    }


@require_POST
@requires(Permission.LIFT_BRAKE)
def brake_lift(request):
    """One of the two people who let a stopped purge go on."""
    stop = Brake.objects.standing()
    if stop is None:
        raise WrongState("Nothing is stopped any more.")
    stop.agree(by=request.user)
    done = stop.status == Brake.Status.LIFTED
    said = "The next purge goes on." if done else "One more person is needed."
    messages.success(request, f"You have agreed. {said}")
    return redirect("retention" if request.user.may(Permission.SEE_RETENTION) else "brake")


@require_GET
@requires(Permission.LIFT_BRAKE)
def brake_page(request):
    """The stopped purge by itself, for the second person who does not see the board."""
    seen = {"brake": brake(request.user), "now": moment_words(timezone.now())}
    return render(request, "privacy/brake.html", seen)

"""Whoever was given something that turned out wrong is told (Art 19, E19).

A note is corrected by another note, a person corrects their own chat, and a record of who they are
is changed; none of them knows of sharings. So this looks, again and again, at what has left for
what was corrected since its words were fixed.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from contacts.models import Correction, Note
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from safeguarding.models import Disclosure, SharedItem, Task
from safeguarding.models.shared_item import LEFT
from safeguarding.sharing.kinds import ItemSource, ShareStep, TaskKind


@transaction.atomic
def owe_what_was_corrected() -> int:
    """Open a task for each sharing of which something was corrected since; how many. Once for a
    correction, however often this runs."""
    notes = Note.objects.filter(contact=OuterRef("escalation__contact"), corrects__isnull=False)
    theirs = Correction.objects.filter(contact=OuterRef("escalation__contact"))
    known = SharedItem.objects.filter(disclosure=OuterRef("pk"), source=ItemSource.IDENTITY)
    maybe = Exists(notes) | Exists(theirs) | Exists(known)
    left = Disclosure.objects.filter(maybe, status__in=LEFT)
    rows = left.select_for_update(of=("self",), no_key=True, skip_locked=True)
    owed = 0
    for sharing in rows.select_related("escalation").order_by("pk"):
        since = last_correction(sharing) if sharing.has_left() else None
        told = Task.objects.filter(disclosure=sharing, kind=TaskKind.TELL_CORRECTED)
        if since and not told.filter(opened_at__gte=since).exists():
            kind = TaskKind.TELL_CORRECTED
            Task.objects.owe(kind, sharing.escalation, by=None, disclosure=sharing)
            owed += 1
    return owed


def last_correction(sharing: Disclosure) -> datetime | None:
    """When something that left with it was last corrected, after its words were fixed: that is when
    it was set on its way, and not when it left."""
    after = sharing.steps.filter(kind=ShareStep.LEFT).last().at
    ticked = SharedItem.objects.filter(disclosure=sharing)
    notes = ticked.filter(source=ItemSource.NOTE).values("of")
    corrected = Note.objects.filter(corrects__in=notes, written_at__gte=after)
    latest = [corrected.aggregate(last=Max("written_at"))["last"]]
    if known := ticked.filter(source=ItemSource.IDENTITY).values_list("of", flat=True):
        changed = AuditEvent.objects.filter(action=Action.RECORD_CHANGED, at__gte=after)
        mine = changed.filter(subject_id__in=[str(of) for of in known])
        latest.append(mine.aggregate(last=Max("at"))["last"])
    if ticked.filter(source=ItemSource.LINE).exists():
        theirs = Correction.objects.filter(contact=sharing.escalation.contact_id, at__gte=after)
        latest.append(theirs.aggregate(last=Max("at"))["last"])
    return max((moment for moment in latest if moment), default=None)

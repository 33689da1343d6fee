"""What goes from shift to shift, and the talk that is offered afterwards, as ready strings."""

from contacts.showing import opened_or
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.escalations.forms import HandOverForm
from safeguarding.models import Debrief, Escalation
from safeguarding.models.handover import HANDED

SHUT = "It cannot be opened."


def handovers(escalation: Escalation) -> list[dict]:
    """Everything that was said when it was handed over, newest first."""
    found = []
    for each in escalation.handovers.select_related("by", "to").order_by("-number"):
        each.escalation = escalation
        labels = {name: HandOverForm.base_fields[name].label for name in HANDED}
        words = [(label, opened_or(each, name, SHUT)) for name, label in labels.items()]
        at = moment_words(each.at)
        found.append({"by": each.by.alias, "to": each.to.alias, "at": at, "words": words})
    return found


def debrief_of(escalation: Escalation, staff: Staff) -> dict | None:
    """The talk that was offered to whoever raised it, and what this person may say of it."""
    rows = Debrief.objects.filter(escalation=escalation)
    each = rows.select_related("worker", "offered_by", "given_by").first()
    if each is None:
        return None
    theirs = each.worker.person == staff.person
    return {
        "worker": each.worker.alias,
        "status_label": each.get_status_display(),
        "tone": "good" if each.status == Debrief.Status.TAKEN else "info",
        "offered_by": each.offered_by.alias,
        "offered": moment_words(each.offered_at),
        "given_by": each.given_by.alias if each.given_by_id else "",
        "may_decline": theirs and each.status == Debrief.Status.OFFERED,
        "may_take": not theirs
        and staff.may(Permission.LOOK_INTO_ESCALATIONS)
        and each.status != Debrief.Status.TAKEN,
    }


def debriefs_for(staff: Staff) -> list[dict]:
    """The talks this person has been offered and not answered."""
    rows = Debrief.objects.waiting_for(staff).select_related("escalation", "offered_by")
    return [
        {
            "url": each.escalation.get_absolute_url(),
            "name_words": each.escalation.name_words,
            "by": each.offered_by.alias,
        }
        for each in rows
    ]

"""How every verb of a request begins and ends: locked first, and written down last."""

from datetime import date

from django.db import models

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move
from privacy.rights.kinds import FROM, Status

SHORTEST_REASON = 20
LIMITS = ["statutory_on", "promised_on", "due_on"]


def reasoned(words: str | None, sentence: str) -> str:
    """`words` if they say something in at least 20 characters; else `Refused` with `sentence`."""
    if len((words or "").strip()) < SHORTEST_REASON:
        raise Refused(sentence)
    return (words or "").strip()


class Moving(models.Model):
    """Locking, moving and noting."""

    class Meta:
        abstract = True

    def lock(self, by: Staff | None = None) -> None:
        """Read it again with its row locked and its key at hand, as every verb does first.

        Raises `Refused` unless `by`, where somebody is named, answers requests; `WrongState` once
        it has gone.
        """
        if by is not None and not by.may(Permission.ANSWER_RIGHTS):
            raise Refused("Only a data protection officer answers requests about data.")
        rows = type(self).objects.select_for_update(no_key=True, of=("self",)).with_key()
        try:
            self.refresh_from_db(from_queryset=rows)
        except type(self).DoesNotExist:
            raise WrongState("This request is no longer kept.") from None

    def step(
        self,
        to: Status,
        *,
        by: Staff | None,
        why: str = "",
        what: str = "",
        before: tuple[Status, ...] = (),
        **changes,
    ) -> None:
        """Move on to `to` from where that can be reached, and write it down (D18).

        `before` names those of them from which this verb leads there. Raises `WrongState` from
        anywhere else.
        """
        move(
            self, to, allowed=[each for each in FROM[to] if each in (before or FROM[to])], **changes
        )
        self.noted(what or to.value, by=by, why=why)

    def stood_before(self, *meanwhile: Status) -> Status:
        """Where it stood last, by its history, before it came to one of `meanwhile`."""
        last = self.steps.exclude(status__in=meanwhile).order_by("number").last()
        return Status(last.status)

    def settle(self, what: str, *, by: Staff | None, why: str = "", **changes) -> None:
        """Write down a fact while it is worked on; its status stays as it is."""
        if self.is_answered():
            raise WrongState("This request has been answered. Nothing is added to it any more.")
        move(self, self.status, allowed=[self.status], **changes)
        self.noted(what, by=by, why=why)

    def noted(self, what: str, *, by: Staff | None, why: str = "", **changed) -> None:
        """Count the limits anew, and add a step to its history and to the trail."""
        self.recount(london_today())
        self.note(what, by=by, why=why, **changed)
        AuditEvent.objects.record(Action.RIGHTS_MOVED, on=self, by=by, step=what)

    def recount(self, today: date) -> bool:
        """Store the limits as they follow from the facts; whether one has changed."""
        changed = self.count_limits(today)
        if changed:
            self.save(update_fields=LIMITS)
        return changed

    def note(self, what: str, *, by: Staff | None, why: str = "", **changed) -> None:
        """Add a step to its history; the row is locked, or new."""
        self.steps.create(
            request=self,
            number=self.steps.count() + 1,
            status=self.status,
            what=what,
            why=why.strip() or None,
            by=by,
            **changed,
        )


def not_ahead(day: date | None, *, since: date, earliest: str) -> date:
    """`day`, or today; `Refused` for one in the future or before `since`."""
    today = london_today()
    day = day or today
    if day > today:
        raise Refused("That day is in the future.")
    if day < since:
        raise Refused(earliest)
    return day

"""The clock of a request: when it stands, the one extension, and dates that were wrong."""

from datetime import date

from django.db import models, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move
from privacy.models.rights_moving import not_ahead, reasoned
from privacy.rights.kinds import Extension, Kind, Status

CORRECTED = (
    "received_on",
    "identity_asked_on",
    "identity_received_on",
    "identity_confirmed_on",
    "authority_received_on",
)
HOLIDAY = "bank-holiday-proclaimed"  # the step of a limit that moved with the calendar


class Timing(models.Model):
    """Stopping, going on, extending and correcting."""

    class Meta:
        abstract = True

    @transaction.atomic
    def stop_clock(self, question: str, *, by: Staff, on: date | None = None) -> None:
        """Ask what an access request is after; the days until the answer do not count.

        Only for access (Art 12A(5), B08), and not before receipt or before the clock last went on.
        """
        self.lock(by)
        if self.kind != Kind.ACCESS:
            raise Refused("Only a request for a copy of data can wait for such an answer.")
        question = reasoned(question, "Write down the question, so that they can be asked it.")
        if self.pauses.filter(answered_on=None).exists():
            raise WrongState("The clock stands already.")
        before = "That is before the request reached us."
        on = not_ahead(on, since=self.received_on, earliest=before)
        last = self.pauses.aggregate(last=models.Max("answered_on"))["last"]
        if last and on < last:
            raise Refused("The clock went on after that. A new question comes later.")
        self.pauses.create(request=self, asked_on=on, question=question, asked_by=by)
        works = (Status.LOCATING, Status.COLLECTING)
        self.step(Status.CLOCK_STOPPED, by=by, before=works)

    @transaction.atomic
    def restart_clock(self, *, by: Staff, on: date | None = None) -> None:
        """They have answered: the clock goes on, and the work from where it was."""
        self.lock(by)
        pause = self.pauses.filter(answered_on=None).first()
        if pause is None:
            raise WrongState("The clock of this request does not stand.")
        early = "They were asked after that, so they cannot have answered it."
        on = not_ahead(on, since=pause.asked_on, earliest=early)
        self.pauses.filter(pk=pause.pk).update(answered_on=on)
        before = self.stood_before(Status.CLOCK_STOPPED, Status.APPROVAL)
        self.step(before, by=by, what="clock-goes-on", before=(Status.CLOCK_STOPPED,))

    @transaction.atomic
    def extend(self, ground: str, *, by: Staff, reasons: str) -> None:
        """Tell them that it takes two more months, once, and why, before the first month ends.

        Being busy is no reason (B12, Art 12A(3)).
        """
        self.lock(by)
        if ground not in Extension.values:
            raise Refused("The law knows two reasons: a complex request, or many of them.")
        reasons = reasoned(reasons, "Say why it takes longer. They are told these reasons.")
        if self.kind == Kind.COMPLAINT or self.extended_on:
            raise WrongState("This cannot be extended, or has been extended once already.")
        limit = self.limits().first_limit
        if limit is None:
            raise Refused("No month runs yet: we wait for them.")
        today = london_today()
        if today > limit:
            raise Refused("The first month is over. It cannot be extended any more.")
        self.settle("extended", by=by, why=reasons, extended_on=today, extension=Extension(ground))

    @transaction.atomic
    def correct_date(self, field: str, day: date, *, by: Staff, why: str) -> None:
        """A date was written down wrongly: change it with a reason, and keep what it was (B18).

        Also after the answer; nothing else changes one of these dates.
        """
        self.lock(by)
        if field not in CORRECTED or getattr(self, field) is None:
            raise Refused("There is no such date to correct.")
        why = reasoned(why, "Say how you know that the date was wrong.")
        not_ahead(day, since=date.min, earliest="")
        was = getattr(self, field)
        self._must_fit(field, day)
        move(self, self.status, allowed=[self.status], **{field: day})
        self.noted("date-corrected", by=by, why=why, field=field, was=was, became=day)

    @transaction.atomic
    def follow_calendar(self, today: date) -> bool:
        """Move the limits where a bank holiday was proclaimed after they were counted (B14).

        Whether one has moved; then its history and the trail say from when to when. Nothing moves
        while the clock stands: it is counted when it goes on.
        """
        self.lock()
        was = self.statutory_on
        if self.is_answered() or self.pauses.filter(answered_on=None).exists():
            return False
        if not self.recount(today) or was is None or self.statutory_on in (None, was):
            return False
        self.note(HOLIDAY, by=None, field="statutory_on", was=was, became=self.statutory_on)
        days = (self.statutory_on - was).days
        AuditEvent.objects.record(Action.RIGHTS_MOVED, on=self, by=None, step=HOLIDAY, days=days)
        return True

    def _must_fit(self, field: str, day: date) -> None:
        """Raise `Refused` for a day on which it cannot have been, beside the others."""
        days = {name: getattr(self, name) for name in CORRECTED[:4]} | {field: day}
        order = [days[name] for name in CORRECTED[:4] if days[name]]
        if order != sorted(order):
            raise Refused("It cannot have been then: look at the other dates.")
        if self.pauses.filter(asked_on__lt=self.received_on if field != "received_on" else day):
            raise Refused("The clock stood before that. It cannot have reached us so late.")

"""What could wait can wait no more: an escalation becomes more urgent, and never less."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Q

from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations import limits
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import CHANGED, Status
from safeguarding.escalations.kinds import StepKind, Urgency, more_urgent
from safeguarding.models.alert import Alert
from safeguarding.models.overdue import alert_unacknowledged
from safeguarding.models.owning import able

UNDECIDED = (Status.ACKNOWLEDGED, Status.ASSESSING)


def to_decide() -> Q:
    """What must be decided by its limit: nobody has, or it can wait no more since somebody did."""
    return Q(status__in=UNDECIDED) | Q(status__in=CHANGED, hastened_at__gt=F("decided_at"))


def must_be_decided(status: str, hastened_at: datetime | None, decided_at: datetime | None) -> bool:
    """The same from the columns that decide it."""
    if status in CHANGED and hastened_at and decided_at:
        return hastened_at > decided_at
    return status in UNDECIDED


class Hastening(models.Model):
    """When it last became more urgent; its limits and its alerts count from there."""

    hastened_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def must_be_decided(self) -> bool:
        """Whether its limit to decide runs."""
        return must_be_decided(self.status, self.hastened_at, self.decided_at)

    def must_be_decided_again(self) -> bool:
        """Whether what was decided was decided before it could wait no more."""
        return self.status in CHANGED and self.must_be_decided()

    @transaction.atomic
    def hasten(self, urgency: str, *, by: Staff, why: str) -> None:
        """Somebody must look sooner than was thought; `why` is as short as there is time for.

        Its limits come forward and never go back. Alerts go out as if it had been raised now; an
        owner who did not do this is alerted too. Raises `WrongState` when it is closed or as urgent
        already.
        """
        if not by.may(Permission.RAISE_ESCALATIONS):
            raise Refused("Those who speak with people say how soon somebody must look.")
        if not why.strip():
            raise Refused("Say what has changed, however short.")
        held = self.locked_after_contact()
        if held.status == Status.CLOSED:
            raise WrongState("This has been closed. Raise it anew.")
        if urgency not in more_urgent(held.urgency):
            raise WrongState("It is as urgent as that already.")
        now = database_now()
        type(self).objects.filter(pk=self.pk).update(
            urgency=urgency,
            hastened_at=now,
            acknowledge_by=min(held.acknowledge_by, limits.acknowledge_by(urgency, now)),
            decide_by=min(held.decide_by, limits.decide_by(urgency, now)),
        )
        step = held.write(StepKind.HASTENED, by=by, words=f"{Urgency(urgency).word}: {why.strip()}")
        again = self.locked()
        again.changed()
        alert_unacknowledged(again, now)
        again._tell_owner(now, step.number, but=by)
        self.refresh_from_db(fields=["urgency", "hastened_at", "acknowledge_by", "decide_by"])

    def _tell_owner(self, now: datetime, step: int, *, but: Staff) -> None:
        """Whoever looks into it already must hear of it; one who is away is the sweep's care."""
        owner = able(self.service).filter(pk=self.owner_id).exclude(person=but.person).first()
        if self.urgency == Urgency.IMMEDIATE and owner:
            Alert.objects.tell(self, [owner], due_at=now, now=now, hastened_step=step)

"""An escalation ends: somebody looks at it before, and a person’s own words may go sooner."""

from datetime import date, timedelta
from typing import Any

from django.db import models, transaction

from helpline.foundation.audit.actions import Action
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import WrongState
from helpline.foundation.vault.models import DataKey
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision
from safeguarding.sharing.kinds import Status as Sharing

LEFT = (Sharing.LEAVING, Sharing.SHARED)
LOOKED_AT_BEFORE = timedelta(days=90)  # its end, so that what is still owed to somebody can be done


class EndingQuerySet(models.QuerySet[Any]):
    def due(self, today: date) -> "EndingQuerySet":
        """Closed, and past their months; unless a hold keeps their contact, or did until a week
        ago."""
        contact = self.model._meta.get_field("contact").related_model
        held = models.Q(held=True) | models.Q(spared_until__gt=today)
        kept = contact.objects.filter(held, pk=models.OuterRef("contact"))
        ended = self.filter(status=Status.CLOSED, keep_until__lte=today)
        return ended.exclude(models.Exists(kept))

    def ending(self, today: date | None = None) -> "EndingQuerySet":
        """Those whose months end within 90 days, the first to go first."""
        today = today or london_today()
        span = (today, today + LOOKED_AT_BEFORE)
        soon = self.filter(status=Status.CLOSED, keep_until__gt=span[0], keep_until__lte=span[1])
        return soon.order_by("keep_until", "id")

    def about_nothing(self) -> "EndingQuerySet":
        """Closed, and nothing came of them: the person’s own words in them go with the contact.

        Where 999 was called or something was shared, something did, whatever was decided last.
        """
        closed = self.filter(status=Status.CLOSED, decision=Decision.NO_ACTION)
        return closed.exclude(calls__isnull=False).exclude(disclosures__status__in=LEFT)

    @transaction.atomic
    def forget_said(self) -> list[str]:
        """Destroy what the person said in these, with its key; the ids of those that had any.

        Their contacts are locked, or gone. Safe to do twice.
        """
        rows = self.filter(said_key__isnull=False).select_for_update(no_key=True, of=("self",))
        keys = dict(rows.values_list("pk", "said_key"))
        if keys:
            quoted = self.model._meta.get_field("assessments").related_model
            quoted.objects.filter(escalation__in=keys).update(said=None)
            self.model.objects.filter(pk__in=keys).update(said_key=None)
            DataKey.objects.destroy(list(keys.values()))
        return [str(pk) for pk in keys]


class Ending(models.Model):
    """Its months after it was closed, and that somebody looked at it before they were over."""

    looked_at_on = models.DateField(null=True)
    looked_at_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @transaction.atomic
    def look_at_before_its_end(self, *, by: Staff) -> None:
        """Somebody made sure that nothing is owed to anybody any more (rules 2.6: review, then
        destroy). It keeps nothing: it goes on its day, looked at or not."""
        self._begin(by)
        soon = type(self).objects.ending().filter(pk=self.pk, looked_at_on=None)
        if not soon.update(looked_at_on=london_today(), looked_at_by=by):
            raise WrongState("It does not end soon, or somebody has looked at it already.")
        self.record(Action.ESCALATION_LOOKED_AT, by=by)

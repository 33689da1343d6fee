"""An objection: to what somebody objects, and what is stopped because of it (Art 21)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from contacts.models import Consent, ObjectedUse, Purpose
from contacts.models.objected import UsedFor
from contacts.wordings import How
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from privacy.models.rights import RightsRequest
from privacy.rights.kinds import Kind, Status


class ObjectionQuerySet(models.QuerySet["Objection"]):
    @transaction.atomic
    def draw_up(self, request: RightsRequest, *, uses: list[str], by: Staff) -> "Objection":
        """Say what is stopped, while the request is reviewed; saying it again changes it.

        Compelling grounds that weigh more are a refusal on that ground, with its reasons.
        """
        request.lock(by)
        if request.kind != Kind.OBJECT or request.status != Status.REVIEW:
            raise WrongState("That is said while an objection is reviewed.")
        if not uses or not set(uses) <= set(UsedFor.values):
            raise Refused("Say which uses are stopped. If none is, refuse it and say why.")
        plan = self.filter(request=request).first() or self.model(request=request)
        plan.uses, plan.drawn_by, plan.request = sorted(set(uses)), by, request
        plan.save()
        request.noted("objection-weighed", by=by)
        return plan


class Objection(models.Model):
    """What one objection stops, in every contact that it is about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(RightsRequest, models.CASCADE, related_name="objection")
    uses = ArrayField(models.CharField(max_length=10, choices=UsedFor))
    drawn_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    done_on = models.DateField(null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="objection_stops_something", condition=models.Q(uses__len__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"Objection {self.id}"

    def problems(self) -> list[str]:
        """What keeps it from being approved: nothing, once it is drawn up."""
        return []

    @transaction.atomic
    def take_effect(self, *, by: Staff) -> None:
        """It is approved: none of these contacts is used for this any more, and a yes to being
        asked about research is taken back."""
        contacts = list(self.request.scope())
        rows = [ObjectedUse(contact=each, used_for=use) for each in contacts for use in self.uses]
        ObjectedUse.objects.bulk_create(rows, ignore_conflicts=True)
        if UsedFor.RESEARCH in self.uses:
            for contact in contacts:
                standing = Consent.objects.standing(contact).get(Purpose.RESEARCH)
                if standing and standing.is_in_force():
                    Consent.objects.withdraw(contact, Purpose.RESEARCH, by=by, how=How.FORM)
        self.done_on = london_today()
        self.save(update_fields=["done_on"])
        AuditEvent.objects.record(Action.OBJECTION_UPHELD, on=self.request, by=by)

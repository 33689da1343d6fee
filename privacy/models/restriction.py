"""A restriction: what a request is about is kept and not used until somebody lifts it (Art 18)."""

import uuid
from datetime import date

from django.db import models, transaction
from django.db.models import Q

from contacts.models import Contact, RestrictedUse, ServiceUser
from contacts.models.restricted import Use
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault.sealed import SealedText
from privacy.models.rights import RightsRequest
from privacy.models.rights_facts import Concern
from privacy.models.rights_letters import LIFTING
from privacy.models.rights_moving import reasoned
from privacy.rights import holding
from privacy.rights.kinds import Kind, Status


class Ground(models.TextChoices):
    """Why it is restricted (Art 18(1))."""

    ACCURACY = "accuracy", "They say that it is not right, and we are finding out"
    UNLAWFUL = "unlawful", "We should not have it, and they want it kept and not deleted"
    CLAIMS = "claims", "We do not need it any more, and they do, for a legal claim"
    OBJECTION = "objection", "They object, and it is not decided yet whose reasons weigh more"


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    def in_force(self) -> "RestrictionQuerySet":
        """Those that nobody has lifted."""
        return self.filter(status=Restriction.Stage.IN_FORCE)

    def past_their_time(self, today: date | None = None) -> "RestrictionQuerySet":
        """Those that keep a contact past its 18 months; the DPO has not decided on it (S2-36)."""
        waits = Q(kept_on=None, contact__purge_on__lte=today or london_today())
        return self.in_force().filter(request__in=Concern.objects.filter(waits).values("request"))

    @transaction.atomic
    def draw_up(self, request: RightsRequest, *, ground: str, why: str, by: Staff) -> "Restriction":
        """Say on which ground it is to be restricted, while the request is reviewed; saying it
        again changes it. It acts once a second person approves the answer."""
        request.lock(by)
        if request.kind != Kind.RESTRICT or request.status != Status.REVIEW:
            raise WrongState("That is said while a request for restriction is reviewed.")
        if ground not in Ground.values:
            raise Refused("The law knows four grounds. Choose one.")
        plan = self.filter(request=request).first() or self.model(request=request)
        plan.ground, plan.drawn_by, plan.request = Ground(ground), by, request
        plan.why = reasoned(why, "Say in at least 20 characters why this ground holds.")
        plan.save()
        request.noted("restriction-drawn-up", by=by)
        return plan


class Restriction(models.Model):
    """The restriction of everything in the scope of one request: its contacts and its record.

    The holds of the request stay as long as it is in force, so PostgreSQL keeps the keys; whatever
    is restricted is found, read and changed by nobody (`contacts.models.restricted`).
    """

    class Stage(models.TextChoices):
        DRAWN = "drawn", "Drawn up"
        IN_FORCE = "in-force", "In force"
        LIFTED = "lifted", "Lifted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(RightsRequest, models.CASCADE, related_name="restriction")
    status = models.CharField(max_length=10, choices=Stage, default=Stage.DRAWN)
    ground = models.CharField(max_length=10, choices=Ground)
    why = SealedText(key="request__key", bound=("pk", "request"))
    drawn_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    began_on = models.DateField(null=True)
    lifted_on = models.DateField(null=True)
    lifted_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["request"], name="restriction_in_force", condition=Q(status="in-force")
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="restriction_says_since_when_and_until_when",
                condition=Q(status="drawn", began_on=None, lifted_on=None, lifted_by=None)
                | Q(status="in-force", began_on__isnull=False, lifted_on=None, lifted_by=None)
                | Q(
                    status="lifted",
                    began_on__isnull=False,
                    lifted_on__isnull=False,
                    lifted_by__isnull=False,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"Restriction {self.id}"

    def is_in_force(self) -> bool:
        """Whether what it covers is restricted now."""
        return self.status == self.Stage.IN_FORCE

    def problems(self) -> list[str]:
        """What keeps it from being approved, as sentences: nobody is cut off while they talk."""
        if self.request.scope().exclude(status=Contact.Status.ENDED).exists():
            return ["A conversation is still going on. It can be restricted once it has ended."]
        return []

    @transaction.atomic
    def take_effect(self, *, by: Staff) -> None:
        """It is approved: all of it is restricted from now on, and held as long as it is.

        Raises `Refused` while one of the conversations goes on.
        """
        if problems := self.problems():
            raise Refused(" ".join(problems))
        for concern in self.request.concerns.select_related("contact").order_by("contact"):
            holding.hold_again(concern, by=by)
        self.request.scope().update(restricted=True)
        self._record().update(restricted=True)
        today = london_today()
        move(self, self.Stage.IN_FORCE, allowed=[self.Stage.DRAWN], began_on=today)
        AuditEvent.objects.record(Action.RESTRICTED, on=self.request, by=by, ground=self.ground)

    @transaction.atomic
    def use(self, ground: str, *, by: Staff, why: str) -> None:
        """Write down a use that the law allows, before it: whoever writes it may use what is
        restricted for seven days, as far as their role lets them (Art 18(2)).

        Raises `Refused` without a ground or a reason.
        """
        if not by.may(Permission.APPROVE_RIGHTS):
            raise Refused("A safeguarding lead or a data protection officer decides about this.")
        self._lock_in_force()
        if ground not in Use.values:
            raise Refused("The law allows four uses. Choose one.")
        why = reasoned(
            why, "Say in at least 20 characters what it is used for, and why it must be."
        )
        said = {"ground": Use(ground), "staff": by}
        for contact in self.request.scope():
            RestrictedUse.objects.create(contact=contact, **said)
        for record in self._record():
            RestrictedUse.objects.create(service_user=record, **said)
        self.request.noted("restricted-used", by=by, why=why)
        AuditEvent.objects.record(Action.RESTRICTED_USED, on=self.request, by=by, ground=ground)

    def is_told(self) -> bool:
        """Whether the letter has left that says that it will be lifted (Art 18(3))."""
        return self.request.letters.filter(kind=LIFTING, sent_on__isnull=False).exists()

    @transaction.atomic
    def lift(self, *, by: Staff, why: str) -> None:
        """End it, once they have been told. What another restriction covers stays restricted.

        Raises `Refused` before that; what is past its 18 months goes with the next purge then.
        """
        self.request.lock(by)
        self._lock_in_force()
        why = reasoned(why, "Say in at least 20 characters why it is lifted.")
        if not self.is_told():
            raise Refused("They are told before it is lifted. Send them the letter about it first.")
        lifted = {"lifted_on": london_today(), "lifted_by": by}
        move(self, self.Stage.LIFTED, allowed=[self.Stage.IN_FORCE], **lifted)
        others = RightsRequest.objects.filter(restriction__status=self.Stage.IN_FORCE)
        mine = Contact.objects.filter(pk__in=self.request.scope().values("pk"))
        mine.exclude(concerns__request__in=others).update(restricted=False)
        self._record().exclude(rights_requests__in=others).update(restricted=False)
        if not self.request.is_open():
            self.request.release_scope(by=by)
        self.request.noted("restriction-lifted", by=by, why=why)
        AuditEvent.objects.record(Action.RESTRICTION_LIFTED, on=self.request, by=by)

    def _record(self) -> models.QuerySet[ServiceUser]:
        return ServiceUser.objects.filter(rights_requests=self.request)

    def _lock_in_force(self) -> None:
        self.request.lock()
        rows = Restriction.objects.select_for_update(no_key=True).in_force()
        if not rows.filter(pk=self.pk).exists():
            raise WrongState("This restriction is not in force.")

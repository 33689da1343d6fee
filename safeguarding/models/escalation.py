"""An escalation: somebody is worried about somebody, and a supervisor must look.

It is a safeguarding record of its own class, under a key of its own, and outlives the contact it is
about; only the person’s own words go with the contact when nothing came of it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts.handles import new_handle
from contacts.models import Contact
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff, Team
from helpline.foundation.staff.roles import Permission, Role, Service
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from safeguarding.escalations import limits
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import (
    Decision,
    Kind,
    Proposal,
    StepKind,
    ToldByPolice,
    Urgency,
)
from safeguarding.models.ending import Ending, EndingQuerySet
from safeguarding.models.hastening import Hastening
from safeguarding.models.moving import Moving
from safeguarding.models.overdue import alert_unacknowledged
from safeguarding.models.owning import Owning, in_able_hands
from safeguarding.models.proposing import Proposing

KEEP_MONTHS = 72  # after it was closed; the class `SAFEGUARDING` of the schedule


class EscalationQuerySet(EndingQuerySet):
    def with_keys(self) -> "EscalationQuerySet":
        """With both data keys at hand, so that sealed words open."""
        return self.select_related("key", "said_key", "contact", "owner")

    def open(self) -> "EscalationQuerySet":
        """Not closed: somebody owes the next step."""
        return self.exclude(status=Status.CLOSED)

    def unacknowledged(self) -> "EscalationQuerySet":
        """Nobody has said yet that they are looking at it; the most overdue first."""
        return self.filter(status=Status.RAISED).order_by("acknowledge_by", "id")

    def proposing(self) -> "EscalationQuerySet":
        """Those whose contact is there, and nobody has said yet whether to hold it."""
        return self.filter(hold_proposal=Proposal.PROPOSED, contact__purged_on=None)

    def hold_placed(self, contacts: Iterable[Contact], *, by: Staff) -> None:
        """These contacts, whose rows are locked, are held: what proposed it is answered."""
        for worry in self.proposing().filter(contact__in=contacts).order_by("pk"):
            worry.hold_placed(by=by)

    def left_alone(self) -> "EscalationQuerySet":
        """Looked at once, and owned by nobody who can look into them now (E21)."""
        return self.open().exclude(status=Status.RAISED).exclude(in_able_hands())

    def nobodys(self) -> "EscalationQuerySet":
        """Waiting for somebody to own them: never acknowledged, or left alone."""
        return self.open().filter(Q(status=Status.RAISED) | ~in_able_hands())

    def needing(self, staff: Staff) -> "EscalationQuerySet":
        """Open immediate ones that this person owns, and so cannot just leave (E12)."""
        return self.open().filter(owner=staff, urgency=Urgency.IMMEDIATE).order_by("decide_by")

    def unexpired(self) -> "EscalationQuerySet":
        """Open, within its time after it was closed, or kept by the hold on its contact."""
        within = Q(keep_until=None) | Q(keep_until__gt=london_today())
        return self.filter(within | Q(contact__held=True))

    def visible_to(self, staff: Staff) -> "EscalationQuerySet":
        """The escalations this person may open: fetching is authorising (rules 2.14).

        A worker: what they raised, and what is open about the contacts they are in the middle of. A
        supervisor: their teams', of no team, what they own and what they were alerted of. The
        safeguarding lead: all of their services. The DPO and administrators: none.
        """
        if not staff.may(Permission.SEE_ESCALATIONS):
            return self.none()
        ours = self.unexpired().filter(service__in=staff.services)
        if Role.LEAD in staff.roles:
            return ours
        here = Contact.objects.filter(worker=staff, status=Contact.Status.OPEN).values("pk")
        mine = Q(raised_by=staff) | Q(owner=staff)
        mine |= Q(contact__in=here) & ~Q(status=Status.CLOSED)
        if Role.SUPERVISOR in staff.roles:
            mine |= Q(team=None) | Q(team__in=staff.team_ids)
            mine |= Q(pk__in=staff.alerts.values("alert__escalation"))
        return ours.filter(mine)

    @transaction.atomic
    def escalate(
        self,
        contact: Contact | None,
        *,
        by: Staff,
        kind: str,
        urgency: str,
        service: str | None = None,
        **words: str,
    ) -> "Escalation":
        """Somebody is worried: supervisors see it at once, and of an immediate one the first on
        call is alerted. It needs no word yet, only what it is
        about and how soon; `words` are those of a first assessment.

        About a contact, which is locked first, or about none in one of the person's `service`s.
        Raises `Refused` for the DPO and administrators, `WrongState` when the contact is gone.
        """
        if not by.may(Permission.RAISE_ESCALATIONS):
            raise Refused("Those who speak with people raise a worry.")
        contact = contact.locked(restricted_too=True) if contact else None
        made = self.model(contact=contact, kind=Kind(kind), urgency=Urgency(urgency), raised_by=by)
        made.raised_at = database_now()
        made.service = Service(contact.service if contact else service or "")
        if made.service not in by.services:
            raise Refused("This is not one of your services.")
        made.team = contact.team if contact else by.teams.first()
        made.key, made.said_key, made.name = DataKey.new(), DataKey.new(), self.new_name()
        made.acknowledge_by = limits.acknowledge_by(made.urgency, made.raised_at)
        made.decide_by = limits.decide_by(made.urgency, made.raised_at)
        made.hold_proposal = made.proposal_now()
        made.save(force_insert=True)
        made.write(StepKind.RAISED, by=by)
        if any(words.values()):
            made.judge(by=by, **words)
        made.changed()
        alert_unacknowledged(made, database_now())
        return made

    def escalate_though_gone(
        self, contact: Contact | None, *, by: Staff, service: str | None = None, **said: str
    ) -> "Escalation":
        """As `escalate`; about none, in its service, if the contact went while somebody wrote."""
        try:
            return self.escalate(contact, by=by, service=service, **said)
        except WrongState:
            service = contact.service if contact else service
            return self.escalate(None, by=by, service=service, **said)

    def contact_they_had(self, pk, *, by: Staff) -> Contact | None:
        """A contact that went to somebody else since this person took or read it, by the trail;
        None if it is gone since. Raises `Refused` if they never had it."""
        if not AuditEvent.objects.about(Contact(pk=pk)).by(by).exists():
            raise Refused("This contact was never with you.")
        return Contact.objects.unexpired().with_key().filter(pk=pk).first()

    def new_name(self) -> str:
        """A name staff can say aloud and that no other escalation has."""
        name = new_handle()
        while self.filter(name=name).exists():
            name = new_handle()
        return name


class Escalation(Moving, Hastening, Owning, Proposing, Ending):
    """One worry, from the moment it is raised until somebody closes it."""

    Status = Status

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40, unique=True)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="escalations")
    service = models.CharField(max_length=20, choices=Service)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    urgency = models.CharField(max_length=10, choices=Urgency)
    status = models.CharField(max_length=20, choices=Status, default=Status.RAISED)
    decision = models.CharField(max_length=20, choices=Decision, blank=True, default="")
    told_by_police = models.CharField(max_length=20, choices=ToldByPolice, blank=True, default="")
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="escalation")
    said_key = models.OneToOneField(DataKey, models.PROTECT, null=True, related_name="+")
    raised_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now)
    owner = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="escalations")
    acknowledge_by = models.DateTimeField()
    acknowledged_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    decide_by = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["service", "acknowledge_by", "id"],
                name="escalation_unacknowledged",
                condition=Q(status="raised"),
            ),
            models.Index(
                fields=["service", "decide_by", "id"],
                name="escalation_open",
                condition=~Q(status="closed"),
            ),
            models.Index(
                fields=["service", "-closed_at", "-id"],
                name="escalation_closed",
                condition=Q(status="closed"),
            ),
            models.Index(fields=["keep_until"], name="escalation_by_last_day"),
            models.Index(
                fields=["service", "raised_at", "id"],
                name="escalation_proposes_a_hold",
                condition=Q(hold_proposal="proposed"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="escalation_decided_says_what",
                condition=Q(status__in=["raised", "acknowledged", "assessing"])
                | ~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="escalation_acted_on_is_not_about_nothing",
                condition=~Q(status__in=["acting", "informed", "not-informed"])
                | ~Q(decision="no-action"),
            ),
            models.CheckConstraint(
                name="escalation_closed_has_an_end",
                condition=Q(status="closed", closed_at__isnull=False, keep_until__isnull=False)
                | ~Q(status="closed") & Q(closed_at=None, keep_until=None),
            ),
            models.CheckConstraint(
                name="escalation_looked_at_has_an_owner",
                condition=Q(status="raised") | Q(acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="police_level_only_of_the_missing",
                condition=Q(told_by_police="") | Q(kind="missing-now"),
            ),
        ]

    def __str__(self) -> str:
        return f"Escalation {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("escalation", args=[self.pk])

    @property
    def name_words(self) -> str:
        """The name as staff say it."""
        return self.name.replace("-", " ")

    def is_open(self) -> bool:
        """Whether somebody still owes the next step."""
        return self.status != Status.CLOSED

    def is_late(self, now: datetime | None = None) -> bool:
        """Past the limit of its next step: to be acknowledged, then to be decided."""
        now = now or timezone.now()
        if self.status == Status.RAISED:
            return now > self.acknowledge_by
        return self.must_be_decided() and now > self.decide_by

    def locked(self) -> "Escalation":
        """This escalation read again with its row locked and its keys at hand."""
        rows = Escalation.objects.select_for_update(no_key=True, of=("self",)).with_keys()
        return rows.get(pk=self.pk)

    def locked_after_contact(self) -> "Escalation":
        """As `locked`, the contact first: every verb takes them in the order of the purge."""
        if self.contact_id:
            list(Contact.objects.select_for_update(no_key=True).filter(pk=self.contact_id))
        return self.locked()

    def key_for_quotes(self) -> None:
        """Have a key for what the person says; what they said before may have gone with its own."""
        if self.said_key is None:
            self.said_key = DataKey.new()
            self.save(update_fields=["said_key"])

    def changed(self) -> None:
        """The contact knows whether a worry about it is open, and every page hears of it."""
        if self.contact_id:
            recompute_escalated(Contact.objects.get(pk=self.contact_id))
        live.ring("escalations", self.service)
        live.ring("escalation", self.pk)

    def last_day(self) -> object:
        """The day on which it goes if it is closed now."""
        return add_months(london_today(), KEEP_MONTHS)

    def record(self, action: Action, *, by: Staff | None, **facts: object) -> None:
        """Write one fact about it down."""
        AuditEvent.objects.record(action, on=self, by=by, **facts)


def recompute_escalated(contact: Contact) -> None:
    """Set the contact's `escalated` index, which lets the safeguarding lead read it, from the
    open escalations about it."""
    about = Escalation.objects.open().filter(contact=contact)
    Contact.objects.filter(pk=contact.pk, purged_on=None).update(escalated=about.exists())
    live.ring("contact", contact.pk)

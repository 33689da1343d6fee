"""A request to a provider of ours to say what it knows of where somebody is (S0-23).

Only when a life is in danger now, only for the emergency services, only after the person was asked,
and only by two people. What comes back has a key of its own and goes after 30 days; that it was
asked for stays.
"""

import uuid
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts.channels import Channel
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Role, Service
from helpline.foundation.states import Refused
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText
from safeguarding.circumstances import Circumstance
from safeguarding.escalations.kinds import Urgency
from safeguarding.location.drawn import OVER, Status
from safeguarding.location.held import HELD, NO_CONTACT, Provider
from safeguarding.models.escalation import Escalation
from safeguarding.models.held_contact import HeldContact
from safeguarding.models.hold import Hold
from safeguarding.models.location_moving import LocationMoving, StepKind

KEEP_MONTHS = 72  # of the fact that it was asked for; the class `LOCATIONS` of the schedule
KEPT_FOR = timedelta(days=30)  # what came back; the class `FOUND` of the schedule (C23)
PLACE = ("pk", "escalation")


class Purpose(models.TextChoices):
    """What an answer is for; there is no other purpose."""

    EMERGENCY_SERVICES = "emergency-services", "So that the emergency services can find them"


class LocationRequestQuerySet(models.QuerySet["LocationRequest"]):
    def with_keys(self) -> "LocationRequestQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key", "escalation")

    def open(self) -> "LocationRequestQuerySet":
        """Somebody owes the next step; telling the person is one (S0-20)."""
        return self.exclude(status__in=OVER)

    def visible_to(self, staff: Staff) -> "LocationRequestQuerySet":
        """The requests this person may open: the lead, all of their services; a supervisor, those
        about escalations that are theirs, and those they had a hand in. To a worker there is none.
        """
        if not staff.may(Permission.ASK_FOR_LOCATION):
            return self.none()
        kept = Q(keep_until=None) | Q(keep_until__gt=london_today())
        ours = self.filter(kept, service__in=staff.services)
        if Role.LEAD in staff.roles:
            return ours
        mine = Escalation.objects.visible_to(staff).values("pk")
        return ours.filter(Q(escalation__in=mine) | handled_by(staff))

    def due(self, today: date) -> "LocationRequestQuerySet":
        """Past their time after they were over, and nothing that was found is kept with them."""
        return self.filter(keep_until__lte=today, found=None)

    @transaction.atomic
    def ask(
        self,
        escalation: Escalation,
        *,
        by: Staff,
        ground: str,
        asked_by: Staff,
        asked_at: datetime,
        answered: str,
        wanted: str,
    ) -> "LocationRequest":
        """Ask the safeguarding lead for leave to ask a provider; nothing leaves by that.

        `asked_by` asked the person first, at `asked_at`, and they `answered` so. Raises `Refused`
        unless a life is in danger now, and where there is nobody who could know (E09).
        """
        if not by.may(Permission.ASK_FOR_LOCATION):
            raise Refused("A supervisor or the safeguarding lead asks for this.")
        escalation = escalation.locked()
        asked_first(asked_at, answered)
        if not wanted.strip():
            raise Refused("Say exactly what the provider is to be asked.")
        made = self.model(escalation=escalation, service=escalation.service, key=DataKey.new())
        made.ground, made.requested_by, made.asked_by = Circumstance(ground), by, asked_by
        made.asked_at, made.answered, made.wanted = asked_at, answered.strip(), wanted.strip()
        made.must_be_possible()
        if self.open().filter(escalation=escalation).exists():
            raise Refused("This has been asked for already and is not over.")
        made.channel = escalation.contact.channel
        made.provider = HELD[made.channel].provider or ""  # `must_be_possible` has seen one
        made.save(force_insert=True)
        made.write(StepKind.REQUESTED, by=by)
        return made


def asked_first(asked_at: datetime, answered: str) -> None:
    """Raise `Refused` unless the person was asked where they are, and what they said is written."""
    if not answered.strip():
        raise Refused("Ask the person where they are first, and write down what they answered.")
    if asked_at > timezone.now():
        raise Refused("The person is asked before this, not afterwards.")


def handled_by(staff: Staff) -> Q:
    """The requests this person had a hand in."""
    return (
        Q(requested_by=staff)
        | Q(approved_by=staff)
        | Q(sent_by=staff)
        | Q(found__received_by=staff)
    )


class LocationRequest(LocationMoving):
    """One request for a location, and that the person was asked first and told afterwards."""

    Status = Status

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="locations")
    service = models.CharField(max_length=20, choices=Service)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    ground = models.CharField(max_length=20, choices=Circumstance)
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.EMERGENCY_SERVICES)
    channel = models.CharField(max_length=10, choices=Channel)
    provider = models.CharField(max_length=10, choices=Provider)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered = SealedText(bound=PLACE)
    wanted = SealedText(bound=PLACE)
    requested_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=this_minute)
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    objects = LocationRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["service", "requested_at", "id"],
                name="location_request_open",
                condition=~Q(status__in=["told", "not-told", "stopped"]),
            ),
            models.Index(fields=["requested_at"], name="location_request_by_day"),
            models.Index(fields=["keep_until"], name="location_request_last_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="location_only_when_a_life_is_in_danger",
                condition=Q(ground="life-in-danger", purpose="emergency-services"),
            ),
            models.CheckConstraint(
                name="location_of_a_chat_is_known_to_nobody", condition=~Q(channel="chat")
            ),
            models.CheckConstraint(
                name="location_approved_by_another",
                condition=Q(approved_by=None, status__in=["requested", "stopped"])
                | Q(approved_by__isnull=False) & ~Q(approved_by=models.F("requested_by")),
            ),
            models.CheckConstraint(
                name="location_over_has_an_end",
                condition=Q(
                    status__in=["told", "not-told", "stopped"],
                    closed_at__isnull=False,
                    keep_until__isnull=False,
                )
                | ~Q(status__in=["told", "not-told", "stopped"])
                & Q(closed_at=None, keep_until=None),
            ),
            models.UniqueConstraint(
                fields=["escalation"],
                condition=~Q(status__in=["told", "not-told", "stopped"]),
                name="one_open_location_request_each",
            ),
        ]

    def __str__(self) -> str:
        return f"Location request {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("location", args=[self.pk])

    def must_be_possible(self) -> None:
        """Raise `Refused` unless a life is in danger now and somebody could know anything (E09)."""
        about = self.escalation
        if not about.is_open() or about.urgency != Urgency.IMMEDIATE:
            raise Refused("Only an open escalation that is immediate can ask for this.")
        if self.ground != Circumstance.LIFE_IN_DANGER:
            raise Refused("Only a life in danger is a ground for this.")
        if about.contact is None or about.contact.purged_on:
            raise Refused(NO_CONTACT)
        held = HELD[about.contact.channel]
        if held.provider is None:
            raise Refused(held.ours)

    @transaction.atomic
    def find(self, *, by: Staff, where: str) -> None:
        """What the provider answered, sealed under a key of its own for 30 days (C23)."""
        self._begin(by)
        self._must_say(where, "Write down what they answered.", least=1)
        self._move(Status.FOUND, StepKind.FOUND, by=by)
        found = LocationFound(request=self, received_by=by, key=DataKey.new())
        found.where = where.strip()
        found.save(force_insert=True)

    def last_day(self) -> date:
        """The day on which the fact goes if it is over now."""
        return add_months(london_today(), KEEP_MONTHS)

    def record(self, action: Action, *, by: Staff | None, **facts: object) -> None:
        """Write one fact about it down."""
        AuditEvent.objects.record(action, on=self, by=by, **facts)


class LocationFoundQuerySet(models.QuerySet["LocationFound"]):
    def kept_by_law(self) -> "LocationFoundQuerySet":
        """Asked for by an order, a claim or the person: destroying it would be an offence."""
        kinds = [Hold.Kind.LEGAL, Hold.Kind.RIGHTS]
        holds = HeldContact.objects.in_force().filter(
            hold__kind__in=kinds, contact=models.OuterRef("request__escalation__contact")
        )
        return self.filter(models.Exists(holds))

    def visible_to(self, staff: Staff) -> "LocationFoundQuerySet":
        """What this person may read: its handlers and the safeguarding lead, for 30 days."""
        mine = LocationRequest.objects.visible_to(staff)
        if Role.LEAD not in staff.roles:
            mine = mine.filter(handled_by(staff))
        return self.filter(request__in=mine.values("pk"), received_on__gt=london_today() - KEPT_FOR)

    def due(self, today: date) -> "LocationFoundQuerySet":
        """Received 30 days ago or earlier, and no order, claim or rights request keeps it. A
        safeguarding hold does not: where somebody was helps nobody for longer."""
        old = self.filter(received_on__lte=today - KEPT_FOR)
        return old.exclude(pk__in=self.kept_by_law().values("pk"))


class LocationFound(models.Model):
    """What a provider answered, under a key that is destroyed after 30 days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(LocationRequest, models.PROTECT, related_name="found")
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")
    where = SealedText(bound=("pk", "request"))
    received_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    received_on = models.DateField(default=london_today, db_index=True)

    objects = LocationFoundQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Answer to location request {self.pk}"


class LocationStep(models.Model):
    """One thing that was done with a request for a location. It is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(LocationRequest, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=StepKind)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=this_minute)
    words = SealedText(null=True, key="request__key", bound=("pk", "request", "number"))

    class Meta:
        constraints = [
            models.UniqueConstraint("request", "number", name="location_steps_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Step {self.id}"

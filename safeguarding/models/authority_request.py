"""What the police, a court or another authority asks of us, and how it was considered (S0-22).

It is a record of its own, under its own key. It names a contact only where somebody named one on
purpose; an enquiry about a missing person never does, and nothing here looks for anybody.
"""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts.handles import new_handle
from contacts.models import Contact
from contacts.models.action import name_index
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service
from helpline.foundation.states import Refused
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText
from safeguarding.authorities.drawn import OVER, Status
from safeguarding.authorities.kinds import (
    NEEDS,
    OPENS_THE_GATE,
    Came,
    Decision,
    How,
    Kind,
    Needs,
    StepKind,
    VictimTold,
)
from safeguarding.escalations import kinds as worries
from safeguarding.escalations.limits import working_days_after
from safeguarding.models.authority_moving import AuthorityMoving
from safeguarding.models.escalation import Escalation

KEEP_MONTHS = 72  # after it was answered; the class `AUTHORITIES` of the schedule
PLACE = ("pk", "kind")
SAID = ("body", "person", "number", "given", "their_reference", "subject", "wanted", "purpose")


class AuthorityRequestQuerySet(models.QuerySet["AuthorityRequest"]):
    def with_keys(self) -> "AuthorityRequestQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key")

    def open(self) -> "AuthorityRequestQuerySet":
        """Neither answered nor taken back: somebody owes the next step."""
        return self.exclude(status__in=OVER)

    def unacknowledged(self) -> "AuthorityRequestQuerySet":
        """Whoever asks has not heard that we have it."""
        return self.open().filter(acknowledged_at=None)

    def visible_to(self, staff: Staff) -> "AuthorityRequestQuerySet":
        """The requests this person may open: supervisors, the safeguarding lead and the DPO, in
        their services (rules 2.14). To a worker there is none."""
        if not staff.may(Permission.SEE_AUTHORITY_REQUESTS):
            return self.none()
        kept = Q(keep_until=None) | Q(keep_until__gt=london_today())
        return self.filter(kept, service__in=staff.services)

    def due(self, today) -> "AuthorityRequestQuerySet":
        """Past their time after they were answered."""
        return self.filter(keep_until__lte=today)

    @transaction.atomic
    def log(
        self,
        kind: str,
        *,
        by: Staff,
        service: str,
        came: str,
        life_at_risk: bool = False,
        **said: str,
    ) -> "AuthorityRequest":
        """Write down what an authority asks, in the words of `SAID`; it is not verified yet.

        The same statements whoever is asked about: nobody is looked for (E08). Pressure that a life
        is at risk calls the lead at once and changes nothing else (E06).
        """
        if not by.may(Permission.PREPARE_AUTHORITY_REQUESTS):
            raise Refused("A supervisor or the safeguarding lead writes this down.")
        if service not in by.services:
            raise Refused("This is not one of your services.")
        if not said.get("body", "").strip():
            raise Refused("Say who asks.")
        made = self.model(kind=Kind(kind), came=Came(came), service=Service(service), logged_by=by)
        made.name, made.key = self.new_name(), DataKey.new()
        for name in SAID:
            setattr(made, name, said.get(name, "").strip() or None)
        made.about = name_index(said.get("subject", ""))
        made.acknowledge_by = working_days_after(made.received_at, 1)
        made.save(force_insert=True)
        made.write(StepKind.LOGGED, by=by)
        if life_at_risk:
            made.press(by=by)
        return made

    def new_name(self) -> str:
        """A name staff can say aloud and that no other request has."""
        name = new_handle()
        while self.filter(name=name).exists():
            name = new_handle()
        return name


class AuthorityRequest(AuthorityMoving):
    """One request, from the moment it reached us until it was answered."""

    Status = Status

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    came = models.CharField(max_length=10, choices=Came)
    service = models.CharField(max_length=20, choices=Service)
    status = models.CharField(max_length=10, choices=Status, default=Status.UNVERIFIED)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")
    logged_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=this_minute)
    acknowledge_by = models.DateTimeField()
    acknowledged_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    # What they say: who they are, where they can be reached, whom and what it is about.
    body = SealedText(null=True, bound=PLACE)
    person = SealedText(null=True, bound=PLACE)
    number = SealedText(null=True, bound=PLACE)
    given = SealedText(null=True, bound=PLACE)
    their_reference = SealedText(null=True, bound=PLACE)
    subject = SealedText(null=True, bound=PLACE)
    wanted = SealedText(null=True, bound=PLACE)
    purpose = SealedText(null=True, bound=PLACE)
    about = models.CharField(max_length=64, null=True, db_index=True)  # noqa: DJ001 (a keyed hash)
    # What we make of it.
    met = ArrayField(models.CharField(max_length=20), default=list)
    counselling = models.BooleanField(default=False)
    victim = models.CharField(max_length=10, choices=VictimTold, default=VictimTold.UNKNOWN)
    published = SealedText(null=True, bound=PLACE)
    published_in = SealedText(null=True, bound=PLACE)
    verified_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    consideration = SealedText(null=True, bound=PLACE)
    advised_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    advised_at = models.DateTimeField(null=True)
    director = SealedText(null=True, bound=PLACE)
    director_reasons = SealedText(null=True, bound=PLACE)
    director_noted_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    director_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, choices=Decision, blank=True, default="")
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    answered_how = models.CharField(max_length=10, choices=How, blank=True, default="")
    pressed = models.ForeignKey(Escalation, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    keep_until = models.DateField(null=True)

    objects = AuthorityRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["service", "received_at", "id"],
                name="authority_request_open",
                condition=~Q(status__in=["answered", "withdrawn"]),
            ),
            models.Index(fields=["service", "-closed_at", "id"], name="authority_request_over"),
            models.Index(fields=["received_at"], name="authority_request_by_day"),
            models.Index(fields=["keep_until"], name="authority_request_last_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="only_the_verified_learn_anything",
                condition=~Q(decision__in=["agree", "partly", "nothing-held"])
                | Q(verified_by__isnull=False, verified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="missing_person_neither_confirmed_nor_denied",
                condition=~Q(kind="missing-person") | Q(decision__in=["", "neither"]),
            ),
            models.CheckConstraint(
                name="authority_request_decided_says_what",
                condition=Q(status__in=["unverified", "verified", "withdrawn"], decision="")
                | ~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="authority_request_signed_by_another",
                condition=Q(signed_by=None) & ~Q(status__in=["signed", "answered"])
                | Q(signed_by__isnull=False) & ~Q(signed_by=models.F("decided_by")),
            ),
            models.CheckConstraint(
                name="authority_request_over_has_an_end",
                condition=Q(
                    status__in=["answered", "withdrawn"],
                    closed_at__isnull=False,
                    keep_until__isnull=False,
                )
                | ~Q(status__in=["answered", "withdrawn"]) & Q(closed_at=None, keep_until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Request of an authority {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("authority", args=[self.pk])

    @property
    def name_words(self) -> str:
        """The name as staff say it."""
        return self.name.replace("-", " ")

    @property
    def needs(self) -> Needs:
        """What its kind needs."""
        return NEEDS[self.kind]

    def is_open(self) -> bool:
        """Whether somebody owes the next step."""
        return self.status not in OVER

    def is_late(self, now: datetime | None = None) -> bool:
        """Not acknowledged within one working day (rules 2.8.5)."""
        waits = self.acknowledged_at is None and self.is_open()
        return waits and (now or timezone.now()) > self.acknowledge_by

    def answers(self) -> list[Decision]:
        """What can be decided about it; about a missing person there is one answer."""
        return [Decision.NEITHER] if self.kind == Kind.MISSING else list(Decision)

    def lacks(self, decision: str) -> list[str]:
        """What is missing before this can be decided, as sentences for the lead."""
        if self.kind == Kind.MISSING:
            return []
        found = [] if self.consideration else ["Nobody has written down how it was considered."]
        if decision not in OPENS_THE_GATE:
            return found
        rest = [each.words for each in self.needs.requirements if each.code not in self.met]
        found += [f"Not there yet: {words}." for words in rest]
        if not self.advised_at:
            found.append("The data protection officer has not been consulted.")
        if not self.contacts.exists():
            found.append("No contact is named that it is about.")
        return found + self._lacks_of_victims() + self._lacks_a_director()

    def _lacks_of_victims(self) -> list[str]:
        told = self.victim in {VictimTold.TOLD, VictimTold.EXCEPTED}
        if self.kind != Kind.VICTIM or told:
            return []
        return ["The victim does not know of it. Ask the police to tell them, or why not."]

    def _lacks_a_director(self) -> list[str]:
        """An order, a claim and a regulator concern a director; so do notes of counselling, which
        are presumed not to be shared (E07)."""
        if self.director_at or not (self.needs.director or self.counselling):
            return []
        if self.counselling:
            return ["No director has set aside, with reasons, that counselling notes stay here."]
        return ["No director has agreed."]

    def a_ground_was_found(self) -> bool:
        """Whether every escalation that it opened is decided, and at least one of them to share."""
        opened = self.contacts.exclude(escalation=None).values_list(
            "escalation__decision", flat=True
        )
        decided = list(opened)
        return worries.Decision.DISCLOSE in decided and "" not in decided

    def last_step(self) -> int:
        """The number of the newest step of its history."""
        return self.steps.count()

    def last_day(self) -> object:
        """The day on which it goes if it is over now."""
        return add_months(london_today(), KEEP_MONTHS)

    def record(self, action: Action, *, by: Staff | None, **facts: object) -> None:
        """Write one fact about it down."""
        AuditEvent.objects.record(action, on=self, by=by, **facts)


class AuthorityContact(models.Model):
    """A contact that somebody named on purpose, because a request is about it.

    The link shows from the request alone; the contact's own page says nothing of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AuthorityRequest, models.CASCADE, related_name="contacts")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    escalation = models.ForeignKey(Escalation, models.SET_NULL, null=True, related_name="+")
    named_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=this_minute)

    class Meta:
        constraints = [
            models.UniqueConstraint("request", "contact", name="a_request_names_a_contact_once")
        ]

    def __str__(self) -> str:
        return f"Named contact {self.id}"


class AuthorityStep(models.Model):
    """One thing that was done with a request: who, when and why. It is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AuthorityRequest, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=StepKind)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=this_minute)
    words = SealedText(null=True, key="request__key", bound=("pk", "request", "number"))

    class Meta:
        constraints = [
            models.UniqueConstraint("request", "number", name="authority_steps_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Step {self.id}"

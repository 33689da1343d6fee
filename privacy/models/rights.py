"""What somebody asks about their own data: when it reached us, who works on it, what was decided.

The request is the charity's as a whole: whoever asks need not know which of our services has what.
Its words have a key of their own and go three years after it was closed.
"""

import uuid
from datetime import date

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from contacts import codes
from contacts.handles import new_handle
from contacts.models import Contact, ServiceUser
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import (
    add_months,
    bank_holidays,
    london_today,
    this_minute,
)
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText
from privacy import deadlines
from privacy.models.rights_clock import Timing
from privacy.models.rights_deciding import Deciding
from privacy.models.rights_facts import Concern
from privacy.models.rights_identity import Identifying
from privacy.models.rights_letters import FOLLOW_UP, Writing
from privacy.models.rights_locating import Locating
from privacy.models.rights_moving import Moving, reasoned
from privacy.rights import kinds
from privacy.rights.kinds import Age, Asker, Found, Kind, Nation, Proof, Route, Status

KEEP_MONTHS = 36  # after it was closed


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def with_key(self) -> "RightsRequestQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key")

    def followed_up(self, typed: str) -> "RightsRequestQuerySet":
        """The request of these follow-up words, as a query: the same one whatever was typed."""
        return self.filter(follow_up__in=blind.indexes(FOLLOW_UP, codes.normal(typed)))

    def open(self) -> "RightsRequestQuerySet":
        """Not closed: whatever such a request is about stays as it is."""
        return self.exclude(status__in=kinds.OVER)

    def to_answer(self) -> "RightsRequestQuerySet":
        """A limit runs: nothing is decided and nobody has withdrawn."""
        return self.exclude(status__in=kinds.ANSWERED)

    def follow_calendar(self, today: date) -> int:
        """Have every open request take bank holidays into account that were proclaimed since
        (B14); how many limits moved. Only what has moved is locked."""
        moved = 0
        for each in self.to_answer().iterator():
            moved += each.count_limits(today) and each.follow_calendar(today)
        return moved

    def due_for_purge(self, today: date) -> "RightsRequestQuerySet":
        """Closed for three years, nothing that was decided in it waits to be done or is restricted
        by it, and what was joined to it has gone."""
        closed = self.filter(closed_on__lte=add_months(today, -KEEP_MONTHS), joined=None)
        closed = closed.exclude(erasure__status="ready").exclude(restriction__status="in-force")
        return closed.order_by("closed_on", "pk")

    def visible_to(self, staff: Staff) -> "RightsRequestQuerySet":
        """Whose request this person may open: fetching is authorising (rules 2.14).

        The DPO: all. A safeguarding lead: what waits for a second person, be it an answer or what
        somebody recalls. Whoever else logged one does not see it again.
        """
        if staff.may(Permission.ANSWER_RIGHTS) or not staff.may(Permission.APPROVE_RIGHTS):
            return self.gone_through_by(staff)
        return self.for_a_second_person()

    def gone_through_by(self, staff: Staff) -> "RightsRequestQuerySet":
        """Those of which this person may open what they are about, item by item: of a safeguarding
        lead only what waits for approval."""
        if staff.may(Permission.ANSWER_RIGHTS):
            return self.all()
        if staff.may(Permission.APPROVE_RIGHTS):
            return self.filter(status=Status.APPROVAL)
        return self.none()

    def for_a_second_person(self) -> "RightsRequestQuerySet":
        """What waits for one: an answer, or a contact that was only recalled, before any answer."""
        recalled = Concern.objects.filter(found=Found.RECALLED, accepted_by=None).values("request")
        to_accept = RightsRequest.objects.to_answer().filter(pk__in=recalled).values("pk")
        return self.filter(Q(status=Status.APPROVAL) | Q(pk__in=to_accept))

    def about(self, contact: Contact) -> "RightsRequestQuerySet":
        """The requests in whose scope this contact is."""
        return self.filter(concerns__contact=contact)

    @transaction.atomic
    def take_in(
        self,
        kind: str,
        *,
        by: Staff | None,
        route: str,
        words: str,
        received_on: date | None = None,
        asker: str = Asker.SELF,
        late_because: str = "",
        said_in: Contact | None = None,
        **details,
    ) -> "RightsRequest":
        """Write down a request on the day it reached anyone of us, whenever it is keyed (B17).

        `details` are `name`, `reach`, `recalled`, `on_behalf`, `nation`, `age`. No ground is asked
        for (S2-67). Raises `Refused` for a day in the future, or one more than 60 days ago without
        a reason.
        """
        today = london_today()
        received_on = received_on or today
        if received_on > today:
            raise Refused("It cannot have reached us in the future.")
        if received_on < today - deadlines.LATE_FROM:
            reasoned(late_because, "That is more than 60 days ago. Say why it is written down now.")
        request = self.model(kind=Kind(kind), route=Route(route), asker=Asker(asker))
        request.key, request.reference = DataKey.new(), self.new_reference()
        request.received_on, request.logged_by, request.said_in = received_on, by, said_in
        request.words = words
        for name, value in details.items():
            request.describe(name, value)
        request.count_limits(today)
        request.save(force_insert=True)
        request.note("received", by=by, why=late_because)
        AuditEvent.objects.record(
            Action.RIGHTS_RECEIVED, on=request, by=by, kind=request.kind, route=request.route
        )
        return request

    def new_reference(self) -> str:
        """A handle that no other request has."""
        handle = new_handle()
        while self.filter(reference=handle).exists():
            handle = new_handle()
        return handle


class RightsRequest(Moving, Identifying, Timing, Locating, Writing, Deciding):
    """One request or complaint about data. Dates and rows prove what it has; the status does not.

    `scope()` are the contacts it is about, `service_user` the record. Who prepares the answer never
    approves it. While `is_open()`, nothing in its scope may be purged, edited or erased, except by
    the decision that ends it.
    """

    DESCRIBED = ("name", "reach", "recalled", "on_behalf", "nation", "age")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    follow_up = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (none: told)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="rights_request")
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    route = models.CharField(max_length=10, choices=Route)
    asker = models.CharField(max_length=20, choices=Asker, default=Asker.SELF)
    nation = models.CharField(max_length=3, choices=Nation, default=Nation.ENGLAND)
    age = models.CharField(max_length=10, choices=Age, default=Age.NOT_SAID)
    # What they said, sealed.
    words = SealedText(bound=("pk", "kind"))
    name = SealedText(null=True, bound=("pk", "kind"))
    reach = SealedText(null=True, bound=("pk", "kind"))
    recalled = SealedText(null=True, bound=("pk", "kind"))
    on_behalf = SealedText(null=True, bound=("pk", "kind"))
    # What it is about.
    contacts = models.ManyToManyField(Contact, through="privacy.Concern", related_name="+")
    service_user = models.ForeignKey(
        ServiceUser, models.SET_NULL, null=True, related_name="rights_requests"
    )
    said_in = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    # The dates that its limits are counted from.
    received_on = models.DateField()
    acknowledged_on = models.DateField(null=True)
    identity_asked_on = models.DateField(null=True)
    identity_received_on = models.DateField(null=True)
    identity_confirmed_on = models.DateField(null=True)
    authority_asked_on = models.DateField(null=True)
    authority_received_on = models.DateField(null=True)
    best_interests = models.BooleanField(default=False)  # of a child, weighed for a parent
    extended_on = models.DateField(null=True)
    extension = models.CharField(max_length=10, choices=kinds.Extension, blank=True, default="")
    proof = models.CharField(max_length=10, choices=Proof, blank=True, default=Proof.NONE)
    # The limits, counted anew whenever one of those dates changes; a list reads them.
    statutory_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    # The decision, by two people.
    preparer = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    proposed = models.CharField(max_length=20, choices=kinds.OUTCOMES, blank=True, default="")
    refusal = models.CharField(max_length=20, choices=kinds.Refusal, blank=True, default="")
    reasons = SealedText(null=True, bound=("pk", "kind"))
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    logged_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    logged_at = models.DateTimeField(default=this_minute)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="rights_by_due_day",
                condition=Q(status__in=[each.value for each in kinds.CLOCK_RUNS]),
            ),
            models.Index(
                fields=["status", "due_on", "id"],
                name="rights_open_by_status",
                condition=~Q(status__in=["closed", "duplicate"]),
            ),
            models.Index(fields=["closed_on"], name="rights_by_closing_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="rights_proof_asked_for_was_seen",
                condition=Q(identity_asked_on=None)
                | ~Q(status__in=["id-confirmed", "locating", "clock-stopped", "collecting"])
                & ~Q(status="review")
                & (Q(kind="complaint") | ~Q(status__in=["released", "partly-released"]))
                | Q(identity_received_on__isnull=False, identity_confirmed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="rights_released_to_whom_it_is_proved",
                condition=~Q(status__in=["released", "partly-released"])
                | Q(kind="complaint")
                | ~Q(proof=""),
            ),
            models.CheckConstraint(
                name="rights_released_on_behalf_with_authority",
                condition=~Q(status__in=["released", "partly-released"])
                | Q(kind="complaint")
                | Q(asker="self")
                | Q(asker="parent", best_interests=True)
                | Q(authority_received_on__isnull=False),
            ),
            models.CheckConstraint(
                name="rights_decided_by_two",
                condition=Q(decided_by=None, decided_on=None)
                & ~Q(status__in=["released", "partly-released", "refused"])
                & ~Q(status__in=["not-identifiable", "no-data"])
                | Q(decided_by__isnull=False, decided_on__isnull=False, preparer__isnull=False)
                & ~Q(decided_by=F("preparer"))
                & ~Q(proposed=""),
            ),
            models.CheckConstraint(
                name="rights_refused_on_a_ground",
                condition=Q(refusal="") & ~Q(status="refused") | Q(proposed="refused"),
            ),
            models.CheckConstraint(
                name="rights_extended_for_a_reason",
                condition=Q(extended_on=None, extension="")
                | Q(extended_on__isnull=False) & ~Q(extension=""),
            ),
            models.CheckConstraint(
                name="rights_duplicate_names_the_other",
                condition=Q(status="duplicate", duplicate_of__isnull=False)
                | ~Q(status="duplicate") & Q(duplicate_of=None),
            ),
            models.CheckConstraint(
                name="rights_closed_on_a_day",
                condition=Q(status__in=["closed", "duplicate"], closed_on__isnull=False)
                | ~Q(status__in=["closed", "duplicate"]) & Q(closed_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Request {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("rights_request", args=[self.pk])

    def is_open(self) -> bool:
        """Not closed: whatever it is about stays as it is (DPA 2018 s.173)."""
        return self.status not in kinds.OVER

    def is_answered(self) -> bool:
        """Decided, withdrawn or closed: no limit runs any more."""
        return self.status in kinds.ANSWERED

    def scope(self) -> models.QuerySet[Contact]:
        """The contacts it is about; one that was only recalled once two people accept it."""
        accepted = ~Q(found="recalled") | Q(accepted_by__isnull=False)
        mine = self.concerns.filter(accepted).values("contact")
        return Contact.objects.filter(pk__in=mine)

    def review_round(self) -> int:
        """1 for the first review, one more each time a second person has sent it back."""
        return 1 + self.steps.filter(what=Status.APPROVAL).count()

    def describe(self, name: str, value: str | None) -> None:
        """Set one of the details that whoever asks may give, in memory."""
        if name not in self.DESCRIBED:
            raise Refused("This is not something that a request holds.")
        setattr(self, name, value or self._meta.get_field(name).get_default())

    def keep_reasons(self, reasons: str) -> None:
        """Seal why this is the answer."""
        self.reasons = reasons
        self.save(update_fields=["reasons"])

    def facts(self) -> deadlines.Facts:
        """The dates that its limits follow from, with the pauses of its clock."""
        stood = self.pauses.order_by("asked_on") if self.kind == Kind.ACCESS else []
        return deadlines.Facts(
            received_on=self.received_on,
            identity_asked_on=self.identity_asked_on,
            identity_received_on=self.identity_received_on,
            identity_confirmed_on=self.identity_confirmed_on,
            authority_asked_on=self.authority_asked_on,
            authority_received_on=self.authority_received_on,
            pauses=tuple(deadlines.Pause(each.asked_on, each.answered_on) for each in stood),
            extended_on=self.extended_on,
        )

    def limits(self, today: date | None = None) -> deadlines.Limits:
        """Its limits as they stand today."""
        today = today or london_today()
        return deadlines.limits(self.facts(), today, bank_holidays(self.nation))

    def count_limits(self, today: date) -> bool:
        """Set the limits that lists read, in memory; whether one has changed.

        A complaint is due by the day on which it is acknowledged, then by the next word about it.
        Nothing is due while the clock stands: each day of that moves the limits by one.
        """
        before = (self.statutory_on, self.promised_on, self.due_on)
        if self.kind == Kind.COMPLAINT:
            self.statutory_on = self._complaint_due()
            self.promised_on, self.due_on = None, self.statutory_on
        else:
            found = self.limits(today)
            self.statutory_on, self.promised_on = found.statutory, found.promise
            self.due_on = None if self.clock_stands() else found.due
        return before != (self.statutory_on, self.promised_on, self.due_on)

    def clock_stands(self) -> bool:
        """Whether they have the next word: they were asked what they are after, and it is open."""
        asked = self.kind == Kind.ACCESS and not self.is_answered()
        return asked and self.pauses.filter(answered_on=None).exists()

    def answer_by(self) -> date | None:
        """By when we tell whoever asked that our answer comes: the law’s own day once it has been
        extended, because the letter about that said so; None while nothing runs."""
        return self.statutory_on if self.due_on and self.extended_on else self.due_on

    def _complaint_due(self) -> date:
        if self.acknowledged_on is None:
            return deadlines.acknowledge_by(self.received_on, bank_holidays(self.nation))
        sent = self.letters.filter(sent_on__isnull=False).aggregate(last=models.Max("sent_on"))
        return deadlines.progress_by(max(self.acknowledged_on, sent["last"] or date.min))

    def locked(self) -> "RightsRequest":
        """This request read again with its row locked and its key at hand."""
        rows = RightsRequest.objects.select_for_update(no_key=True, of=("self",)).with_key()
        found = rows.filter(pk=self.pk).first()
        if found is None:
            raise WrongState("This request is no longer kept.")
        return found

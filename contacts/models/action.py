"""Something that somebody asked us to do for them: in their words, agreed with them, and then done.

Real details are asked for here and nowhere else (S0-09, S0-10). They are sealed under a key of the
request's own and go 18 months after the contact in which it was asked began.
"""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts.acts import letters
from contacts.acts.kinds import (
    DUE_WITHIN,
    NEEDS,
    Checked,
    Kind,
    Needs,
    Result,
    Route,
    Side,
    StepKind,
)
from contacts.handles import new_handle
from contacts.models.acting import Doing, Preparing
from contacts.models.consent import Consent
from contacts.models.contact import Contact
from contacts.models.contact_reading import AUTHOR_READS_FOR
from contacts.models.linking import Link
from contacts.models.service_user import ServiceUser
from contacts.models.whose import lock_whoever, of_whoever, record_of
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today, this_minute
from helpline.foundation.staff.models import Staff, Team
from helpline.foundation.staff.roles import Permission, Role
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

SHORTEST_REASON = 10
AWAY = "who is away"  # the purpose of the hashes by which a lead finds both sides


def name_index(name: str) -> str | None:
    """What stands for the name of somebody who is away, however it is written; none for no name."""
    parts = sorted("".join(c if c.isalpha() else " " for c in name.casefold()).split())
    return blind.index(AWAY, " ".join(parts)) if parts else None


class ActionRequestQuerySet(models.QuerySet["ActionRequest"]):
    def with_key(self) -> "ActionRequestQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key", "contact", "owner")

    def unexpired(self) -> "ActionRequestQuerySet":
        """All that may still be read: within its 18 months, or its contact is held."""
        held = Q(contact__held=True)
        return self.filter(Q(purge_on__gt=london_today()) | held, key__isnull=False)

    def due_for_purge(self, today) -> "ActionRequestQuerySet":
        """Past its 18 months, or forgotten before; and nothing holds the contact it is from."""
        spared = Q(contact__spared_until=None) | Q(contact__spared_until__lte=today)
        return self.filter(spared, purge_on__lte=today, contact__held=False)

    def open(self) -> "ActionRequestQuerySet":
        """Not over: somebody owes the next step."""
        return self.exclude(status__in=ActionRequest.OVER)

    def late(self, now: datetime | None = None) -> "ActionRequestQuerySet":
        """Open, and its next step was due."""
        return self.open().filter(due_at__lt=now or timezone.now())

    def call_backs(self) -> "ActionRequestQuerySet":
        """People who wait to be rung, the window that closes first at the top."""
        waits = [ActionRequest.Status.AGREED, ActionRequest.Status.UNDER_WAY]
        return self.filter(kind=Kind.CALL_BACK, status__in=waits).order_by("window_to", "id")

    def of_person(self, contact: Contact) -> "ActionRequestQuerySet":
        """What this person asked for, in this contact and in those they joined to it by their code
        or put together with their record.

        Nothing else leads from one contact to another's requests: the two sides of somebody's
        absence never meet here (rules 2.8.8).
        """
        return self.unexpired().filter(of_whoever(contact)).order_by("asked_at", "id")

    def in_reach_of(self, staff: Staff) -> "ActionRequestQuerySet":
        """Of this person's services and teams: what a board may count and name by its handle."""
        ours = self.unexpired().filter(service__in=staff.services)
        if not staff.may(Permission.ACT_FOR_PEOPLE):
            return self.none()
        return ours.filter(Q(team=None) | Q(team__in=staff.team_ids))

    def visible_to(self, staff: Staff) -> "ActionRequestQuerySet":
        """What this person may open: fetching is authorising.

        A worker: what they own, what nobody in their team owns, and what the person they are in
        touch with now has asked for. A supervisor: their teams'. A safeguarding lead: what was
        asked in the contacts that they may read.
        """
        if not staff.may(Permission.SEE_WHO):
            return self.none()
        ours = self.unexpired().filter(service__in=staff.services)
        if not staff.may(Permission.ACT_FOR_PEOPLE):
            return ours.filter(contact__in=Contact.objects.visible_to(staff).values("pk"))
        team = Q(team=None) | Q(team__in=staff.team_ids)
        if Role.SUPERVISOR in staff.roles:
            return ours.filter(team | Q(owner=staff))
        lately = timezone.now() - AUTHOR_READS_FOR
        mine = Contact.objects.filter(worker=staff).filter(
            Q(ended_at=None) | Q(ended_at__gt=lately)
        )
        here = Q(contact__in=mine.values("pk")) | self._of_those_in_touch_with(staff)
        return ours.filter(Q(owner=staff) | Q(owner=None) & team | here)

    @staticmethod
    def _of_those_in_touch_with(staff: Staff) -> Q:
        now = Contact.objects.filter(worker=staff, status=Contact.Status.OPEN)
        threads = now.filter(thread__isnull=False).values("thread")
        ours = Link.objects.filter(Q(contact__in=now.values("pk")) | Q(thread__in=threads))
        records = ours.values("service_user")
        by_record = Q(contact__link__service_user__in=records)
        by_record |= Q(contact__thread__link__service_user__in=records)
        return Q(contact__thread__in=threads) | by_record

    def new_reference(self) -> str:
        """A handle that no other request has, for whoever wants to answer."""
        handle = new_handle()
        while self.filter(reference=handle).exists():
            handle = new_handle()
        return handle

    @transaction.atomic
    def ask(
        self, contact: Contact, kind: str, *, by: Staff, words: str, side: str = Side.NEITHER
    ) -> "ActionRequest":
        """Write down that the person asked for it, in their exact words (S0-09).

        Only while they are in touch or just were, and only once they have agreed. Raises `Refused`.
        """
        contact = contact.locked()
        lock_whoever(contact)
        if contact.status not in {Contact.Status.OPEN, Contact.Status.ENDED}:
            raise Refused("Nobody has spoken with this person yet, so they cannot have asked.")
        if not words.strip():
            raise Refused("Write down in their own words what they asked for.")
        agreed = Consent.objects.standing(contact).get(NEEDS[Kind(kind)].purpose)
        if agreed is None or not agreed.is_in_force():
            raise Refused("They have not agreed to this. Ask them first, in our words for it.")
        request = self.model(contact=contact, kind=Kind(kind), side=Side(side), key=DataKey.new())
        request.reference = self.new_reference()
        request.service, request.team, request.purge_on = (
            contact.service,
            contact.team,
            contact.purge_on,
        )
        request.owner, request.taken_by, request.asked_words = by, by, words
        request.due_at = timezone.now() + DUE_WITHIN["asked"]
        request.save(force_insert=True)
        request.note(StepKind.ASKED, by=by)
        return request


class ActionRequest(Preparing, Doing):
    """One thing to do for somebody: who asked, when, in which words, and what came of it."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked for"
        AGREED = "agreed", "Agreed with them"
        APPROVED = "approved", "Approved"
        UNDER_WAY = "under-way", "Under way"
        DONE = "done", "Done, they are not told yet"
        TOLD = "told", "Done, and they know"
        STOPPED = "stopped", "Stopped"

    OVER = (Status.TOLD, Status.STOPPED)
    BEFORE = (Status.ASKED, Status.AGREED, Status.APPROVED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001 (none: gone)
    kind = models.CharField(max_length=20, choices=Kind)
    side = models.CharField(max_length=10, choices=Side, default=Side.NEITHER)
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="actions")
    service = models.CharField(max_length=20)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    key = models.OneToOneField(DataKey, models.PROTECT, null=True, related_name="action")
    owner = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="actions")
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=this_minute)
    due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    asked_words = SealedText(null=True, bound=("pk", "kind"))
    # Who they are, as far as it is needed for this, and how to reach them safely.
    name = SealedText(null=True, bound=("pk", "kind"))
    born = SealedText(null=True, bound=("pk", "kind"))
    reach = SealedText(null=True, bound=("pk", "kind"))
    without = SealedText(null=True, bound=("pk", "kind"))
    proof = SealedText(null=True, bound=("pk", "kind"))
    safety = SealedText(null=True, bound=("pk", "kind"))
    announce = SealedText(null=True, bound=("pk", "kind"))
    voicemail = models.BooleanField(default=False)
    window_from = models.DateTimeField(null=True)
    window_to = models.DateTimeField(null=True)
    # For whom it is, and the words that were agreed.
    recipient = SealedText(null=True, bound=("pk", "kind"))
    relation = SealedText(null=True, bound=("pk", "kind"))
    route_to = SealedText(null=True, bound=("pk", "kind"))
    words = SealedText(null=True, bound=("pk", "kind"))
    route = models.CharField(max_length=10, choices=Route, default=Route.PHONE)
    away = models.CharField(max_length=64, null=True, db_index=True)  # noqa: DJ001 (a keyed hash)
    checked = models.CharField(max_length=10, choices=Checked, blank=True, default="")
    checked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_mark = models.CharField(max_length=64, blank=True, default="")
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_mark = models.CharField(max_length=64, blank=True, default="")
    letter_id = models.UUIDField(null=True)  # of the outbox, which forgets it once it is sent
    result = models.CharField(max_length=20, choices=Result, blank=True, default="")
    kept = models.BooleanField(default=False)  # until they return with their code
    purge_on = models.DateField()

    objects = ActionRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "due_at"], name="action_of_owner"),
            models.Index(fields=["purge_on"], name="action_by_purge_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="action_meets_nobody_face_to_face", condition=Q(kind__in=Kind.values)
            ),
            models.CheckConstraint(
                name="action_on_its_way_was_agreed",
                condition=Q(status__in=["asked", "stopped"]) | ~Q(agreed_mark=""),
            ),
            models.CheckConstraint(
                name="action_for_others_was_approved_as_agreed",
                condition=Q(kind="call-back")
                | Q(status__in=["asked", "agreed", "stopped"])
                | Q(approved_by__isnull=False, approved_mark=models.F("agreed_mark")),
            ),
            models.CheckConstraint(
                name="action_approved_by_another",
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("taken_by")),
            ),
            models.CheckConstraint(
                name="action_done_says_what_came_of_it",
                condition=~Q(status__in=["done", "told"]) | ~Q(result=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Request {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("action", args=[self.pk])

    @property
    def needs(self) -> Needs:
        """What its kind needs."""
        return NEEDS[Kind(self.kind)]

    def record(self) -> ServiceUser | None:
        """The record with which its contact was put together, if the person chose to have one."""
        chosen = record_of(self.contact)
        return ServiceUser.objects.kept().with_key().filter(pk=chosen).first() if chosen else None

    def letter(self) -> letters.Letter:
        """The letter as it would leave now; for a call, the words as they would be said."""
        to, words = str(self.route_to or ""), str(self.words or "")
        return letters.letter(to=to, words=words, reference=self.reference or "")

    def mark(self) -> str:
        """What stands for exactly what was agreed: for whom, by which way, in which words."""
        said = [self.kind, self.route, self.recipient, self.reach, self.announce]
        parts = "\x1f".join([self.letter().mark, *(str(each or "") for each in said)])
        return blind.index("agreed", parts)

    def recipient_mark(self) -> str:
        """What stands for the recipient as they are written down now."""
        parts = "\x1f".join(str(each or "") for each in (self.recipient, self.route_to))
        return blind.index("recipient", parts)

    def last_step(self) -> int:
        """The number of the newest step of its history."""
        return self.steps.count()

    @staticmethod
    def index_of(name: str) -> str | None:
        """As `name_index`, for the verbs."""
        return name_index(name)

    def lacks(self) -> list[str]:
        """What is still missing before it can be agreed, as sentences for the worker."""
        found = []
        details = all([self.name, self.born, self.reach])
        if not details and len((self.without or "").strip()) < SHORTEST_REASON:
            found.append("Name, date of birth and contact details, or why it goes on without one.")
        if self.needs.recipient and not (self.recipient and self.route_to):
            found.append("Who it is for, and how to reach them.")
        if self.needs.words and not (self.words or "").strip():
            found.append("The exact words.")
        if self.kind == Kind.CALL_BACK and not (self.reach and self.announce and self.window_to):
            found.append("The number to ring, from when to when, and how we say who we are.")
        return found

    def is_late(self) -> bool:
        """Red: its next step was due."""
        if self.status in self.OVER or self.due_at is None:
            return False
        return self.due_at < timezone.now()

    def note(self, kind: str, *, by: Staff | None, words: str = "", attempt: int | None = None):
        """Add one step to its history, and to the trail without the words."""
        step = self.steps.model(action=self, kind=StepKind(kind), by=by, attempt=attempt)
        step.number, step.words = self.steps.count() + 1, words or None
        step.save(force_insert=True)
        AuditEvent.objects.record(Action.ACTION_MOVED, on=self, by=by, step=str(step.kind))
        live.ring("contact", self.contact_id)
        return step

    def lock(self) -> None:
        """Read this request again with its row locked and its key at hand, as every verb does
        first.

        Raises `WrongState` once it has gone.
        """
        rows = ActionRequest.objects.select_for_update(no_key=True, of=("self",))
        rows = rows.select_related("key", "contact").filter(key__isnull=False)
        try:
            self.refresh_from_db(from_queryset=rows)
        except ActionRequest.DoesNotExist:
            raise WrongState("This request has already been deleted.") from None

    def forget_details(self) -> None:
        """Destroy its key: who they are, for whom it was and the words are unreadable from now on.

        The next purge takes what stays, and so the ledger knows of it: a database that is restored
        would bring the details back (C17).
        """
        key = self.key_id
        self.steps.all().delete()
        empty = dict.fromkeys([*SEALED, "key", "reference", "away", "letter_id"])
        ActionRequest.objects.filter(pk=self.pk).update(**empty, purge_on=london_today())
        DataKey.objects.destroy([key])


SEALED = tuple(
    field.name for field in ActionRequest._meta.local_fields if isinstance(field, SealedText)
)


class ActionStepQuerySet(models.QuerySet["ActionStep"]):
    def with_keys(self) -> "ActionStepQuerySet":
        """With the key of their request, so that what was noted opens."""
        return self.select_related("action__key", "by")


class ActionStep(models.Model):
    """One thing that happened to a request; written once, in the order it happened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(ActionRequest, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=StepKind)
    attempt = models.PositiveSmallIntegerField(null=True)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=this_minute)
    words = SealedText(null=True, key="action__key", bound=("pk", "action", "kind"))

    objects = ActionStepQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="action_steps_are_numbered"),
            models.UniqueConstraint(fields=["action", "attempt"], name="action_try_counts_once"),
            models.CheckConstraint(
                name="action_is_tried_three_times_at_most",
                condition=Q(attempt=None) | Q(attempt__range=(1, 3)),
            ),
        ]

    def __str__(self) -> str:
        return f"Step {self.number}"

"""What is on its way to a person: one row for each message, which leaves once and says how it went.

The words stay where they were said, in a line of the contact. Nothing is lost and nothing is sent
twice, also when a process dies between the provider and the database: a message is marked before
it is handed over, and one whose mark was left behind is first asked for at the provider.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from contacts.models.contact import Contact
from contacts.models.words import Line, Speaker
from contacts.written import gsm
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

REFERENCE = "message at a provider"  # the purpose of the hashes
LONGEST_WAIT = timedelta(hours=1)
IN_HAND = timedelta(seconds=30)  # longer than any answer of a provider may take
AT_PROVIDERS_FOR = timedelta(hours=72)  # then somebody is told that a copy is still there


def later(attempts: int, at_least: int = 0) -> timedelta:
    """How long to wait after so many attempts: longer each time, an hour at most."""
    wait = timedelta(seconds=max(10 * 2 ** min(attempts, 10), at_least))
    return min(wait, LONGEST_WAIT)


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    @transaction.atomic
    def put(self, contact: Contact, number: int, words: str, *, secret: str = "") -> None:
        """Send this line to the person; it leaves if, and only if, the transaction commits.

        A long text is cut into messages that a phone shows as one each. `secret` goes in the place
        of the line’s words, and is destroyed once it has left. Raises `Refused` with the reason
        when nothing may be sent.
        """
        correspondence = contact.correspondence
        if correspondence.goes_on_elsewhere():
            return
        if why := correspondence.why_not():
            raise Refused(why)
        parts = gsm.messages(secret or words) if contact.channel == "text" else [words]
        lasting = {"parts": len(parts), "words": secret or None}
        lasting["first"] = not correspondence.is_answer()
        for part in range(len(parts)):
            self.create(contact=contact, number=number, part=part, **lasting)

    def waiting(self) -> "DispatchQuerySet":
        """Not handed over, or nobody knows whether they were."""
        return self.filter(status=Dispatch.Status.WAITING)

    def next_to_send(self) -> "Dispatch | None":
        """The oldest that may leave now, marked as handed over before it is.

        Of one conversation they leave in order: what comes after one that waits, waits too.
        """
        before = Dispatch.objects.waiting().filter(contact=OuterRef("contact"))
        earlier = before.filter(
            models.Q(number__lt=OuterRef("number"))
            | models.Q(number=OuterRef("number"), part__lt=OuterRef("part"))
        )
        due = self.waiting().filter(not_before__lte=timezone.now()).exclude(Exists(earlier))
        with transaction.atomic():
            rows = due.order_by("put_at", "number", "part", "id")
            found = rows.select_for_update(skip_locked=True, of=("self",)).first()
            if found is None:
                return None
            found.was_in_hand = found.in_hand
            found.in_hand, found.attempts = True, found.attempts + 1
            found.not_before = timezone.now() + IN_HAND
            found.save(update_fields=["in_hand", "attempts", "not_before"])
            return found

    def unreached(self) -> "DispatchQuerySet":
        """Answers that could not be delivered, since when no worker has said anything more and
        their person has not written again either."""
        way = "contact__correspondence"
        owed = {f"{way}__unanswered": True, "number__gt": models.F(f"{way}__heard_line")}
        return self.filter(status=Dispatch.Status.FAILED, **owed)

    def known_as(self, reference: str) -> "DispatchQuerySet":
        """The message that a provider calls this."""
        return self.filter(reference__in=blind.indexes(REFERENCE, reference))

    def told_of(self, key: str, reference: str) -> "DispatchQuerySet":
        """The message that a report is about: by our own key, where the provider tells it."""
        try:
            return self.filter(pk=uuid.UUID(key))
        except ValueError:
            return self.known_as(reference)

    def withdraw(self, contacts) -> int:
        """What still waits for these people does not leave any more.

        What their supplier may have is looked for there first, so that its copy is deleted.
        """
        gone = {"status": Dispatch.Status.WITHDRAWN, "words": None, "moved_at": this_minute()}
        return self.waiting().filter(contact__in=contacts, in_hand=False).update(**gone)


class Dispatch(models.Model):
    """One message to one person: waiting, sent, delivered, or not deliverable."""

    class Status(models.TextChoices):
        WAITING = "waiting", "On its way"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Could not be delivered"
        WITHDRAWN = "withdrawn", "Not sent: they asked us not to"

    class Why(models.TextChoices):
        NOTHING = "", ""
        REFUSED = "refused", "their provider refused it"
        BOUNCED = "bounced", "it came back"
        NO_ADDRESS = "no-address", "their number or address has been destroyed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="dispatches")
    number = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(default=0)
    parts = models.PositiveSmallIntegerField(default=1)
    words = SealedText(null=True, key="contact__key", bound=("pk", "contact", "number"))
    first = models.BooleanField(default=False)  # no answer: it leaves only while that is safe
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    why = models.CharField(max_length=10, choices=Why, blank=True, default=Why.NOTHING)
    in_hand = models.BooleanField(default=False)  # handed over, and the answer is not stored yet
    attempts = models.PositiveSmallIntegerField(default=0)
    put_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=this_minute)
    reference = models.CharField(max_length=64, null=True)  # noqa: DJ001 (not sent)

    objects = DispatchQuerySet.as_manager()
    was_in_hand = False  # whether an earlier attempt was left without an answer

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "number", "part"], name="sent_once"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=models.Q(reference__isnull=False),
                name="one_message_of_a_provider",
            ),
        ]
        indexes = [
            models.Index(
                fields=["put_at"],
                name="dispatch_waiting",
                condition=models.Q(status="waiting"),
            ),
            models.Index(
                fields=["moved_at"],
                name="dispatch_failed",
                condition=models.Q(status="failed"),
            ),
        ]

    def __str__(self) -> str:
        return f"Dispatch {self.id}"

    def said(self) -> str:
        """What this message says; its contact and key have been fetched with it."""
        if self.words is not None:
            whole = str(self.words)
        else:
            line = Line.objects.get(contact=self.contact_id, number=self.number)
            line.contact = self.contact
            whole = str(line.text)
        return gsm.messages(whole)[self.part] if self.parts > 1 else whole

    @transaction.atomic
    def sent(self, reference: str | None, provider: str = "") -> None:
        """A provider has it, and calls it `reference`; the copy there is to be deleted later."""
        known = {} if reference is None else {"reference": blind.index(REFERENCE, reference)}
        self._move(self.Status.SENT, [self.Status.WAITING], words=None, in_hand=False, **known)
        AuditEvent.objects.record(Action.ANSWER_SENT, on=self.contact, by=None)
        if reference and provider:
            VendorCopy.objects.remember(provider, reference, later=VendorCopy.ONCE_DELIVERED)

    def delivered(self) -> None:
        """It has arrived; told twice, or after it failed, changes nothing."""
        self._move_if(self.Status.DELIVERED, [self.Status.SENT])

    @transaction.atomic
    def failed(self, why: str) -> None:
        """It cannot be delivered: if a worker said it, they are owed an answer again, and whoever
        has them is told; told twice changes nothing."""
        allowed = [self.Status.WAITING, self.Status.SENT, self.Status.DELIVERED]
        moved = self._move_if(self.Status.FAILED, allowed, why=why, words=None, in_hand=False)
        said = Line.objects.filter(contact=self.contact_id, number=self.number)
        if moved and said.filter(speaker=Speaker.WORKER).exists():
            self.contact.correspondence.owed_again()
            live.ring("contacts", self.contact.service)

    def withdraw(self) -> None:
        """It does not leave: they have asked us not to since it was put here."""
        self._move_if(self.Status.WITHDRAWN, [self.Status.WAITING], words=None, in_hand=False)

    def wait(self, *, in_hand: bool, at_least: int = 0) -> None:
        """Try again later; `in_hand` when the provider may have it all the same."""
        self.in_hand = in_hand
        self.not_before = timezone.now() + later(self.attempts, at_least)
        self.save(update_fields=["in_hand", "not_before"])

    def _move_if(self, to: str, allowed: Sequence[str], **changes) -> bool:
        try:
            self._move(to, allowed, **changes)
        except WrongState:
            return False
        return True

    @transaction.atomic
    def _move(self, to: str, allowed: Sequence[str], **changes) -> None:
        move(self, to, allowed=list(allowed), moved_at=this_minute(), **changes)
        live.ring("contact", self.contact_id)


class Received(models.Model):
    """That one message of a provider has been taken in, so that none comes twice (a replay)."""

    mark = models.CharField(primary_key=True, max_length=64)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return "A message that came"


class Piece(models.Model):
    """One part of a long text whose other parts have not come yet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="pieces")
    whole = models.CharField(max_length=64)  # keyed hash of what joins them
    part = models.PositiveSmallIntegerField()
    parts = models.PositiveSmallIntegerField()
    text = SealedText(key="contact__key", bound=("pk", "contact", "part"))
    came_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "whole", "part"], name="one_piece_each")
        ]

    def __str__(self) -> str:
        return f"Piece {self.id}"


class AskedToDeleteQuerySet(models.QuerySet["AskedToDelete"]):
    def open(self) -> "AskedToDeleteQuerySet":
        """Those from which no request has been made yet, the oldest first."""
        return self.filter(taken_up_at=None).order_by("asked_at", "pk")

    def ask(self, contact: Contact) -> bool:
        """Note that they sent DELETE; False while the same wish waits to be taken up.

        Sent again after that it is a wish again: what came of the first may be over.
        """
        if self.get_or_create(contact=contact)[1]:
            return True
        over = self.filter(contact=contact, taken_up_at__isnull=False)
        return bool(over.update(taken_up_at=None, asked_at=this_minute()))


class AskedToDelete(models.Model):
    """Somebody sent DELETE. Holding a phone proves nothing, so this opens a request and no more."""

    contact = models.OneToOneField(
        Contact, models.CASCADE, related_name="asked_to_delete", primary_key=True, editable=False
    )
    asked_at = models.DateTimeField(default=this_minute)
    taken_up_at = models.DateTimeField(null=True)

    objects = AskedToDeleteQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Asked to delete {self.contact_id}"


class VendorCopyQuerySet(models.QuerySet["VendorCopy"]):
    def remember(self, provider: str, reference: str, *, later: timedelta = timedelta()) -> None:
        """A provider holds a copy of a message under `reference`, which we have deleted there."""
        due = timezone.now() + later
        self.create(provider=provider, key=DataKey.new(), reference=reference, not_before=due)

    def next_to_ask(self) -> "VendorCopy | None":
        """The copy whose deletion is to be asked for next, locked until the transaction ends."""
        due = self.pending().filter(not_before__lte=timezone.now())
        rows = due.select_related("key").order_by("not_before", "pk")
        return rows.select_for_update(skip_locked=True, of=("self",)).first()

    def pending(self) -> "VendorCopyQuerySet":
        """Not known to be gone from their providers."""
        return self.filter(status=VendorCopy.Status.PENDING)

    def stuck(self, now: datetime | None = None) -> "VendorCopyQuerySet":
        """Still at a provider 72 hours after we had no use for it (C16)."""
        since = (now or timezone.now()) - AT_PROVIDERS_FOR
        return self.pending().filter(put_at__lt=since)


class VendorCopy(models.Model):
    """A copy of one message at a provider, until it is certain that it is gone from there.

    It knows no contact, so it goes on after the contact has been destroyed; and its reference is
    sealed under a key of its own, which goes with the copy.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Still at the provider"
        GONE = "gone", "Deleted there, and looked for in vain"

    ONCE_DELIVERED = timedelta(hours=1)  # a provider deletes nothing that is on its way

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.CharField(max_length=20)
    key = models.OneToOneField(DataKey, models.PROTECT, null=True, related_name="+")
    reference = SealedText(null=True, bound=("pk", "provider"))
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    put_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True)

    objects = VendorCopyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"],
                name="vendor_copy_pending",
                condition=models.Q(status="pending"),
            )
        ]

    def __str__(self) -> str:
        return f"Copy {self.id}"

    @transaction.atomic
    def gone(self) -> None:
        """It was looked for there and is gone: what we called it by is destroyed too."""
        key = self.key_id
        changes = {"key": None, "reference": None, "gone_at": timezone.now()}
        move(self, self.Status.GONE, allowed=[self.Status.PENDING], **changes)
        DataKey.objects.destroy([key])
        AuditEvent.objects.record(Action.VENDOR_COPY_GONE, on=self, by=None)

    def wait(self) -> None:
        """Not gone yet: ask again later."""
        self.attempts += 1
        self.not_before = timezone.now() + later(self.attempts)
        self.save(update_fields=["attempts", "not_before"])

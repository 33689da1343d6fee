"""What workers do with each other around a chat; the person never sees any of it but its effect."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from contacts.chat import said
from contacts.models.contact import Contact
from contacts.models.words import Draft, Speaker
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.sealed import SealedText


def open_and_locked(contact: Contact) -> Contact:
    """This chat with its row locked; raises `WrongState` once it is not open."""
    held = contact.locked()
    if held.status != Contact.Status.OPEN:
        raise WrongState("This chat is not open any more.")
    return held


class QuickReplyQuerySet(models.QuerySet["QuickReply"]):
    def for_staff(self, staff: Staff) -> "QuickReplyQuerySet":
        """Everybody’s, and this person’s own."""
        return self.filter(Q(owner=None) | Q(owner=staff))

    def kept_by(self, staff: Staff) -> "QuickReplyQuerySet":
        """Those that this person may change: their own, and for supervisors everybody’s."""
        shared = Q(owner=None) if staff.may(Permission.KEEP_CHAT) else Q(pk__in=[])
        return self.filter(shared | Q(owner=staff))

    @transaction.atomic
    def add(self, *, by: Staff, shared: bool, **words: str) -> "QuickReply":
        """A new one, for oneself or for everybody; raises `Refused` for who may not keep theirs."""
        if shared and not by.may(Permission.KEEP_CHAT):
            raise Refused("Supervisors keep the replies that everybody uses.")
        reply = self.create(owner=None if shared else by, **words)
        AuditEvent.objects.record(Action.QUICK_REPLY_CHANGED, on=reply, by=by, shared=shared)
        return reply


class QuickReply(models.Model):
    """Words that staff send often: somebody's own, or everybody's; about no person."""

    class Stage(models.TextChoices):
        ANY = "any", "At any time"
        EXPLAIN = "explain", "Confidentiality: explain"
        MAY_SHARE = "may-share", "Confidentiality: we may need to share"
        WILL_SHARE = "will-share", "Confidentiality: we are going to share"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Staff, models.CASCADE, null=True, related_name="quick_replies")
    title = models.CharField(max_length=80)
    text = models.CharField(max_length=2000)  # {cursor} marks where typing goes on
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.ANY)
    added_at = models.DateTimeField(default=timezone.now)

    objects = QuickReplyQuerySet.as_manager()

    class Meta:
        ordering = ["stage", "title"]

    def __str__(self) -> str:
        return f"Quick reply {self.id}"

    @transaction.atomic
    def change(self, *, by: Staff, **words: str) -> None:
        """Other words for the same reply."""
        for name, value in words.items():
            setattr(self, name, value)
        self.save(update_fields=list(words))
        self._recorded(by)

    @transaction.atomic
    def remove(self, *, by: Staff) -> None:
        """It is offered no more; what was sent with it stays said."""
        self._recorded(by)
        self.delete()

    def _recorded(self, by: Staff) -> None:
        shared = self.owner_id is None
        AuditEvent.objects.record(Action.QUICK_REPLY_CHANGED, on=self, by=by, shared=shared)


class GuidanceQuerySet(models.QuerySet["Guidance"]):
    def to_answer(self, staff: Staff) -> "GuidanceQuerySet":
        """Questions about chats of this supervisor’s teams that nobody has answered yet."""
        readable = Contact.objects.visible_to(staff)
        asked = self.filter(answered_at=None, contact__in=readable)
        return asked.exclude(asked_by__person=staff.person).order_by("asked_at", "pk")

    @transaction.atomic
    def ask(self, contact: Contact, question: str, *, by: Staff) -> "Guidance":
        """A worker asks the supervisors of their team what to do (S1-14)."""
        held = open_and_locked(contact)
        guidance = self.create(contact=held, question=question, asked_by=by)
        Draft.objects.filter(contact=held, staff=by, place="guidance").delete()
        AuditEvent.objects.record(Action.GUIDANCE_ASKED, on=held, by=by)
        live.ring("contacts", held.service)
        live.ring("contact", held.pk)
        return guidance


class Guidance(models.Model):
    """A worker asks for guidance on a contact, and what a supervisor answered (S1-14)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="guidance")
    question = SealedText(key="contact__key", bound=("pk", "contact", "asked_by"))
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=this_minute)
    answer = SealedText(null=True, key="contact__key", bound=("pk", "contact", "asked_by"))
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = GuidanceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Guidance {self.id}"

    @transaction.atomic
    def give(self, answer: str, *, by: Staff) -> None:
        """A supervisor answers; of two who do, one is told that it has been answered."""
        held = self.contact.locked()
        asked = Guidance.objects.select_for_update().get(pk=self.pk)
        if asked.answered_at:
            raise WrongState("Somebody else has answered this meanwhile.")
        asked.contact, asked.answer = held, answer
        asked.answered_by, asked.answered_at = by, this_minute()
        asked.save(update_fields=["answer", "answered_by", "answered_at"])
        AuditEvent.objects.record(Action.GUIDANCE_ANSWERED, on=held, by=by)
        live.ring("contacts", held.service)
        live.ring("contact", held.pk)


class JoiningQuerySet(models.QuerySet["Joining"]):
    def now(self) -> "JoiningQuerySet":
        """Those that have not ended."""
        return self.filter(left_at=None)

    @transaction.atomic
    def join(self, contact: Contact, *, by: Staff) -> None:
        """A supervisor comes into an open chat; its page tells the person so at once."""
        held = open_and_locked(contact)
        if held.worker_id == by.pk:
            raise Refused("This chat is yours already.")
        _, new = self.get_or_create(contact=held, staff=by, left_at=None)
        if new:
            held.visit.count_company()
            held.say_on_page(Speaker.SYSTEM, said.JOINED)
            AuditEvent.objects.record(Action.CHAT_JOINED, on=held, by=by)

    @transaction.atomic
    def leave(self, contact: Contact, *, by: Staff) -> None:
        """The supervisor leaves again, and the page says so; leaving twice changes nothing."""
        held = open_and_locked(contact)
        mine = self.now().filter(contact=held, staff=by)
        if mine.update(left_at=this_minute()):
            held.visit.count_company()
            held.say_on_page(Speaker.SYSTEM, said.LEFT)
            AuditEvent.objects.record(Action.CHAT_LEFT, on=held, by=by)


class Joining(models.Model):
    """A supervisor is in a chat beside its worker, and its page tells the person so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="joinings")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(default=this_minute)
    left_at = models.DateTimeField(null=True)

    objects = JoiningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "staff"],
                condition=models.Q(left_at=None),
                name="in_a_chat_once",
            )
        ]

    def __str__(self) -> str:
        return f"Joining {self.id}"


class SentAnywayQuerySet(models.QuerySet["SentAnyway"]):
    def to_see(self, staff: Staff) -> "SentAnywayQuerySet":
        """What this supervisor’s teams sent although it was stopped, and nobody has seen yet."""
        readable = Contact.objects.visible_to(staff)
        unseen = self.filter(seen_at=None, contact__in=readable)
        return unseen.exclude(sent_by__person=staff.person).order_by("sent_at", "pk")

    @transaction.atomic
    def say(self, contact: Contact, words: str, *, nonce, kinds: list[str], reason: str, by: Staff):
        """Say a line that was stopped, with the worker’s reason; its number (S1-12).

        The trail and the supervisors learn the kinds of what stopped it, never the value.
        """
        number = contact.say(Speaker.WORKER, words, nonce=nonce)
        held = contact.locked()  # not before: it locks what comes before the contact
        if not self.filter(contact=held, number=number).exists():
            self.create(contact=held, number=number, kinds=kinds, reason=reason, sent_by=by)
            for kind in kinds:
                AuditEvent.objects.record(Action.SENT_ANYWAY, on=held, by=by, kind=kind)
            live.ring("contacts", held.service)
        return number


class SentAnyway(models.Model):
    """A line that was stopped and that its worker sent with a reason; a supervisor is told (S1-12).

    `kinds` are codes for what stopped it, never the value.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="sent_anyway")
    number = models.PositiveIntegerField()
    kinds = ArrayField(models.CharField(max_length=20))
    reason = SealedText(key="contact__key", bound=("pk", "contact", "number"))
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=this_minute)
    seen_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    objects = SentAnywayQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Sent anyway {self.id}"

    @transaction.atomic
    def see(self, *, by: Staff) -> None:
        """A supervisor has seen it; of two who press the button one is told so."""
        unseen = SentAnyway.objects.filter(pk=self.pk, seen_at=None)
        if not unseen.update(seen_by=by, seen_at=this_minute()):
            raise WrongState("Somebody else has seen this meanwhile.")
        AuditEvent.objects.record(Action.SENT_ANYWAY_SEEN, on=self.contact, by=by)
        live.ring("contacts", self.contact.service)

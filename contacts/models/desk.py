"""What a worker writes down while somebody talks: each thing its own row, none ever overwritten."""

import uuid
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from contacts.models.contact import Contact
from contacts.models.figure import TopicFigure
from contacts.models.objected import UsedFor
from contacts.models.words import Note
from contacts.vocabulary import Basis, Condition, NoConsent, StepKind, Topic
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.sealed import SealedText

FORGET_AFTER = timedelta(days=1)  # a break that nobody ended


class StepQuerySet(models.QuerySet):
    @transaction.atomic
    def say(self, contact: Contact, kind: str, *, by: Staff) -> None:
        """Write down that it was said now; saying it again changes nothing."""
        held = contact.locked()
        if held.status == Contact.Status.ENDED:
            raise WrongState("The contact has ended, so nothing more can be said in it.")
        if not self.filter(contact=held, kind=kind).exists():
            self.create(contact=held, kind=kind, said_by=by)
            AuditEvent.objects.record(Action.STEP_SAID, on=contact, by=by, kind=kind)


class Step(models.Model):
    """Something that is said in every contact, and when it was said in this one (S0-27, S0-16)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=StepKind)
    said_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=this_minute)

    objects = StepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "kind"], name="one_step_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"Step {self.kind}"


class ContactTopicQuerySet(models.QuerySet):
    @transaction.atomic
    def change(self, contact: Contact, *, added: set[str], removed: set[str]) -> None:
        """Add and remove what this person ticked or cleared; what a colleague ticked stays."""
        held = contact.locked()
        self.filter(contact=contact, topic__in=removed).delete()
        figures = not held.objected_uses.filter(used_for=UsedFor.FIGURES).exists()
        if held.status == Contact.Status.ENDED and figures:  # the others were counted at its end
            known = set(self.filter(contact=contact).values_list("topic", flat=True))
            TopicFigure.objects.add(held, list(added - known))
        rows = [self.model(contact=contact, topic=Topic(topic)) for topic in sorted(added)]
        self.bulk_create(rows, ignore_conflicts=True)


class ContactTopic(models.Model):
    """One thing a contact was about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="topics")
    topic = models.CharField(max_length=20, choices=Topic)

    objects = ContactTopicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "topic"], name="one_topic_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"Topic {self.topic}"


class SignpostQuerySet(models.QuerySet):
    def current(self) -> "SignpostQuerySet":
        """Those that staff may still point people to."""
        return self.filter(dropped_at=None).order_by("name")


class Signpost(models.Model):
    """Somewhere else people can turn, from the list that staff keep. Nothing about any person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    offers = models.CharField(max_length=300)
    reached_by = models.CharField(max_length=300)
    added_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True)

    objects = SignpostQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def drop(self, *, by: Staff) -> None:
        """Take it off the list; contacts that were pointed there keep its name."""
        if not Signpost.objects.filter(pk=self.pk, dropped_at=None).update(
            dropped_at=timezone.now()
        ):
            raise WrongState("This entry was taken off the list already.")
        AuditEvent.objects.record(Action.SIGNPOST_CHANGED, on=self, by=by, dropped=True)


class SignpostingQuerySet(models.QuerySet):
    @transaction.atomic
    def point(self, contact: Contact, signpost: Signpost, *, by: Staff) -> None:
        """The person was told of a place they can turn to; telling them again changes nothing."""
        self.get_or_create(contact=contact.locked(), signpost=signpost, defaults={"told_by": by})


class Signposting(models.Model):
    """That the person was told of one place they can turn to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="signpostings")
    signpost = models.ForeignKey(Signpost, models.PROTECT, related_name="+")
    told_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=this_minute)

    objects = SignpostingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "signpost"], name="one_signposting_each")
        ]

    def __str__(self) -> str:
        return "A signposting"


class LegalBasisQuerySet(models.QuerySet["LegalBasis"]):
    @transaction.atomic
    def discern(self, contact: Contact, *, by: Staff, **said) -> "LegalBasis":
        """Record the basis as the worker sees it now (S2-26). Its time is the database's, never
        given.

        More than an hour after the contact ended it is marked late and asks why. Where consent is
        not
        the basis, the reason why it could not be had is required; the safeguarding condition for an
        adult asks all three facts of paragraph 18. Raises `Refused`.
        """
        if not said.keys() <= self.model.SAID:
            raise TypeError(f"A basis says nothing of {sorted(said.keys() - self.model.SAID)}.")
        held = contact.locked()
        basis = self.model(contact=held, recorded_by=by, **said)
        basis.late = (
            held.ended_at is not None and timezone.now() > held.ended_at + self.model.IN_TIME
        )
        if basis.late and len((basis.reason or "").strip()) < self.model.SHORTEST_REASON:
            raise Refused("This is recorded late. Say in at least 20 characters why.")
        basis.check_words()
        basis.save(force_insert=True)
        AuditEvent.objects.record(Action.BASIS_RECORDED, on=contact, by=by, late=basis.late)
        return basis


class LegalBasis(models.Model):
    """On which basis a contact’s words are kept, as a named worker discerned it at the time
    (S2-26)."""

    IN_TIME = timezone.timedelta(hours=1)
    SHORTEST_REASON = 20
    SAID = frozenset({"basis", "condition", "no_consent", "reason"})
    SAID |= {"under_18", "needs_care", "at_risk", "cannot_protect"}
    WITHOUT_CONSENT = (Basis.VITAL, Basis.RECOGNISED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="bases")
    basis = models.CharField(max_length=20, choices=Basis)
    condition = models.CharField(max_length=20, choices=Condition, default=Condition.NONE)
    no_consent = models.CharField(
        max_length=20, choices=NoConsent, default=NoConsent.NOT_NEEDED, blank=True
    )
    under_18 = models.BooleanField(default=False)
    needs_care = models.BooleanField(default=False)
    at_risk = models.BooleanField(default=False)
    cannot_protect = models.BooleanField(default=False)
    reason = SealedText(null=True, key="contact__key", bound=("pk", "contact", "basis"))
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=this_minute)
    late = models.BooleanField(default=False)

    objects = LegalBasisQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at"]

    def __str__(self) -> str:
        return f"Legal basis {self.id}"

    def check_words(self) -> None:
        """Raise `Refused` for a basis the law would not know (rules 2.4)."""
        without = (Condition.COUNSELLING, Condition.SAFEGUARDING, Condition.VITAL)
        if self.condition in without or self.basis in self.WITHOUT_CONSENT:
            if not self.no_consent:
                raise Refused("Say why consent could not be had.")
        elif self.no_consent and self.basis == Basis.CONSENT:
            raise Refused("They agreed, so there is no reason why consent could not be had.")
        adult = self.needs_care and self.at_risk and self.cannot_protect
        if self.condition == Condition.SAFEGUARDING and not (self.under_18 or adult):
            raise Refused(
                "Safeguarding needs somebody under 18, or an adult with care needs, at risk,"
                " who cannot protect themselves because of those needs."
            )


class NoteReviewQuerySet(models.QuerySet["NoteReview"]):
    def sent_back_to(self, staff: Staff) -> "NoteReviewQuerySet":
        """Questions about somebody’s notes that they have not answered yet."""
        readable = Contact.objects.unexpired().in_services_of(staff)
        asked = self.filter(note__written_by=staff, sent_back=True, answered_at=None)
        return asked.filter(contact__in=readable)

    def answered_for(self, staff: Staff) -> "NoteReviewQuerySet":
        """What authors answered to this supervisor’s questions, newest first."""
        readable = Contact.objects.visible_to(staff)
        answered = self.filter(reviewed_by=staff, answered_at__isnull=False, contact__in=readable)
        return answered.order_by("-answered_at")

    @transaction.atomic
    def review(self, note: Note, *, by: Staff, question: str = "") -> "NoteReview":
        """A supervisor has read a note (S1-16): well, or sent back with a question.

        Raises `Refused` for one’s own note, `WrongState` when somebody has reviewed it already.
        """
        if note.written_by.person == by.person:
            raise Refused("Somebody else reviews your notes.")
        contact = note.contact.locked()
        if contact.objected_uses.filter(used_for=UsedFor.QUALITY).exists():
            raise Refused("Their person objected to this, so nobody reviews these notes.")
        if self.filter(note=note).exists():
            raise WrongState("This note has been reviewed already.")
        review = self.model(contact=contact, note=note, reviewed_by=by, sent_back=bool(question))
        review.question = question or None
        review.save(force_insert=True)
        AuditEvent.objects.record(Action.NOTE_REVIEWED, on=note, by=by, back=bool(question))
        return review


class NoteReview(models.Model):
    """That a supervisor has looked at a note, and what they asked its author."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="note_reviews")
    note = models.OneToOneField(Note, models.CASCADE, related_name="review")
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(default=this_minute)
    sent_back = models.BooleanField(default=False)
    question = SealedText(null=True, key="contact__key", bound=("pk", "contact", "note"))
    answer = SealedText(null=True, key="contact__key", bound=("pk", "contact", "note"))
    answered_at = models.DateTimeField(null=True)

    objects = NoteReviewQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Review {self.id}"

    @transaction.atomic
    def reply(self, answer: str, *, by: Staff) -> None:
        """The author answers; correcting the note itself is an act of its own."""
        contact = self.contact.locked()
        review = NoteReview.objects.select_for_update().get(pk=self.pk)
        if not review.sent_back or review.answered_at:
            raise WrongState("This question has been answered already.")
        review.contact, review.answer, review.answered_at = contact, answer, this_minute()
        review.save(update_fields=["answer", "answered_at"])
        AuditEvent.objects.record(Action.NOTE_ANSWERED, on=contact, by=by)


class PauseQuerySet(models.QuerySet):
    def begin(self, kind: str, *, by: Staff) -> None:
        """Step back for a while; nothing of it is kept afterwards."""
        self.update_or_create(staff=by, defaults={"kind": kind, "since": timezone.now()})

    def end(self, *, by: Staff) -> None:
        """Back again."""
        self.filter(staff=by).delete()

    def forgotten(self, now: datetime) -> "PauseQuerySet":
        """Pauses of yesterday, which nobody ended."""
        return self.filter(since__lt=now - FORGET_AFTER)


class Pause(models.Model):
    """A worker’s own break or after-call time, forgotten when it ends: nobody counts it."""

    class Kind(models.TextChoices):
        BREAK = "break", "On a break"
        AFTER_CALL = "after-call", "After-call time"

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="pause", primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    since = models.DateTimeField(default=timezone.now)

    objects = PauseQuerySet.as_manager()

    def __str__(self) -> str:
        return "A pause"

"""What is left without a basis when somebody takes back what they agreed to."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from contacts.models.contact import Contact
from contacts.models.forgotten import Forgotten
from contacts.models.whose import record_of
from contacts.vocabulary import Basis, Condition
from contacts.wordings import Purpose
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move, two_people

SETTLE_MONTHS = 1


def in_a_month() -> date:
    """By when what lost its basis is removed."""
    return add_months(london_today(), SETTLE_MONTHS)


class LostBasisQuerySet(models.QuerySet["LostBasis"]):
    def visible_to(self, staff: Staff) -> "LostBasisQuerySet":
        """What this person’s services have in the queue."""
        return self.filter(contact__service__in=staff.services)

    def waiting(self) -> "LostBasisQuerySet":
        """What is still to be removed, the oldest first."""
        queued = [LostBasis.Status.QUEUED, LostBasis.Status.AGREED]
        return self.filter(status__in=queued).order_by("due_on", "id")

    def queue(self, consent, *, by: Staff | None, chats: Sequence[Contact] = ()) -> None:
        """Put into the queue what rested on this consent alone; what stands on another basis is
        written down with it (D14). What was still to be done for them stops at once.

        A chat’s own yes keeps the words of that chat; `chats` are others whose yes goes too.
        """
        contact = consent.contact
        thread = Contact.objects.unexpired().with_key().filter(thread=contact.thread_id)
        joined = thread if contact.thread_id and consent.purpose != Purpose.CHAT else [contact]
        for each in [*joined, *chats]:
            self._queue_words(consent, each)
        if consent.purpose == Purpose.RECORD:
            self._queue_records(consent, by)
        for request in contact.actions.model.objects.of_person(contact).with_key():
            if request.needs.purpose == consent.purpose:
                self._queue_request(consent, request, by)

    def _queue_words(self, consent, contact: Contact) -> None:
        if consent.purpose == Purpose.CHAT:
            basis = contact.bases.exclude(basis=Basis.CONSENT).order_by("recorded_at").last()
            self.lose(consent, LostBasis.What.WORDS, contact=contact, stands_on=basis)
            if contact.nickname is not None:
                self.lose(consent, LostBasis.What.NICKNAME, contact=contact)
        if consent.purpose in {Purpose.CHAT, Purpose.SURVEY} and contact.survey.exists():
            self.lose(consent, LostBasis.What.SURVEY, contact=contact)

    def _queue_records(self, consent, by: Staff | None) -> None:
        """The record they chose, and any that they agreed to and never had linked: found by the
        answers that it is kept on."""
        records: Any = Contact._meta.apps.get_model("contacts", "ServiceUser").objects
        theirs = type(consent).objects.of_person(consent.contact).values("pk")
        agreed = Q(bases__consent__in=theirs, bases__lost_at=None)
        found = records.filter(agreed | Q(pk=record_of(consent.contact))).values("pk")
        for record in records.kept().with_key().filter(pk__in=found).order_by("pk"):
            if record.bases.by_consent().exists():
                self._queue_record(consent, record, by)

    def _queue_record(self, consent, record, by: Staff | None) -> None:
        """A record that nothing else keeps is unlinked and unreadable at once."""
        gone = record.lose_consent(by=by)
        stands_on = None if gone else record.bases.in_force().last()
        row = self.lose(
            consent, LostBasis.What.RECORD, contact=consent.contact, stands_on=stands_on
        )
        if gone:
            removed = {"settled_by": by, "settled_at": this_minute()}
            move(row, LostBasis.Status.REMOVED, allowed=[LostBasis.Status.QUEUED], **removed)

    def _queue_request(self, consent, request, by: Staff | None) -> None:
        """What is still to be done stops; what has left cannot be called back, and what was given
        for it goes once somebody has written down what came of it."""
        with suppress(WrongState):
            request.stop(by=by)
        if not self.waiting().filter(action=request).exists():
            self.lose(consent, LostBasis.What.ACTION, contact=request.contact, action=request)

    def agreed_again(self, consent) -> None:
        """They agree after all: what waits to be removed, and can stay, stands on their consent."""
        words = LostBasis.What
        alone = consent.purpose == Purpose.CHAT  # each chat is asked about by itself
        where = Q(contact=consent.contact) if alone else _joined_to(consent.contact)
        again = self.waiting().filter(where, purpose=consent.purpose)
        stays = again.filter(what__in=[words.WORDS, words.NICKNAME, words.SURVEY])
        stays.update(status=LostBasis.Status.STANDS, basis=Basis.CONSENT)

    def lose(
        self, consent, what: str, *, contact: Contact, action=None, stands_on=None
    ) -> "LostBasis":
        """One thing that the consent kept, and on what it stands now if on anything."""
        row = self.model(purpose=consent.purpose, what=what, contact=contact, action=action)
        if stands_on is not None:
            row.status, row.basis = LostBasis.Status.STANDS, stands_on.basis
            row.condition, row.late = stands_on.condition, getattr(stands_on, "late", False)
        row.save(force_insert=True)
        return row


class LostBasis(models.Model):
    """Something that was kept because somebody agreed, who has taken that back."""

    class What(models.TextChoices):
        WORDS = "words", "What was said and noted"
        NICKNAME = "nickname", "The nickname"
        SURVEY = "survey", "The answers about how we did"
        RECORD = "record", "The record"
        ACTION = "action", "What was given for something we were to do"

    class Status(models.TextChoices):
        QUEUED = "queued", "To be removed"
        AGREED = "agreed", "Waits for a second person"
        REMOVED = "removed", "Removed"
        STANDS = "stands", "Stays, on another basis"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=20, choices=Purpose)
    taken_back_at = models.DateTimeField(default=this_minute)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="lost")
    action = models.ForeignKey("contacts.ActionRequest", models.CASCADE, null=True)
    what = models.CharField(max_length=20, choices=What)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    basis = models.CharField(max_length=20, choices=Basis, blank=True, default="")
    condition = models.CharField(max_length=20, choices=Condition, blank=True, default="")
    late = models.BooleanField(default=False)
    due_on = models.DateField(default=in_a_month)
    told_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = LostBasisQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lost_basis_that_stands_names_another",
                condition=Q(status="stands", late__isnull=False) & ~Q(basis="")
                | ~Q(status="stands") & Q(basis="", condition="", late=False),
            )
        ]

    def __str__(self) -> str:
        return f"Lost basis {self.id}"

    def is_late(self) -> bool:
        """Still there after its month."""
        waits = self.status in {self.Status.QUEUED, self.Status.AGREED}
        return waits and self.due_on < london_today()

    def tell(self, *, by: Staff) -> None:
        """They have been told what stays and why, or what goes."""
        told = LostBasis.objects.filter(pk=self.pk, told_at=None).update(told_at=this_minute())
        if not told:
            raise WrongState("That they were told is written down already.")
        AuditEvent.objects.record(
            Action.LOST_BASIS_TOLD, on=self.contact, by=by, what=str(self.what)
        )

    @transaction.atomic
    def agree(self, *, by: Staff) -> None:
        """The first of the two people whom removing words takes."""
        move(self, self.Status.AGREED, allowed=[self.Status.QUEUED], agreed_by=by)

    @transaction.atomic
    def remove(self, *, by: Staff) -> None:
        """Remove it now. What was said in a contact takes two people (rules 2.14).

        Words are unreadable at once and destroyed by the next purge, unless a hold keeps them.
        """
        if self.what == self.What.WORDS:
            if self.agreed_by is None:
                raise Refused("Somebody else has to agree first: these are all their words.")
            two_people(self.agreed_by, by)
        contact = self.contact.locked()
        if (
            contact.held and self.what != self.What.WORDS
        ):  # words wait for the release by themselves
            raise Refused("A hold keeps this contact. It can be removed when the hold is released.")
        move(
            self,
            self.Status.REMOVED,
            allowed=[self.Status.QUEUED, self.Status.AGREED],
            settled_by=by,
            settled_at=this_minute(),
        )
        AuditEvent.objects.record(Action.LOST_BASIS_REMOVED, on=contact, by=by, what=str(self.what))
        REMOVED_BY[self.What(self.what)](self, contact)
        live.ring("contact", contact.pk)


def _joined_to(contact: Contact) -> Q:
    """What was lost in this contact and in those that its person joined to it."""
    whole = Q(contact=contact)
    return whole | Q(contact__thread=contact.thread_id) if contact.thread_id else whole


def _end_words(lost: LostBasis, contact: Contact) -> None:
    """The words, and what was copied of them into casework."""
    copies: Any = Contact._meta.apps.get_model("contacts", "HandOver").objects
    for rows in (Contact.objects.filter(pk=contact.pk), copies.filter(contact=contact)):
        rows.update(purge_on=london_today())


def _forget_nickname(lost: LostBasis, contact: Contact) -> None:
    contact.nickname = None
    contact.save(update_fields=["nickname"])
    Forgotten.objects.note(Forgotten.What.NICKNAME, [contact.pk])


def _forget_survey(lost: LostBasis, contact: Contact) -> None:
    contact.survey.all().delete()
    Forgotten.objects.note(Forgotten.What.SURVEY, [contact.pk])


def _forget_details(lost: LostBasis, contact: Contact) -> None:
    lost.action.forget_details()


REMOVED_BY = {
    LostBasis.What.WORDS: _end_words,
    LostBasis.What.NICKNAME: _forget_nickname,
    LostBasis.What.SURVEY: _forget_survey,
    LostBasis.What.ACTION: _forget_details,
}

"""What people agreed to, refused and took back, and what is left without a basis then.

Every answer is a row of its own, in the words of one numbered wording. Nothing is ever changed: the
database lets the application add rows and remove them with their contact, and nothing else.
"""

import uuid
from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from contacts.models.contact import Contact
from contacts.vocabulary import Basis, Condition
from contacts.wordings import WORDINGS
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move, two_people
from helpline.foundation.vault.sealed import SealedText

REVIEW_MONTHS = 24
SETTLE_MONTHS = 1


class Purpose(models.TextChoices):
    """What somebody is asked to agree to, one thing at a time."""

    CHAT = "chat", "To keep and use what they write, to help them and keep them safe"
    RECORD = "record", "To keep a record of how they were helped"
    CALL_BACK = "call-back", "To ring them back"
    MESSAGE = "message", "To pass a message or call somebody for them"
    SHARE = "share", "To tell the people they name what was agreed"
    SURVEY = "survey", "To keep their answers about how we did"
    RESEARCH = "research", "To ask them later whether they would take part in research"
    FOUND = "found", "To tell anybody that they are in touch, or where they are"


class Answer(models.TextChoices):
    """What they answered. Not answering leaves the service whole."""

    GIVEN = "given", "Agreed"
    REFUSED = "refused", "Did not agree"
    WITHDRAWN = "withdrawn", "Took it back"


class How(models.TextChoices):
    """By which way the answer reached us."""

    CHAT = "chat", "In the chat"
    VOICE = "voice", "Spoken"
    FORM = "form", "On a form"
    TEXT = "text", "By text"
    EMAIL = "email", "By e-mail"
    POST = "post", "By post"


BY_CHANNEL = {"phone": How.VOICE, "chat": How.CHAT, "text": How.TEXT, "email": How.EMAIL}


class Understanding(models.TextChoices):
    """How well a young person understood what they were asked, as far as it was looked at."""

    NOT_NOTED = "", "Nothing to note"
    UNDERSTOOD = "understood", "Young, and understood what it means"
    PARTLY = "partly", "Young, and understood part of it"
    NOT_UNDERSTOOD = "not-understood", "Young, and did not understand it"


def in_two_years() -> date:
    """When somebody asks again whether it still holds."""
    return add_months(london_today(), REVIEW_MONTHS)


def in_a_month() -> date:
    """By when what lost its basis is removed."""
    return add_months(london_today(), SETTLE_MONTHS)


def record_of(contact: Contact) -> uuid.UUID | None:
    """The record with which this contact, or its thread, has been put together."""
    ways = ("link__service_user", "thread__link__service_user")
    found = Contact.objects.filter(pk=contact.pk).values_list(*ways).first()
    return found and (found[0] or found[1])


def of_whoever(contact: Contact) -> Q:
    """Rows of whoever this contact is with: of itself, its thread, and the record they chose."""
    whole = Q(pk=contact.pk)
    if contact.thread_id:
        whole |= Q(thread=contact.thread_id)
    joined = Contact.objects.filter(whole)
    records = joined.exclude(link=None).values("link__service_user")
    mine = Q(contact__in=joined.values("pk")) | Q(contact__link__service_user__in=records)
    if contact.thread_id:
        chosen = joined.exclude(thread__link=None).values("thread__link__service_user")
        for record in ("contact__link__service_user", "contact__thread__link__service_user"):
            mine |= Q(**{f"{record}__in": chosen})
    return mine | Q(contact__thread__link__service_user__in=records)


def not_to_be_found(standing: dict[str, "Consent"]) -> bool:
    """Whether these answers say so: no to being found, or a yes to it that was taken back."""
    wish = standing.get(Purpose.FOUND)
    return wish is not None and not wish.is_in_force()


class ConsentQuerySet(models.QuerySet["Consent"]):
    def of_person(self, contact: Contact) -> "ConsentQuerySet":
        """Every answer of whoever this contact is with, as far as they joined their contacts."""
        return self.filter(of_whoever(contact))

    def standing(self, contact: Contact) -> dict[str, "Consent"]:
        """The last answer for each purpose that this person was asked about."""
        rows = self.of_person(contact).select_related("taken_by").order_by("answered_at", "number")
        return {row.purpose: row for row in rows}

    def says_not_to_be_found(self, contact: Contact) -> bool:
        """Whether this person wishes not to be found; it is shown above everything else."""
        return not_to_be_found(self.standing(contact))

    def in_force(self, contact: Contact) -> str | None:
        """The last answer to the question of this very chat, or None before any."""
        answers = self.filter(contact=contact, purpose=Purpose.CHAT).order_by("number")
        return answers.values_list("answer", flat=True).last()

    @transaction.atomic
    def answered(
        self,
        contact: Contact,
        answer: str,
        *,
        wording: int,
        purpose: str = Purpose.CHAT,
        by: Staff | None = None,
        **noted,
    ) -> "Consent | None":
        """Write down what the person answered to one wording; never changed afterwards (S2-25).

        The same answer again adds nothing, and saying no to what they had agreed to takes it back.
        Taking back acts at once and puts what loses its basis into the queue. Raises `Refused` for
        a wording that nobody was ever shown.
        """
        contact, purpose = contact.locked(), Purpose(purpose)
        if WORDINGS[purpose].numbered(wording) is None:
            raise Refused("There is no such wording, so nobody can have answered it.")
        before = self.filter(contact=contact, purpose=purpose).order_by("number").last()
        said = self._as_meant(contact, Answer(answer), purpose, before)
        if said is None or (before is not None and before.says_again(said, wording)):
            return before
        consent = self.model(contact=contact, purpose=purpose, answer=said, **noted)
        consent.wording, consent.taken_by = wording, by
        consent.number = self.filter(contact=contact).count() + 1
        consent.save(force_insert=True)
        details = {"answer": str(said), "wording": wording, "purpose": str(purpose)}
        AuditEvent.objects.record(Action.CONSENT_ANSWERED, on=contact, by=by, **details)
        if said == Answer.WITHDRAWN:
            LostBasis.objects.queue(consent, by=by)
        live.ring("contact", contact.pk)
        return consent

    def _as_meant(
        self, contact: Contact, answer: Answer, purpose: Purpose, before: "Consent | None"
    ) -> Answer | None:
        """What an answer means after those before it; None where it means nothing.

        Each chat is asked about by itself; every other purpose, once for whoever it is.
        """
        if answer == Answer.GIVEN:
            return answer
        alone = purpose == Purpose.CHAT and answer == Answer.REFUSED
        given = before if alone else self.standing(contact).get(purpose)
        if given is not None and given.is_in_force():
            return Answer.WITHDRAWN
        if answer == Answer.WITHDRAWN or (before and before.answer == Answer.WITHDRAWN):
            return None
        return answer

    @transaction.atomic
    def withdraw(
        self, contact: Contact, purpose: str, *, by: Staff | None, how: str
    ) -> "Consent | None":
        """Take one answer back, as easily as it was given: no reason is asked.

        Raises `WrongState` when they have not agreed to it, or have taken it back already.
        """
        contact = contact.locked()
        given = self.standing(contact).get(purpose)
        if given is None or not given.is_in_force():
            raise WrongState("They have not agreed to this, so there is nothing to take back.")
        return self.answered(
            contact, Answer.WITHDRAWN, wording=given.wording, purpose=purpose, by=by, how=how
        )


class Consent(models.Model):
    """One answer to one wording: agreeing, refusing and taking back are each a row of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    number = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.CHAT)
    answer = models.CharField(max_length=10, choices=Answer)
    wording = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=10, choices=How, default=How.CHAT)
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    understanding = models.CharField(
        max_length=20, choices=Understanding, default=Understanding.NOT_NOTED, blank=True
    )
    understood = SealedText(null=True, key="contact__key", bound=("pk", "contact", "purpose"))
    answered_at = models.DateTimeField(default=this_minute)
    expires_on = models.DateField(null=True)  # the day they named themselves, if they named one
    review_on = models.DateField(default=in_two_years)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["answered_at", "number"]

    def __str__(self) -> str:
        return f"Consent {self.id}"

    def is_in_force(self) -> bool:
        """Whether they agreed, and the day until which they agreed is not over."""
        ended = self.expires_on is not None and self.expires_on <= london_today()
        return self.answer == Answer.GIVEN and not ended

    def says_again(self, answer: str, wording: int) -> bool:
        """Whether this same answer to these same words would add nothing."""
        same = (self.answer, self.wording) == (answer, wording)
        over = self.answer == Answer.GIVEN and not self.is_in_force()
        return same and not over and not self.is_due_for_review()

    def is_due_for_review(self) -> bool:
        """Agreed so long ago that somebody should ask again; it holds until they answer."""
        return self.is_in_force() and self.review_on <= london_today()


class LostBasisQuerySet(models.QuerySet["LostBasis"]):
    def visible_to(self, staff: Staff) -> "LostBasisQuerySet":
        """What this person’s services have in the queue."""
        return self.filter(contact__service__in=staff.services)

    def waiting(self) -> "LostBasisQuerySet":
        """What is still to be removed, the oldest first."""
        queued = [LostBasis.Status.QUEUED, LostBasis.Status.AGREED]
        return self.filter(status__in=queued).order_by("due_on", "id")

    def queue(self, consent: Consent, *, by: Staff | None) -> None:
        """Put into the queue what rested on this consent alone; what stands on another basis is
        written down with it (D14). What was still to be done for them stops at once."""
        contact = consent.contact
        joined = Contact.objects.unexpired().with_key().filter(thread=contact.thread_id)
        for each in joined if contact.thread_id else [contact]:
            self._queue_words(consent, each)
        if consent.purpose == Purpose.RECORD:
            self._queue_record(consent, by)
        for request in contact.actions.model.objects.of_person(contact).open().with_key():
            if request.needs.purpose == consent.purpose:
                self._queue_request(consent, request, by)

    def _queue_words(self, consent: Consent, contact: Contact) -> None:
        if consent.purpose == Purpose.CHAT:
            basis = contact.bases.exclude(basis=Basis.CONSENT).order_by("recorded_at").last()
            self.lose(consent, LostBasis.What.WORDS, contact=contact, stands_on=basis)
            if contact.nickname is not None:
                self.lose(consent, LostBasis.What.NICKNAME, contact=contact)
        if consent.purpose in {Purpose.CHAT, Purpose.SURVEY} and contact.survey.exists():
            self.lose(consent, LostBasis.What.SURVEY, contact=contact)

    def _queue_record(self, consent: Consent, by: Staff | None) -> None:
        """A record that nothing else keeps is unlinked and unreadable at once."""
        records: Any = Contact._meta.apps.get_model("contacts", "ServiceUser").objects
        chosen = record_of(consent.contact)
        record = chosen and records.kept().with_key().filter(pk=chosen).first()
        if record is None or not record.bases.by_consent().exists():
            return
        gone = record.lose_consent(by=by)
        stands_on = None if gone else record.bases.in_force().last()
        row = self.lose(
            consent, LostBasis.What.RECORD, contact=consent.contact, stands_on=stands_on
        )
        if gone:
            removed = {"settled_by": by, "settled_at": this_minute()}
            move(row, LostBasis.Status.REMOVED, allowed=[LostBasis.Status.QUEUED], **removed)

    def _queue_request(self, consent: Consent, request, by: Staff | None) -> None:
        try:
            request.stop(by=by)
        except WrongState:
            return  # it has been done: what has left cannot be called back
        self.lose(consent, LostBasis.What.ACTION, contact=request.contact, action=request)

    def lose(
        self, consent: Consent, what: str, *, contact: Contact, action=None, stands_on=None
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


def _end_words(lost: LostBasis, contact: Contact) -> None:
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today())


def _forget_nickname(lost: LostBasis, contact: Contact) -> None:
    contact.nickname = None
    contact.save(update_fields=["nickname"])


def _forget_survey(lost: LostBasis, contact: Contact) -> None:
    contact.survey.all().delete()


def _forget_details(lost: LostBasis, contact: Contact) -> None:
    lost.action.forget_details()


REMOVED_BY = {
    LostBasis.What.WORDS: _end_words,
    LostBasis.What.NICKNAME: _forget_nickname,
    LostBasis.What.SURVEY: _forget_survey,
    LostBasis.What.ACTION: _forget_details,
}

"""What people agreed to, refused and took back, and what is left without a basis then.

Every answer is a row of its own, in the words of one numbered wording. Nothing is ever changed: the
database lets the application add rows and remove them with their contact, and nothing else.
"""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import models, transaction

from contacts.models.contact import Contact
from contacts.models.losing import LostBasis
from contacts.models.whose import lock_whoever, of_whoever
from contacts.wordings import WORDINGS, Answer, How, Purpose, Understanding
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.sealed import SealedText

REVIEW_MONTHS = 24


def in_two_years() -> date:
    """When somebody asks again whether it still holds."""
    return add_months(london_today(), REVIEW_MONTHS)


def not_to_be_found(standing: dict[str, "Consent"]) -> bool:
    """Whether these answers say so: no to being found, or a yes to it that was taken back."""
    wish = standing.get(Purpose.FOUND)
    return wish is not None and not wish.is_in_force()


def last_of_each_chat(rows: "Iterable[Consent]") -> dict[uuid.UUID, "Consent"]:
    """The newest of these answers to the question about keeping a chat, by contact."""
    return {row.contact_id: row for row in rows if row.purpose == Purpose.CHAT}


class ConsentQuerySet(models.QuerySet["Consent"]):
    def of_person(self, contact: Contact) -> "ConsentQuerySet":
        """Every answer of whoever this contact is with, as far as they joined their contacts."""
        return self.filter(of_whoever(contact))

    def standing(self, contact: Contact) -> dict[str, "Consent"]:
        """The last answer for each purpose that this person was asked about.

        Each chat is asked about by itself: its own answer to that stands, whatever another says.
        """
        rows = self.of_person(contact).select_related("taken_by").order_by("answered_at", "number")
        said, chats = {row.purpose: row for row in rows}, last_of_each_chat(rows)
        if chats:
            agreed = [row for row in chats.values() if row.is_in_force()]
            said[Purpose.CHAT] = chats.get(contact.pk) or (agreed or list(chats.values()))[-1]
        return said

    def chats_agreed(self, contact: Contact) -> "list[Consent]":
        """The yes of each chat of this person that is in force: its own where it has one, because
        each chat is asked about by itself; otherwise those of all that they joined to it."""
        rows = self.of_person(contact).filter(contact__in=Contact.objects.unexpired())
        rows = rows.select_related("contact__key").order_by("answered_at", "number")
        agreed = [row for row in last_of_each_chat(rows).values() if row.is_in_force()]
        return [row for row in agreed if row.contact_id == contact.pk] or agreed

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
        contact, purpose = contact.locked(restricted_too=True), Purpose(purpose)
        if purpose != Purpose.CHAT:  # each chat is asked about by itself
            lock_whoever(contact)
        if WORDINGS[purpose].numbered(wording) is None:
            raise Refused("There is no such wording, so nobody can have answered it.")
        before = self.filter(contact=contact, purpose=purpose).order_by("number").last()
        given = self._given(contact, Answer(answer), purpose, before)
        said = self._as_meant(Answer(answer), given, before)
        if said is None or (before is not None and before.says_again(said, wording)):
            return before
        consent = self.model(contact=contact, purpose=purpose, answer=said, **noted)
        consent.wording, consent.taken_by = wording, by
        consent.number = self.filter(contact=contact).count() + 1
        consent.save(force_insert=True)
        details = {"answer": str(said), "wording": wording, "purpose": str(purpose)}
        AuditEvent.objects.record(Action.CONSENT_ANSWERED, on=contact, by=by, **details)
        if said == Answer.WITHDRAWN:
            chats = [
                row for row in given if purpose == Purpose.CHAT and row.contact_id != contact.pk
            ]
            self._take_back(chats, by=by)
            LostBasis.objects.queue(consent, chats=[row.contact for row in chats], by=by)
        elif said == Answer.GIVEN:
            LostBasis.objects.agreed_again(consent)
        live.ring("contact", contact.pk)
        return consent

    def close(self, contacts: models.QuerySet[Contact], *, by: Staff | None) -> None:
        """Take back in each of these contacts what its person said about a record, which it no
        longer belongs to.

        No event of its own: the trail never says which contact belonged to a record.
        """
        said = self.filter(contact__in=contacts, purpose=Purpose.RECORD).order_by("number")
        last = {row.contact_id: row for row in said}.values()
        self._take_back([row for row in last if row.answer == Answer.GIVEN], by=by)

    def _take_back(self, given: "list[Consent]", *, by: Staff | None) -> None:
        for last in given:
            number = self.filter(contact=last.contact_id).count() + 1
            told = {"purpose": last.purpose, "wording": last.wording, "how": last.how}
            self.create(
                contact_id=last.contact_id,
                number=number,
                answer=Answer.WITHDRAWN,
                taken_by=by,
                **told,
            )

    def _given(
        self, contact: Contact, answer: Answer, purpose: Purpose, before: "Consent | None"
    ) -> "list[Consent]":
        """Each yes in force that an answer would take back.

        Each chat is asked about by itself; every other purpose, once for whoever it is.
        """
        if answer == Answer.GIVEN:
            return []
        if purpose == Purpose.CHAT and answer == Answer.WITHDRAWN:
            return self.chats_agreed(contact)
        last = before if purpose == Purpose.CHAT else self.standing(contact).get(purpose)
        return [last] if last is not None and last.is_in_force() else []

    @staticmethod
    def _as_meant(
        answer: Answer, given: "list[Consent]", before: "Consent | None"
    ) -> Answer | None:
        """What an answer means after those before it; None where it means nothing."""
        if answer == Answer.GIVEN:
            return answer
        if given:
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
        contact = contact.locked(restricted_too=True)
        given = self._given(contact, Answer.WITHDRAWN, Purpose(purpose), None)
        if not given:
            raise WrongState("They have not agreed to this, so there is nothing to take back.")
        wording = given[-1].wording
        return self.answered(
            contact, Answer.WITHDRAWN, wording=wording, purpose=purpose, by=by, how=how
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

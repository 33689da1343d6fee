"""What the person agreed to, refused or took back: each answer a row of its own."""

import uuid
from collections import Counter

from django.db import models, transaction

from contacts.models.contact import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute


class Purpose(models.TextChoices):
    """What somebody is asked to agree to."""

    CHAT = "chat", "To keep and use what they write, to help them and keep them safe"


class Answer(models.TextChoices):
    """What they answered. Not answering leaves the service whole."""

    GIVEN = "given", "Agreed"
    REFUSED = "refused", "Did not agree"
    WITHDRAWN = "withdrawn", "Took it back"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, contact: Contact) -> str | None:
        """The person's answer as it stands, or None before any.

        Times are kept to the minute, so the rows are counted: nobody takes back what they have not
        given, and nobody gives what is given.
        """
        answers = Counter(self.filter(contact=contact).values_list("answer", flat=True))
        if answers[Answer.GIVEN] > answers[Answer.WITHDRAWN]:
            return Answer.GIVEN
        if answers[Answer.WITHDRAWN]:
            return Answer.WITHDRAWN
        return Answer.REFUSED if answers else None

    @transaction.atomic
    def answered(self, contact: Contact, answer: str, *, wording: int) -> None:
        """Write down what the person answered to one wording; never changed afterwards (S2-25).

        The same answer again adds nothing.
        """
        contact, answer = contact.locked(), Answer(answer)
        before = self.in_force(contact)
        if answer == before or (answer == Answer.WITHDRAWN and before != Answer.GIVEN):
            return
        if answer == Answer.REFUSED and before is not None:
            answer = Answer.WITHDRAWN
            if before != Answer.GIVEN:
                return
        self.create(contact=contact, answer=answer, wording=wording)
        AuditEvent.objects.record(
            Action.CONSENT_ANSWERED, on=contact, by=None, answer=answer, wording=wording
        )


class Consent(models.Model):
    """One answer to one wording: agreeing, refusing and taking back are each a row of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.CHAT)
    answer = models.CharField(max_length=10, choices=Answer)
    wording = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField(default=this_minute)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["answered_at", "id"]

    def __str__(self) -> str:
        return f"Consent {self.id}"

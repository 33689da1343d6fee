"""What a person adds to their own chat later: it stands beside what was said and changes none of
it (Art 16)."""

import uuid

from django.db import models, transaction
from django.db.models import Max

from contacts.models.contact import Contact
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.states import Refused
from helpline.foundation.vault.sealed import SealedText

MOST = 50  # of one contact
LONGEST = 4000


class CorrectionQuerySet(models.QuerySet["Correction"]):
    @transaction.atomic
    def add(self, contact: Contact, words: str) -> "Correction":
        """Whoever has the contact’s words says what is not right in it.

        Raises `Refused` for no words or too many, `WrongState` when the contact has gone.
        """
        contact, words = contact.locked(restricted_too=True), words.strip()
        if not 0 < len(words) <= LONGEST:
            raise Refused("Write what should be different, in at most 4,000 characters.")
        number = (self.filter(contact=contact).aggregate(last=Max("number"))["last"] or 0) + 1
        if number > MOST:
            raise Refused("There are many corrections already. Tell us in a chat instead.")
        made = self.model(contact=contact, number=number, words=words)
        made.save(force_insert=True)
        AuditEvent.objects.record(Action.CORRECTION_ADDED, on=contact, by=None, number=number)
        live.ring("contact", contact.pk)
        return made


class Correction(models.Model):
    """One correction by the person, attached and never overwriting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="corrections")
    number = models.PositiveSmallIntegerField()
    words = SealedText(key="contact__key", bound=("pk", "contact", "number"))
    at = models.DateTimeField(default=this_minute)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint("contact", "number", name="corrections_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Correction {self.id}"

"""Letters of a request: complete when they leave, and kept as they left."""

import uuid

from django.db import models, transaction

from contacts import codes
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault import blind
from privacy import letters
from privacy.rights.kinds import DECIDED, Status

EXTENDED = "extended"  # the letter that says that it takes longer
LIFTING = "lifting"  # the letter that comes before a restriction is lifted
FOLLOW_UP = "follow-up code"  # the purpose of the codes' hashes


class Writing(models.Model):
    """Writing to whoever asks, and letting them come back for it."""

    class Meta:
        abstract = True

    def may_write(self, kind: str) -> bool:
        """Whether this letter fits where the request stands: an answer only once it is decided."""
        if kind in {each.value for each in DECIDED}:
            return self.proposed == kind and self.status == kind
        if kind == EXTENDED:
            return self.extended_on is not None and not self.is_answered()
        if kind == LIFTING:
            return self.is_restricted()
        if kind == Status.WITHDRAWN:
            return self.status == Status.WITHDRAWN
        return kind in letters.LETTERS and self.is_open()

    @transaction.atomic
    def send_letter(self, kind: str, text: str, *, by: Staff) -> uuid.UUID:
        """Write down a letter as it leaves now, by whatever way is safe for them; its id.

        Whoever asked by our form reads it with their follow-up code. Raises `Refused` for one that
        lacks a passage that the law wants (D20), and for an answer that nobody has approved.
        """
        self.lock(by)
        if not self.may_write(kind):
            raise WrongState("This letter does not fit where the request stands.")
        letters.must_be_complete(kind, text, self)
        sent = self.letters.model(request=self, kind=kind, written_by=by, sent_on=london_today())
        sent.text = text
        sent.save(force_insert=True)
        self.noted(f"sent-{kind}", by=by)
        return sent.pk

    @transaction.atomic
    def new_follow_up(self) -> str:
        """Seven words with which whoever asked reads our answer; told once, kept as a hash."""
        words = codes.new()
        rows = type(self).objects.filter(pk=self.pk, follow_up=None)
        if not rows.update(follow_up=blind.index(FOLLOW_UP, words)):
            raise Refused("Their words were told once. Nobody can look them up.")
        return words

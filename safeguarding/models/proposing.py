"""A worry proposes to keep the contact that it is about; a proposal keeps nothing by itself."""

from django.db import models, transaction

from helpline.foundation.staff.models import Staff
from helpline.foundation.states import WrongState
from safeguarding.escalations.kinds import Proposal, StepKind


class Proposing(models.Model):
    """What came of the hold that this escalation proposed (rules 2.6)."""

    hold_proposal = models.CharField(max_length=10, choices=Proposal, blank=True, default="")

    class Meta:
        abstract = True

    def proposal_now(self) -> Proposal:
        """What it would propose now: nothing without a contact that is there, or if it is held."""
        contact = self.contact
        if contact is None or contact.purged_on:
            return Proposal.NONE
        held = contact.held_by.in_force().filter(hold__kind="safeguarding")
        return Proposal.HELD if held.exists() else Proposal.PROPOSED

    def hold_placed(self, *, by: Staff) -> None:
        """Somebody held its contact; the contact's row is locked."""
        self._answered(Proposal.HELD)
        self.write(StepKind.HELD, by=by)

    @transaction.atomic
    def no_hold_needed(self, *, by: Staff, why: str) -> None:
        """Its contact may go after its 18 months. Raises `Refused` without a reason of 20
        characters, `WrongState` when it has been answered meanwhile."""
        self._must_say(why, "Say in at least 20 characters why no hold is needed.")
        self._begin(by)
        self._answered(Proposal.NOT_NEEDED)
        self.write(StepKind.HOLD_NOT_NEEDED, by=by, words=why)
        self.changed()

    def _answered(self, answer: Proposal) -> None:
        waiting = type(self).objects.filter(pk=self.pk, hold_proposal=Proposal.PROPOSED)
        if not waiting.update(hold_proposal=answer):
            raise WrongState("This has been answered already.")
        self.hold_proposal = answer

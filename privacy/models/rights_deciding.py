"""The answer: prepared by one person, approved by another, and the request closed."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models.functions import Coalesce

from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, two_people
from privacy.models.rights_moving import reasoned
from privacy.rights.kinds import COPIES, DECIDED, RELEASES, Kind, Refusal, Status

JOINED_WITHIN = timedelta(days=7)
PLANS = {
    Kind.ERASE: "erasure",
    Kind.RESTRICT: "restriction",
    Kind.RECTIFY: "rectifications",
    Kind.OBJECT: "objection",
}
UNPLANNED = {
    Kind.ERASE: "Draw up what goes and what stays first.",
    Kind.OBJECT: "Say which uses are stopped first.",
    Kind.RECTIFY: "Say what is put right first.",
    Kind.RESTRICT: "Say on which ground it is restricted first.",
}
UNPROVED = (Refusal.UNFOUNDED, Refusal.EXCESSIVE)  # grounds that hold whoever asks


class Deciding(models.Model):
    """From review to the end."""

    class Meta:
        abstract = True

    @transaction.atomic
    def start_review(self, *, by: Staff) -> None:
        """Everything is together: go through it, item by item."""
        self.lock(by)
        self.step(Status.REVIEW, by=by, before=(Status.COLLECTING,))

    @transaction.atomic
    def propose(self, outcome: str, *, by: Staff, reasons: str, refusal: str = "") -> None:
        """Prepare the answer; somebody else approves it. Whoever prepares is written down.

        Raises `Refused` for an answer that the facts do not bear, and for a refusal without its
        ground: that a request is manifestly excessive is for the DPO to say, with reasons (D16).
        """
        self.lock(by)
        if outcome not in DECIDED:
            raise Refused("Choose one of the answers there are.")
        outcome = Status(outcome)
        reasons = reasoned(reasons, "Say why this is the answer, so that another can approve it.")
        ground = refusal if outcome == Status.REFUSED else ""
        self._must_bear(outcome, ground)
        self.keep_reasons(reasons)
        prepared = {"preparer": by, "proposed": outcome, "refusal": ground}
        self.step(Status.APPROVAL, by=by, why=reasons, **prepared)

    def _must_bear(self, outcome: Status, ground: str) -> None:
        """Raise `Refused` unless the facts bear this answer, and it says nothing by being chosen.

        Whoever asks for somebody else without authority is refused, whether or not there is
        anything; whoever does not prove who they are hears that we cannot tell.
        """
        if outcome == Status.REFUSED and ground not in Refusal.values:
            raise Refused("Say on which ground it is refused.")
        if self.kind == Kind.COMPLAINT:
            return
        if self.needs_authority() and not self.best_interests and outcome != Status.REFUSED:
            raise Refused("They ask for somebody else, and nothing shows that they may: refuse it.")
        if outcome in RELEASES:
            self._must_be_releasable()
            return
        unknown = not self.is_proved() and not self.needs_authority() and ground not in UNPROVED
        if unknown and outcome != Status.NOT_IDENTIFIABLE:
            raise Refused("It is not proved who asks: the answer is that we cannot tell.")
        nothing = self.service_user_id is None and not self.concerns.exists()
        if outcome in (Status.NO_DATA_FOUND, Status.NOT_IDENTIFIABLE) and not nothing:
            raise Refused("Something has been found. Take it out first if it is not theirs.")

    def _must_be_releasable(self) -> None:
        if self.status not in (Status.REVIEW, Status.APPROVAL):
            raise Refused("Nothing is given out before it has been reviewed.")
        if not self.is_proved():
            raise Refused("It is not proved who asks.")
        if self.concerns.filter(found="recalled", accepted_by=None).exists():
            raise Refused("A contact that was only recalled waits for a second person.")
        if self.kind in COPIES:
            self._must_be_decided()
        if self.kind in PLANS:
            plan = self.plan()
            if problems := plan.problems() if plan else [UNPLANNED[self.kind]]:
                raise Refused(" ".join(problems))

    def _must_be_decided(self) -> None:
        """Raise `Refused` while an item of a copy is not decided as it reads now, or something of
        the scope is not on the list, and where there can be none."""
        if self.items.leaves_out(self):
            raise Refused(
                "Something that the request is about is not on the list of its review yet. Look"
                " for more there."
            )
        if self.kind == Kind.PORTABILITY and not self.items.exists():
            raise Refused(
                "Nothing of it was given by them and rests on their consent, so this right"
                " does not apply. Refuse it, and offer them a copy instead."
            )
        left = self.items.to_decide(self.scope())
        if left or not self.items.exists():
            first = f", first of them item {left[0]}" if left else ""
            raise Refused(
                f"Every item is decided by itself first, as it reads now: {len(left)} are not"
                f" yet{first}."
            )

    def plan(self):
        """What its approval will do, where that is drawn up before; None until it is."""
        return getattr(self, PLANS[self.kind], None)

    @transaction.atomic
    def send_back(self, *, by: Staff, why: str) -> None:
        """The second person does not agree yet, and says why: it is worked on where it was."""
        self._lock_to_approve(by)
        why = reasoned(why, "Say what should be looked at again.")
        undone = {"preparer": None, "proposed": "", "refusal": ""}
        before, here = self.stood_before(Status.APPROVAL), (Status.APPROVAL,)
        self.step(before, by=by, why=why, what="sent-back", before=here, **undone)

    @transaction.atomic
    def approve(self, *, by: Staff) -> None:
        """A second person agrees; raises `Refused` for whoever prepared it, on either account
        (D10), for a deletion while a copy of the same data is still owed (D17), and once the facts
        do not bear the answer any more."""
        self._lock_to_approve(by)
        if self.status != Status.APPROVAL:
            raise WrongState("Nothing waits for approval here any more.")
        two_people(self.preparer, by)
        if self.kind == Kind.ERASE and self.proposed in RELEASES and self.copy_owed() is not None:
            raise Refused(
                "They have asked for a copy of the same data. Answer that first, or let them"
                " withdraw it: after the deletion there is nothing left to copy."
            )
        self._must_bear(Status(self.proposed), self.refusal)
        decided = {"decided_by": by, "decided_on": london_today()}
        self.step(Status(self.proposed), by=by, **decided)
        if self.kind in PLANS and self.status in RELEASES:
            self.plan().take_effect(by=by)

    @transaction.atomic
    def review_again(self, *, by: Staff, why: str) -> None:
        """Go through a copy again whose answer was approved, because something of it reads
        otherwise by now or was decided wrongly: its file is destroyed, and two people answer anew.
        """
        self.lock(by)
        if self.kind not in COPIES:
            raise Refused("Only a copy is gone through again once it has been approved.")
        why = reasoned(why, "Say what should be looked at again.")
        undone = {"preparer": None, "proposed": "", "refusal": ""}
        undone |= {"decided_by": None, "decided_on": None}
        what = "review-again"
        self.step(Status.REVIEW, by=by, why=why, what=what, before=RELEASES, **undone)
        for bundle in self.bundles.filter(key__isnull=False):
            bundle.destroy()

    def is_restricted(self) -> bool:
        """Whether what it is about is restricted by it now."""
        plan = getattr(self, "restriction", None)
        return plan is not None and plan.is_in_force()

    def copy_owed(self):
        """The open request for a copy of what this one would delete, if there is one."""
        mine = self.concerns.values("contact")
        same = models.Q(concerns__contact__in=mine)
        if self.service_user_id:
            same |= models.Q(service_user=self.service_user_id)
        owed = type(self).objects.to_answer().filter(same, kind=Kind.ACCESS).exclude(pk=self.pk)
        return owed.first()

    def _lock_to_approve(self, by: Staff) -> None:
        if not by.may(Permission.APPROVE_RIGHTS):
            raise Refused("Another data protection officer or a safeguarding lead approves this.")
        self.lock()

    @transaction.atomic
    def withdraw(self, *, by: Staff, why: str) -> None:
        """They do not want it any more, and have said so."""
        self.lock(by)
        why = reasoned(why, "Write down how they said that they do not want it any more.")
        self.step(Status.WITHDRAWN, by=by, why=why)

    @transaction.atomic
    def join_to(self, other, *, by: Staff) -> None:
        """The same request came twice within a week: this, the later, is answered with the other.

        Raises `Refused` for one that came later, or when the other has been answered: then this
        has a clock of its own (D16).
        """
        self.lock(by)
        first = type(self).objects.to_answer().exclude(pk=self.pk).filter(pk=other.pk).first()
        if first is None or first.kind != self.kind:
            raise Refused("Only an open request for the same can be the first of two.")
        if not timedelta(0) <= self.received_on - first.received_on <= JOINED_WITHIN:
            raise Refused("The later is joined to the earlier, within a week of it.")
        self.release_scope(by=by)
        closed = {"duplicate_of": first, "closed_on": london_today()}
        self.step(Status.DUPLICATE_OF, by=by, **closed)

    @transaction.atomic
    def close(self, *, by: Staff) -> None:
        """The answer has left: nothing is kept for this request any more, but what it restricts.

        Raises `Refused` before it has (only somebody who withdrew is owed none).
        """
        self.lock(by)
        if self.must_be_told():
            raise Refused("They have not been told yet. Send the letter with the answer first.")
        if not self.is_restricted():
            self.release_scope(by=by)
        self.step(Status.CLOSED, by=by, closed_on=london_today())

    def must_be_told(self) -> bool:
        """Whether it is decided, and no letter says so yet."""
        return self.status in DECIDED and not self.is_told()

    def is_told(self) -> bool:
        """Whether a letter with this answer has left, and not only with one before it."""
        approved = self.steps.filter(what=self.proposed).values("number").order_by("-number")[:1]
        last = Coalesce(models.Subquery(approved), 0)
        return self.steps.filter(what=f"sent-{self.proposed}", number__gt=last).exists()

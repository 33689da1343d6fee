"""Who asks: doubts, proof, authority. A nickname or a date proves nothing (Art 11, Art 12(6))."""

from datetime import date

from django.db import models, transaction

from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import deadlines
from privacy.models.rights_facts import EVIDENCE_KEPT
from privacy.models.rights_moving import not_ahead, reasoned
from privacy.rights.kinds import Age, Asker, EvidenceKind, Found, Nation, Proof, Stance, Status

# Where it is open who asks: nothing is collected before it is proved.
BEFORE_PROOF = (Status.RECEIVED, Status.ACKNOWLEDGED, Status.LOCATING)
BEFORE_RECEIPT = "That is before the request reached us."


class Identifying(models.Model):
    """From receipt to a confirmed identity."""

    class Meta:
        abstract = True

    def stance(self) -> Stance:
        """What the law expects where a parent asks: the right is the child’s (DPA 2018 s.208, D04).

        Scotland presumes that a child of 12 understands; elsewhere no age is fixed, and what a
        young person told a confidential helpline is not given to a parent by default.
        """
        if self.asker != Asker.PARENT:
            return Stance.NONE
        if self.age == Age.ADULT:
            return Stance.AUTHORITY
        if self.nation == Nation.SCOTLAND and self.age == Age.FROM_12:
            return Stance.CHILD_PRESUMED_ABLE
        if self.nation == Nation.SCOTLAND and self.age == Age.UNDER_12:
            return Stance.CASE_BY_CASE
        return Stance.REFUSED_BY_DEFAULT

    def may_be_weighed(self) -> bool:
        """Whether a parent asks about a child who does not decide alone."""
        alone = (Stance.NONE, Stance.AUTHORITY, Stance.CHILD_PRESUMED_ABLE)
        return self.stance() not in alone

    def needs_authority(self) -> bool:
        """Whether somebody else than the person asks, and may not be answered on that alone."""
        return self.asker != Asker.SELF and not self.authority_received_on

    def is_proved(self) -> bool:
        """Whether it is proved who asks, by the facts and whatever the status says."""
        confirmed = self.identity_asked_on is None or self.identity_confirmed_on is not None
        return bool(self.proof) and confirmed

    @transaction.atomic
    def acknowledge(self, *, by: Staff) -> None:
        """They are told that we have it. Whoever complains is told within 30 days (s.164A)."""
        self.lock(by)
        here = (Status.RECEIVED,)
        self.step(Status.ACKNOWLEDGED, by=by, before=here, acknowledged_on=london_today())

    @transaction.atomic
    def ask_identity(
        self, doubts: str, *, by: Staff, on: date | None = None, late_because: str = ""
    ) -> None:
        """Ask for proof of who they are, only on a reasonable doubt that is written down.

        At once: a question later than a week after receipt needs a reason and moves no limit (B07).
        """
        self.lock(by)
        doubts = reasoned(
            doubts,
            "Say which reasonable doubts you have. Without them nobody is asked who they are, and"
            " whoever is asked must be asked at once.",
        )
        on = not_ahead(on, since=self.received_on, earliest=BEFORE_RECEIPT)
        if not deadlines.was_prompt(self.received_on, on):
            sentence = "That is more than a week after receipt. Say why only now; no limit moves."
            doubts += "\n" + reasoned(late_because, sentence)
        if self.proof or self.identity_asked_on:
            raise WrongState("It is proved already who asks, or they have been asked before.")
        self.step(Status.ID_REQUESTED, by=by, why=doubts, before=BEFORE_PROOF, identity_asked_on=on)

    @transaction.atomic
    def receive_identity(
        self, kind: str, *, by: Staff, on: date | None = None, details: str = ""
    ) -> None:
        """What they sent to prove who they are has arrived; the month runs from that day.

        Its details are destroyed after 30 days, never copied (rules 2.6).
        """
        self.lock(by)
        self._must_stand(Status.ID_REQUESTED)
        on = not_ahead(on, since=self.identity_asked_on, earliest="They were asked after that.")
        self._seen(kind, by=by, on=on, details=details)
        self.step(Status.ID_RECEIVED, by=by, identity_received_on=on)

    @transaction.atomic
    def confirm_identity(self, *, by: Staff, on: date | None = None) -> None:
        """What they sent proves it; the 30 days of our promise run from now (S2-45)."""
        self.lock(by)
        self._must_stand(Status.ID_RECEIVED)
        since = self.identity_received_on
        on = not_ahead(on, since=since, earliest="What they sent came after that.")
        changes = {"identity_confirmed_on": on, "proof": Proof.EVIDENCE}
        self.step(Status.ID_CONFIRMED, by=by, **changes)

    @transaction.atomic
    def need_no_proof(self, proof: str, *, by: Staff, because: str = "") -> None:
        """There is no doubt who asks: by their seven words, by two facts that two people accepted,
        or because one of us knows them and says why."""
        self.lock(by)
        if self.identity_asked_on:
            raise WrongState("They have been asked for proof: look at what they send.")
        if proof == Proof.KNOWN:
            because = reasoned(because, "Say how you know that it is them: a name is not enough.")
        elif proof == Proof.CODE:
            self._must_have(Found.CODE, "No seven words have opened anything for this request.")
        elif proof == Proof.TWO_FACTS:
            self._must_have(Found.RECALLED, "Two people have to accept what they recall first.")
        else:
            raise Refused("Say what proves it.")
        changes = {"identity_confirmed_on": london_today(), "proof": Proof(proof)}
        self.step(Status.ID_CONFIRMED, by=by, why=because, before=BEFORE_PROOF, **changes)

    @transaction.atomic
    def ask_authority(self, *, by: Staff, on: date | None = None) -> None:
        """Ask whoever writes for somebody else to show that they may; the month waits for it."""
        self.lock(by)
        if self.asker == Asker.SELF or self.authority_asked_on:
            raise WrongState("They ask for themselves, or have been asked for their authority.")
        on = not_ahead(on, since=self.received_on, earliest=BEFORE_RECEIPT)
        self.settle("authority-asked", by=by, authority_asked_on=on)

    @transaction.atomic
    def receive_authority(self, *, by: Staff, on: date | None = None, details: str = "") -> None:
        """The person’s authority has been seen, or the young person has agreed to a parent."""
        self.lock(by)
        if self.asker == Asker.SELF or self.authority_received_on:
            raise WrongState("They ask for themselves, or we have their authority already.")
        on = not_ahead(on, since=date.min, earliest="")
        self._seen(EvidenceKind.AUTHORITY, by=by, on=on, details=details)
        asked = self.authority_asked_on or self.received_on
        self.settle("authority-received", by=by, authority_received_on=on, authority_asked_on=asked)

    @transaction.atomic
    def weigh_interests(self, because: str, *, by: Staff) -> None:
        """It is plainly best for this child that a parent has it: case by case, never by default.

        Raises `Refused` where they decide alone: 12 or over in Scotland, grown up anywhere (D04).
        """
        self.lock(by)
        if not self.may_be_weighed():
            raise Refused("This is the young person’s own to decide. Ask them.")
        because = reasoned(because, "Say why it is plainly best for this child.")
        self.settle("interests-weighed", by=by, why=because, best_interests=True)

    def _must_stand(self, status: Status) -> None:
        if self.status != status:
            raise WrongState("This request has moved on. Look at where it stands now.")

    def _must_have(self, found: Found, sentence: str) -> None:
        rows = self.concerns.filter(found=found)
        if found == Found.RECALLED:
            rows = rows.exclude(accepted_by=None)
        if not rows.exists():
            raise Refused(sentence)

    def _seen(self, kind: str, *, by: Staff, on: date, details: str) -> None:
        seen = self.evidence.model(request=self, kind=EvidenceKind(kind), seen_by=by, seen_on=on)
        seen.forget_on = on + EVIDENCE_KEPT
        if details.strip():
            seen.key, seen.details = DataKey.new(), details.strip()
        seen.save(force_insert=True)
